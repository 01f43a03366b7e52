"""Whatever people answer: it is taken, fit to be kept, or refused in words."""

import datetime as dt
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.drafts import Told
from bot.listening import by_button, habit_in, in_words
from bot.models import Step
from bot.questions import label
from contract.errors import RuleBroken
from habits.models import TEXT_LENGTH
from habits.rules import Wish, checked

ASKED = [step for step in Step if step not in (Step.OFFERED, Step.MADE)]
SAID = [
    "I will read at 21:30 in bed",
    "в 7 утра",
    "полвосьмого или в 8",
    "дома",
    "по вторникам и четвергам",
    "twice a week",
    "every 10 days",
    "20 минут",
    "чашка кофе",
    "нет",
]

texts = st.text(max_size=300) | st.lists(st.sampled_from(SAID), min_size=1, max_size=4).map(" ".join)
known = st.builds(
    Told,
    action=st.none() | st.just("read"),
    time=st.none() | st.just(dt.time(21, 30)),
    place=st.none() | st.just("in bed"),
    every_days=st.none() | st.just(2),
)


@given(step=st.sampled_from(ASKED), told=known, text=texts)
@example(step=Step.ACTION, told=Told(), text="\ud800")
@example(step=Step.PRIZE, told=Told(), text="tea\x00")
@example(step=Step.PLACE, told=Told(action="read"), text="x" * 4096)
def test_any_answer_ends_well(step: Step, told: Told, text: str) -> None:
    try:
        more = in_words(step, told, text)
    except RuleBroken as error:
        problems = error.errors
    else:
        problems = ()
    if problems:
        assert all(str(problem.message) for problem in problems)
        return
    kept = json.loads(json.dumps(more.to_json()))
    assert Told.from_json(kept) == more
    assert "\\u0000" not in json.dumps(kept)  # PostgreSQL's JSON does not take it
    for asked in ASKED:
        for place, candidate in enumerate(more.candidates(asked)):
            assert label(asked, candidate.changes) != "?"
            chosen = by_button(asked, more, asked.value, f"c{place}")
            assert chosen is not None
            assert chosen.candidates(asked) == ()


@given(texts)
def test_what_is_told_in_full_is_a_habit_by_the_rules(text: str) -> None:
    told = habit_in(text)
    if told is None or told.missing() not in (None, Step.PRIZE):
        return
    wish = Wish(
        action=told.action,
        time=told.time,
        place=told.place,
        every_days=told.every_days,
        weekdays=told.weekdays,
        duration=told.duration or 60,
        reward=told.reward or "tea",
        starts_on=dt.date(2026, 1, 1),
    )
    assert checked(wish, prize=None).action == told.action


@pytest.mark.parametrize("step", ASKED)
def test_words_that_are_too_long_for_a_habit_are_refused(step: Step) -> None:
    with pytest.raises(RuleBroken):
        in_words(step, Told(), "x" * (TEXT_LENGTH + 1))
