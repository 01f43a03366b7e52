"""What a person reads, and how it is split."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.models import Habit
from reminders.channels.console import box
from reminders.channels.text import BETWEEN, LONGEST, line, messages, units

SEVEN = dt.datetime(2026, 1, 31, 7, 0, tzinfo=dt.UTC)


def habit(**fields: object) -> Habit:
    return Habit(**{"action": "run", "place": "the park", "duration": 60, "time": dt.time(7)} | fields)


@pytest.mark.parametrize(
    ("fields", "language", "timezone", "expected"),
    [
        ({"reward": "tea"}, "en", "UTC", "07:00 · I will run in the park (60 s)\nreward: tea"),
        ({"reward": "чай"}, "ru", "Europe/Moscow", "10:00 · Я буду run в the park (60 с)\nнаграда: чай"),
        (
            {"related_habit": Habit(action="watch a series"), "place": "at home"},
            "en",
            "Asia/Kolkata",
            "12:30 · I will run at home (60 s)\nthen: watch a series",
        ),
        (
            {"reward": "<b>&amp; 🏃 שלום"},
            "en",
            "UTC",
            "07:00 · I will run in the park (60 s)\nreward: <b>&amp; 🏃 שלום",
        ),
    ],
)
def test_it_says_when_what_and_what_for(fields: dict[str, object], language: str, timezone: str, expected: str) -> None:
    assert line(habit(**fields), due_at=SEVEN, timezone=timezone, language=language) == expected


@given(st.lists(st.text(st.sampled_from("a 🏃я\n<&"), max_size=1500), max_size=12))
def test_every_message_is_within_the_limit_and_nothing_is_lost(texts: list[str]) -> None:
    found = list(messages(enumerate(texts)))
    assert all(len(one.text.encode("utf-16-le")) // 2 <= LONGEST for one in found)
    assert [pk for one in found for pk in one.reminders] == list(range(len(texts)))
    assert BETWEEN.join(one.text for one in found) == BETWEEN.join(texts)
    # No more messages than it takes: the next line would not have fitted.
    for one, following in itertools.pairwise(found):
        assert units(one.text) + len(BETWEEN) + units(texts[following.reminders[0]]) > LONGEST


def test_a_line_that_no_message_could_hold_is_cut() -> None:
    [only] = messages([(1, "🏃" * 5000)])
    assert units(only.text) <= LONGEST
    assert only.text.endswith("🏃…")


def test_the_box_of_the_terminal_frames_every_line() -> None:
    assert box("⏰ Alice", "07:00 · run\nreward: tea\n\n07:00 · read").splitlines()[:-1] == [
        "╭─ ⏰ Alice",
        "│ 07:00 · run",
        "│ reward: tea",
        "│",
        "│ 07:00 · read",
    ]
