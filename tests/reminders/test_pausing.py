"""Everything paused until a date: `next_at` and what waits, before, during and after."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from accounts.services import update_profile
from habits.models import Habit
from habits.services import update_habit
from reminders.models import Reminder
from reminders.moving import replan_everyone
from reminders.planner import plan
from reminders.snoozing import snooze
from telegram.linking import unlink
from tests.bot_api import Control
from tests.bot_api.fixtures import TOKEN
from tests.people import make_person
from tests.reminders.conftest import BEFORE, DAY, DUE, MINUTE, due_habit, linked, next_at, states

pytestmark = pytest.mark.django_db

TODAY = DUE.date()
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def habit(alice: Person) -> Habit:
    """Due at 07:00 UTC, which is 10:00 in Moscow."""
    return due_habit(alice)


def pause(person: Person, days: int | None, *, now: dt.datetime = BEFORE) -> None:
    """Until so many days after today; None resumes."""
    until = None if days is None else TODAY + days * DAY
    update_profile(person=person, changes={"paused_until": until}, now=now)


@pytest.mark.parametrize("days", [1, 3, 366])
def test_the_next_reminder_is_the_first_one_of_the_day_it_ends(habit: Habit, days: int) -> None:
    pause(habit.owner, days)
    assert next_at(habit) == DUE + days * DAY
    assert plan(now=DUE + days * DAY - MINUTE).waiting == 0
    assert plan(now=DUE + days * DAY).waiting == 1
    assert states(habit) == [(DUE + days * DAY, "waiting")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"every_days": 2}, DUE + 4 * DAY), ({"weekdays": [6]}, DUE + 7 * DAY), ({"weekdays": [2, 6]}, DUE + 3 * DAY)],
)
def test_the_place_in_every_n_days_is_kept(alice: Person, fields: Any, expected: dt.datetime) -> None:
    habit = due_habit(alice, **fields)
    pause(alice, 3)
    assert next_at(habit) == expected


def test_midnight_on_the_persons_clock_is_reminded_of_again(alice: Person) -> None:
    midnight = due_habit(alice, at=DUE.replace(hour=21))  # 00:00 in Moscow, of the next day there
    pause(alice, 1)
    assert next_at(midnight) == DUE.replace(hour=21)


@pytest.mark.parametrize("planned", [True, False], ids=["planned", "due but not planned yet"])
def test_what_is_due_just_now_is_cancelled_and_told_of_in_the_records(habit: Habit, planned: bool) -> None:
    if planned:
        plan(now=DUE)
    pause(habit.owner, 2, now=DUE + MINUTE)
    assert states(habit) == [(DUE, "cancelled")]
    assert not Reminder.objects.filter(envelope__isnull=False).exists()
    assert next_at(habit) == DUE + 2 * DAY


def test_a_pause_in_an_outage_forgets_no_occurrence(habit: Habit) -> None:
    now = DUE + 2 * DAY + MINUTE
    pause(habit.owner, 5, now=now)
    assert states(habit) == [(DUE, "missed"), (DUE + DAY, "missed"), (DUE + 2 * DAY, "cancelled")]


def test_it_cancels_what_was_snoozed(habit: Habit) -> None:
    later = snooze(person=habit.owner, habit_id=habit.pk, date=TODAY, until=DUE + HOUR, now=DUE)
    pause(habit.owner, 1, now=DUE + MINUTE)
    later.refresh_from_db()
    assert later.state == "cancelled"


def test_resuming_early_goes_on_at_once_and_reminds_of_nothing_that_is_over(habit: Habit) -> None:
    pause(habit.owner, 9)
    pause(habit.owner, None, now=DUE + DAY + MINUTE)
    assert next_at(habit) == DUE + 2 * DAY
    plan(now=DUE + 2 * DAY)
    assert states(habit) == [(DUE + 2 * DAY, "waiting")]


@pytest.mark.parametrize("days", [1, 9])
def test_another_end_takes_the_place_of_the_first(habit: Habit, days: int) -> None:
    pause(habit.owner, 3)
    pause(habit.owner, days, now=BEFORE + MINUTE)
    assert next_at(habit) == DUE + days * DAY


def test_resuming_leaves_alone_what_is_due_and_not_planned_yet(habit: Habit) -> None:
    pause(habit.owner, 1)
    pause(habit.owner, None, now=DUE + DAY + MINUTE)  # it was over by itself
    assert next_at(habit) == DUE + DAY


EDITS: list[tuple[dict[str, Any], dt.datetime | None]] = [
    ({"reward": "coffee"}, DUE + 3 * DAY),
    ({"time": dt.time(12)}, DUE + 3 * DAY + 2 * HOUR),
    ({"weekdays": [6]}, DUE + 7 * DAY),
    ({"is_paused": True}, None),
]


@pytest.mark.parametrize(("changes", "expected"), EDITS)
def test_an_edit_during_the_pause_keeps_to_it(habit: Habit, changes: Any, expected: dt.datetime | None) -> None:
    pause(habit.owner, 3)
    update_habit(person=habit.owner, habit_id=habit.pk, now=DUE + MINUTE, **changes)
    assert next_at(habit) == expected


def test_a_habit_made_or_taken_up_during_the_pause_keeps_to_it(alice: Person) -> None:
    paused = due_habit(alice, is_paused=True)
    pause(alice, 3)
    update_habit(person=alice, habit_id=paused.pk, now=BEFORE, is_paused=False)
    assert [next_at(paused), next_at(due_habit(alice))] == [DUE + 3 * DAY] * 2


def test_a_habit_of_its_own_pause_stays_paused_when_the_other_ends(alice: Person) -> None:
    paused = due_habit(alice, is_paused=True)
    pause(alice, 3)
    pause(alice, None)
    assert next_at(paused) is None


def test_travelling_takes_the_end_along(habit: Habit) -> None:
    pause(habit.owner, 3)
    update_profile(person=habit.owner, changes={"timezone": "Asia/Tokyo"}, now=BEFORE)
    assert next_at(habit) == dt.datetime(2026, 2, 3, 1, tzinfo=dt.UTC)  # 10:00 of that day


def test_another_chat_keeps_to_it(bot_api: Control, alice: Person) -> None:
    linked(alice, 708)
    habit = due_habit(alice)
    pause(alice, 3)
    unlink(person=alice, now=BEFORE)
    assert next_at(habit) is None
    linked(alice, 709)
    assert next_at(habit) == DUE + 3 * DAY


def test_another_channel_keeps_to_it(settings: Any, alice: Person) -> None:
    habit = due_habit(alice)
    replan_everyone(now=BEFORE)
    pause(alice, 3)
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    replan_everyone(now=BEFORE)
    assert next_at(habit) is None
    settings.TELEGRAM_BOT_TOKEN = ""
    replan_everyone(now=BEFORE)
    assert next_at(habit) == DUE + 3 * DAY


def test_another_persons_reminders_go_on(habit: Habit, bob: Person) -> None:
    his = due_habit(bob)
    pause(habit.owner, 3)
    assert next_at(his) == DUE


def test_it_takes_as_many_queries_for_many_habits_as_for_two() -> None:
    counts = []
    for size in (2, 25):
        person = make_person(f"P{size}")
        for _ in range(size):
            due_habit(person)
        plan(now=DUE)
        with CaptureQueriesContext(connection) as queries:
            pause(person, 3, now=DUE + MINUTE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
