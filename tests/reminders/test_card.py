"""What a person reads and can tap, in both languages, and how it is split into messages."""

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Person
from habits.models import Habit
from reminders.channels.buttons import as_markup, snooze_until
from reminders.channels.card import BETWEEN, MOST, ROOM, Card, Item, card, cards, groups
from reminders.channels.console import box
from reminders.channels.text import LONGEST, units
from tracking.models import CheckIn

SEVEN = dt.datetime(2026, 1, 31, 7, 0, tzinfo=dt.UTC)
FOUR_PAST = SEVEN + dt.timedelta(minutes=4)
TODAY = dt.date(2026, 1, 31)
YESTERDAY = TODAY - dt.timedelta(days=1)


def habit(pk: int = 7, **fields: Any) -> Habit:
    told: dict[str, Any] = {"action": "run", "place": "the park", "duration": 60, "time": dt.time(7), "reward": "tea"}
    if "related_habit" in fields:
        told["reward"] = None
    return Habit(pk=pk, **(told | fields))


def answer(status: str, *, date: dt.date = TODAY, at: dt.datetime = FOUR_PAST) -> CheckIn:
    return CheckIn(habit_id=7, date=date, status=status, source="bot", answered_at=at)


def person(language: str = "en", timezone: str = "UTC") -> Person:
    return Person(language=language, timezone=timezone)


def drawn(*items: Item, language: str = "en", timezone: str = "UTC", now: dt.datetime = SEVEN) -> Card:
    return card(items, person=person(language, timezone), now=now)


@pytest.mark.parametrize(
    ("fields", "language", "expected"),
    [
        ({}, "en", "07:00 · I will run in the park (60 s)\nreward: tea"),
        ({"reward": "чай", "place": "в парке"}, "ru", "07:00 · Я буду run в парке (60 с)\nнаграда: чай"),
        (
            {"related_habit": Habit(action="watch a series"), "place": "at home"},
            "en",
            "07:00 · I will run at home (60 s)\nthen: watch a series",
        ),
        ({"reward": "<b>&amp; 🏃 שלום"}, "en", "07:00 · I will run in the park (60 s)\nreward: <b>&amp; 🏃 שלום"),
        ({"is_pleasant": True, "time": None, "reward": None}, "en", "I will run in the park (60 s)"),
    ],
)
def test_it_says_when_what_and_what_for(fields: dict[str, Any], language: str, expected: str) -> None:
    assert drawn(Item(habit=habit(**fields), date=TODAY), language=language).text == expected


EN, RU = "07:00 · I will run in the park (60 s)", "07:00 · Я буду run в the park (60 с)"


@pytest.mark.parametrize(
    ("item", "english", "russian"),
    [
        ({"answer": answer("done")}, "✅ Done at 07:04\nNow enjoy: tea", "✅ Сделано в 07:04\nА теперь награда: tea"),
        (
            {"answer": answer("done"), "streak": 5},
            "✅ Done at 07:04 · streak: 5\nNow enjoy: tea",
            "✅ Сделано в 07:04 · 5 раз подряд\nА теперь награда: tea",
        ),
        ({"answer": answer("skipped"), "streak": 0}, "⏭ Skipped at 07:04", "⏭ Пропуск отмечен в 07:04"),
        (
            {"answer": answer("skipped"), "streak": 5},
            "⏭ Skipped at 07:04 · the streak of 5 holds",
            "⏭ Пропуск отмечен в 07:04 · серия из 5 раз не прервалась",
        ),
        (
            {"answer": answer("done", date=YESTERDAY), "date": YESTERDAY},
            "✅ Done on 31 January at 07:04\nNow enjoy: tea",
            "✅ Сделано 31 января в 07:04\nА теперь награда: tea",
        ),
        (
            {"answer": answer("skipped", date=YESTERDAY), "date": YESTERDAY, "streak": 1},
            "⏭ Skipped on 31 January at 07:04 · the streak holds",
            "⏭ Пропуск отмечен 31 января в 07:04 · серия не прервалась",
        ),
        (
            {"snoozed_until": SEVEN + dt.timedelta(minutes=17)},
            "reward: tea\n⏰ I will remind you at 07:17",
            "награда: tea\n⏰ Напомню в 07:17",
        ),
        (
            {"missed_before": True},
            "reward: tea\nMissed it last time? It happens. What counts is never to miss twice.",
            "награда: tea\nВ прошлый раз не вышло? Бывает. Главное — не пропустить дважды подряд.",
        ),
        # What was said to someone who has missed once is not said again once they have answered.
        (
            {"missed_before": True, "snoozed_until": SEVEN, "answer": answer("skipped")},
            "⏭ Skipped at 07:04",
            "⏭ Пропуск отмечен в 07:04",
        ),
    ],
)
def test_it_says_what_became_of_it(item: dict[str, Any], english: str, russian: str) -> None:
    shown = Item(habit=habit(), **({"date": TODAY} | item))
    assert drawn(shown).text == f"{EN}\n{english}"
    assert drawn(shown, language="ru").text == f"{RU}\n{russian}"


@pytest.mark.parametrize(
    ("streak", "done", "skipped"),
    [
        (1, "серия началась", "серия не прервалась"),
        (2, "2 раза подряд", "серия из 2 раз не прервалась"),
        (5, "5 раз подряд", "серия из 5 раз не прервалась"),
        (11, "11 раз подряд", "серия из 11 раз не прервалась"),
        (21, "21 раз подряд", "серия из 21 раза не прервалась"),
        (22, "22 раза подряд", "серия из 22 раз не прервалась"),
        (101, "101 раз подряд", "серия из 101 раза не прервалась"),
    ],
)
def test_a_streak_is_counted_in_right_russian(streak: int, done: str, skipped: str) -> None:
    for status, expected in (("done", done), ("skipped", skipped)):
        text = drawn(Item(habit=habit(), date=TODAY, answer=answer(status), streak=streak), language="ru").text
        assert text.splitlines()[1].split(" · ")[1] == expected


def test_moments_are_told_on_the_persons_clock() -> None:
    text = drawn(Item(habit=habit(), date=TODAY, answer=answer("done")), timezone="Asia/Kolkata").text
    assert "Done at 12:34" in text


def test_one_habit_has_a_row_to_answer_or_put_it_off() -> None:
    assert drawn(Item(habit=habit(), date=TODAY)).rows == [
        [("✅ Done", "done:7:20260131"), ("⏭ Skip", "skip:7:20260131"), ("⏰ Later", "later:7:20260131")]
    ]
    assert [text for text, _ in drawn(Item(habit=habit(), date=TODAY), language="ru").rows[0]] == [
        "✅ Готово",
        "⏭ Пропуск",
        "⏰ Позже",
    ]


def test_several_habits_are_numbered_like_their_rows_whatever_became_of_each() -> None:
    text, rows = drawn(
        Item(habit=habit(), date=TODAY),
        Item(habit=None, date=TODAY),
        Item(habit=habit(8), date=TODAY, answer=answer("done")),
        Item(habit=habit(9), date=TODAY, choosing=True),
    )
    assert [line[:3] for line in text.split("\n\n")] == ["1. ", "2. ", "3. ", "4. "]
    assert "2. This habit has been deleted." in text
    assert [[text for text, _ in row] for row in rows] == [
        ["1. ✅ Done", "1. ⏭ Skip", "1. ⏰ Later"],
        ["3. ↩ Undo"],
        ["4. 10 min", "4. 1 h", "4. Tonight", "4. ‹ Back"],
    ]


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        (dt.datetime(2026, 1, 31, 16, 59, tzinfo=dt.UTC), ["in10", "in60", "eve", "back"]),
        (dt.datetime(2026, 1, 31, 17, 0, tzinfo=dt.UTC), ["in10", "in60", "back"]),  # 20:00 in Moscow
        (dt.datetime(2026, 1, 31, 21, 0, tzinfo=dt.UTC), ["in10", "in60", "eve", "back"]),  # past midnight
    ],
)
def test_tonight_is_offered_while_it_is_ahead(now: dt.datetime, offered: list[str]) -> None:
    [row] = drawn(Item(habit=habit(), date=TODAY, choosing=True), timezone="Europe/Moscow", now=now).rows
    assert [data.partition(":")[0] for _, data in row] == offered
    for verb in offered[:-1]:
        until = snooze_until(verb, timezone="Europe/Moscow", now=now)
        assert until is not None
        assert now < until <= now + dt.timedelta(days=1)


@pytest.mark.parametrize("gone", [None, habit(is_pleasant=True, reward=None)])
def test_what_cannot_be_answered_has_no_buttons(gone: Habit | None) -> None:
    assert drawn(Item(habit=gone, date=TODAY)).rows == []
    assert as_markup([]) is None


@given(st.lists(st.text(st.sampled_from("a 🏃я\n<&"), max_size=1500), max_size=12))
def test_every_message_has_room_and_nothing_is_lost(texts: list[str]) -> None:
    found = list(groups(enumerate(texts)))
    assert [number for group in found for number, _ in group] == list(range(len(texts)))
    for group in found:
        assert len(group) == 1 or sum(units(text) + ROOM for _, text in group) <= LONGEST
    # No more messages than it takes: the next would not have fitted.
    for group, following in itertools.pairwise(found):
        together = [text for _, text in (*group, following[0])]
        assert sum(units(text) + ROOM + len(BETWEEN) for text in together) > LONGEST


long_texts = st.text(st.sampled_from("ж🏃 "), min_size=1, max_size=200)
items = st.builds(
    Item,
    habit=st.none()
    | st.builds(habit, st.integers(1, 2**63 - 1), action=long_texts, place=long_texts, reward=long_texts),
    date=st.just(TODAY),
    answer=st.none() | st.sampled_from([answer("done"), answer("skipped", at=SEVEN + dt.timedelta(days=5))]),
    streak=st.none() | st.integers(0, 4000),
    snoozed_until=st.none() | st.just(FOUR_PAST),
    missed_before=st.booleans(),
    choosing=st.booleans(),
)


@given(st.lists(items, min_size=1, max_size=40), st.sampled_from(["en", "ru"]))
def test_a_message_never_outgrows_telegram_however_it_is_answered(shown: list[Item], language: str) -> None:
    told = 0
    for text, rows in cards(shown, person=person(language), now=SEVEN, heading="Today"):
        assert units(text) <= LONGEST
        assert sum(map(len, rows)) <= 100
        assert all(len(data.encode()) <= 64 for row in rows for _, data in row)
        told += text.removeprefix("Today\n\n").count(BETWEEN) + 1
    assert told == len(shown)


def test_a_message_that_grew_too_long_is_cut_rather_than_refused() -> None:
    long = habit(action="🏃" * 200, place="🏃" * 200, reward="🏃" * 200)
    text, rows = drawn(*[Item(habit=long, date=TODAY)] * MOST)
    assert units(text) <= LONGEST
    assert len(rows) == MOST


def test_the_box_of_the_terminal_frames_every_line() -> None:
    assert box("⏰ Alice", "07:00 · run\nreward: tea\n\n07:00 · read").splitlines()[:-1] == [
        "╭─ ⏰ Alice",
        "│ 07:00 · run",
        "│ reward: tea",
        "│",
        "│ 07:00 · read",
    ]
