"""/today: what is due, on the person's own clock."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from accounts.models import Person
from accounts.services import update_profile
from bot.today import MESSAGES
from habits.models import Habit
from habits.services import create_habit, update_habit
from reminders.channels.card import MOST
from telegram.linking import link
from tests.bot.conftest import ALICE, BOB, Conversation
from tracking.models import CheckIn, Phase
from tracking.services import check_in

# In New York it is Saturday, the last day of January, half past ten in the evening; in Moscow it is Sunday already.
NOW = dt.datetime(2026, 2, 1, 3, 30, tzinfo=dt.UTC)
SATURDAY = dt.date(2026, 1, 31)
MADE = NOW - dt.timedelta(days=20)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def reached_bob(bob: Person) -> Person:
    return link(person_id=bob.pk, chat_id=BOB, now=MADE)


def habit_of(person: Person, action: str = "run", *, now: dt.datetime = MADE, **fields: Any) -> Habit:
    told = {"action": action, "place": "the park", "time": dt.time(7), "reward": "a cup of coffee", **fields}
    return create_habit(person=person, now=now, **told)


def test_it_lists_what_is_due_with_buttons_the_earliest_first(chat: Conversation, reached_bob: Person) -> None:
    late = habit_of(reached_bob, "read", time=dt.time(23))
    early = habit_of(reached_bob, "run")
    (sent,) = chat.write(BOB, "/today")
    assert sent.text.startswith("1. 07:00 · I will run in the park (60 s)\nreward: a cup of coffee\n\n2. 23:00")
    assert sent.buttons == [f"{verb}:{one.pk}:20260131" for one in (early, late) for verb in ("done", "skip", "later")]


@pytest.mark.parametrize(
    ("fields", "is_due"),
    [
        ({}, True),
        ({"time": dt.time(23, 59)}, True),
        ({"weekdays": [6]}, True),
        ({"weekdays": [7]}, False),
        ({"weekdays": [1, 2, 3, 4, 5]}, False),
        ({"every_days": 2, "starts_on": SATURDAY - dt.timedelta(days=4)}, True),
        ({"every_days": 2, "starts_on": SATURDAY - dt.timedelta(days=3)}, False),
        ({"starts_on": SATURDAY}, True),
        ({"starts_on": SATURDAY + dt.timedelta(days=1)}, False),
        ({"is_paused": True}, False),
        ({"is_pleasant": True, "reward": None}, False),
    ],
)
def test_a_habit_is_due_by_its_schedule(
    chat: Conversation, reached_bob: Person, fields: dict[str, Any], is_due: bool
) -> None:
    habit_of(reached_bob, **fields)
    (sent,) = chat.write(BOB, "/today")
    assert ("I will run" in sent.text and bool(sent.buttons)) is is_due
    assert ("Nothing is due today." in sent.text) is not is_due


def test_the_day_is_that_of_the_persons_own_clock(chat: Conversation, alice: Person, reached_bob: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=MADE)
    for person in (alice, reached_bob):
        habit_of(person, weekdays=[7])
    assert "Nothing is due today." in chat.said(BOB, "/today")
    (sent,) = chat.write(ALICE, "/today")
    assert "07:00 · Я буду run" in sent.text
    assert sent.buttons[0].endswith(":20260201")


def test_what_is_answered_is_shown_as_answered(chat: Conversation, reached_bob: Person) -> None:
    run, read = habit_of(reached_bob, "run"), habit_of(reached_bob, "read", time=dt.time(8))
    check_in(person=reached_bob, habit_id=run.pk, date=SATURDAY, status="done", source=CheckIn.Source.API, now=NOW)
    (sent,) = chat.write(BOB, "/today")
    first, second = sent.text.split("\n\n")
    assert "✅ Done at 22:30 · streak: 1\nNow enjoy: a cup of coffee" in first
    assert "reward: a cup of coffee" in second
    assert [data.partition(":")[0] for data in sent.buttons] == ["undo", "done", "skip", "later"]
    assert str(read.pk) in sent.buttons[1]


def test_it_is_answered_like_a_reminder(chat: Conversation, reached_bob: Person) -> None:
    habit_of(reached_bob)
    (sent,) = chat.write(BOB, "/today")
    chat.tap(BOB, sent.message_id, "✅ Done")
    shown = chat.bot_api.message(BOB, sent.message_id)
    assert "✅ Done at 22:30 · streak: 1" in shown.text
    assert shown.labels == [["↩ Undo"]]
    assert CheckIn.objects.get().source == "bot"


def test_where_nothing_is_due_it_says_what_comes_next(chat: Conversation, reached_bob: Person) -> None:
    habit_of(reached_bob, "swim", weekdays=[3], place="the sea", now=NOW)
    habit_of(reached_bob, "run", weekdays=[7], now=NOW)
    assert chat.said(BOB, "/today") == "Nothing is due today.\nNext, tomorrow at 07:00: I will run in the park"


def test_one_without_habits_is_told_how_to_begin(chat: Conversation, reached_bob: Person) -> None:
    assert "/new" in chat.said(BOB, "/today")


def test_a_pause_of_everything_is_said(chat: Conversation, reached_bob: Person) -> None:
    """What was due before it began can still be answered."""
    habit_of(reached_bob)
    habit_of(reached_bob, "read", time=dt.time(23))
    until = {"paused_until": SATURDAY + dt.timedelta(days=5)}
    update_profile(person=reached_bob, changes=until, now=NOW)
    (sent,) = chat.write(BOB, "/today")
    assert sent.text.startswith(
        "Everything is paused until 5 February (Thursday). /resume ends that.\n\n07:00 · I will run"
    )
    assert "read" not in sent.text
    assert len(sent.buttons) == 3


def test_a_pause_of_everything_is_said_where_nothing_is_due(chat: Conversation, reached_bob: Person) -> None:
    habit_of(reached_bob, weekdays=[7])
    until = {"paused_until": SATURDAY + dt.timedelta(days=2)}
    update_profile(person=reached_bob, changes=until, now=NOW)
    answer = chat.said(BOB, "/today")
    assert "Everything is paused until 2 February (Monday). /resume ends that." in answer
    assert "Next, " in answer


@pytest.mark.parametrize(("count", "says"), [(1, "1 habit is paused"), (2, "2 habits are paused")])
def test_paused_habits_are_said_where_nothing_is_due(
    chat: Conversation, reached_bob: Person, count: int, says: str
) -> None:
    for _number in range(count):
        habit_of(reached_bob, is_paused=True)
    answer = chat.said(BOB, "/today")
    assert says in answer
    assert "Next, " not in answer


@pytest.mark.parametrize(
    ("count", "says"),
    [(1, "1 привычка на паузе"), (2, "2 привычки на паузе"), (5, "5 привычек на паузе"), (11, "11 привычек на паузе")],
)
def test_russian_numbers(chat: Conversation, alice: Person, count: int, says: str) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=MADE)
    for _number in range(count):
        habit_of(alice, is_paused=True)
    assert says in chat.said(ALICE, "/today")


def test_what_was_due_this_morning_stays_due_though_it_was_moved(chat: Conversation, reached_bob: Person) -> None:
    habit = habit_of(reached_bob)
    update_habit(person=reached_bob, habit_id=habit.pk, now=NOW, weekdays=[2])
    assert "I will run" in chat.write(BOB, "/today")[0].text


def test_a_habit_that_nobody_followed_is_due_as_its_schedule_says(chat: Conversation, reached_bob: Person) -> None:
    habit_of(reached_bob)
    habit_of(reached_bob, "read", weekdays=[7])
    Phase.objects.all().delete()
    (sent,) = chat.write(BOB, "/today")
    assert "I will run" in sent.text
    assert "read" not in sent.text


@pytest.mark.parametrize("count", [MOST + 1, MESSAGES * MOST + 1])
def test_many_habits_take_few_messages(
    chat: Conversation, reached_bob: Person, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Six messages of one chat take half of the time that an update has.
    monkeypatch.setattr("telegram.shared_bucket.CHAT_PAUSE", 0.01)
    for number in range(count):
        habit_of(reached_bob, f"run {number}")
    chat.bot_api.set_limits(rate=None)
    sent = chat.write(BOB, "/today")
    assert len(sent) <= MESSAGES + 1
    assert ("/habits" in sent[-1].text) is (count > MESSAGES * MOST)
    listed = [data for call in sent for data in call.buttons if data.startswith("done:")]
    assert len(set(listed)) == len(listed)
    # Long texts fill a message before its buttons do.
    assert count == len(listed) or len(listed) > (MESSAGES - 1) * MOST


def test_a_stranger_is_told_where_to_begin(chat: Conversation) -> None:
    assert "/start" in chat.said(ALICE, "/today")
