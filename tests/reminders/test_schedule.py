"""`next_at` and what waits, after every change that can move them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from accounts.services import erase, update_profile
from habits.models import Habit, Schedule
from habits.services import create_habit, delete_habit, update_habit
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from telegram.chats import mark_chat_gone, seen
from telegram.linking import unlink
from tests.bot_api import Control
from tests.people import make_person
from tests.reminders.conftest import BEFORE, DAY, DUE, MINUTE, due_habit, linked, next_at, states

CHAT = 701


@pytest.fixture
def habit(alice: Person) -> Habit:
    """Due at 07:00 UTC, which is 10:00 in Moscow."""
    return due_habit(alice)


@pytest.mark.django_db
def test_a_new_useful_habit_is_scheduled_on_its_owners_clock(habit: Habit) -> None:
    schedule = Schedule.objects.get(pk=habit.pk)
    assert (schedule.person_id, schedule.timezone, schedule.next_at) == (habit.owner_id, "Europe/Moscow", DUE)


@pytest.mark.django_db
def test_a_pleasant_habit_has_no_schedule(alice: Person) -> None:
    prize = create_habit(person=alice, now=BEFORE, action="drink tea", is_pleasant=True, time=dt.time(10), place="home")
    assert not Schedule.objects.filter(pk=prize.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"time": dt.time(12)}, DUE + dt.timedelta(hours=2)),
        ({"time": dt.time(8)}, DUE - dt.timedelta(hours=2) + DAY),  # 05:00 UTC is past at 06:00
        ({"weekdays": [1]}, DUE + 2 * DAY),  # the due Saturday is no Monday
        ({"every_days": 2}, DUE),
        ({"starts_on": dt.date(2026, 2, 14)}, DUE + 14 * DAY),
        ({"is_paused": True}, None),
        ({"reward": "coffee", "action": "swim", "is_public": True}, DUE),
    ],
)
def test_an_edit_moves_what_is_due_next(habit: Habit, changes: Any, expected: dt.datetime | None) -> None:
    update_habit(person=habit.owner, habit_id=habit.pk, now=BEFORE, **changes)
    assert next_at(habit) == expected


@pytest.mark.django_db
def test_a_paused_habit_goes_on_when_it_is_resumed(habit: Habit) -> None:
    update_habit(person=habit.owner, habit_id=habit.pk, now=BEFORE, is_paused=True)
    update_habit(person=habit.owner, habit_id=habit.pk, now=DUE + MINUTE, is_paused=False)
    assert next_at(habit) == DUE + DAY


@pytest.mark.django_db
def test_a_habit_that_becomes_pleasant_is_no_longer_due_and_back(habit: Habit) -> None:
    plan(now=DUE)
    update_habit(person=habit.owner, habit_id=habit.pk, now=DUE, is_pleasant=True, reward=None)
    assert not Schedule.objects.exists()
    assert states(habit) == [(DUE, "cancelled")]
    update_habit(person=habit.owner, habit_id=habit.pk, now=DUE, is_pleasant=False, reward="tea")
    assert next_at(habit) == DUE + DAY


STILL_DUE: list[dict[str, Any]] = [{"reward": "coffee"}, {"action": "swim"}, {"is_public": True}, {"weekdays": [6]}]
NO_LONGER_DUE: list[dict[str, Any]] = [{"time": dt.time(11)}, {"is_paused": True}, {"weekdays": [1]}]


@pytest.mark.django_db
@pytest.mark.parametrize("planned", [True, False], ids=["planned", "due but not planned yet"])
@pytest.mark.parametrize(
    ("changes", "state"), [(c, "waiting") for c in STILL_DUE] + [(c, "cancelled") for c in NO_LONGER_DUE]
)
def test_what_is_due_just_now_goes_out_unless_the_new_rule_would_not_have_it(
    habit: Habit, planned: bool, changes: Any, state: str
) -> None:
    later = DUE + MINUTE
    if planned:
        plan(now=DUE)
    update_habit(person=habit.owner, habit_id=habit.pk, now=later, **changes)
    plan(now=later)
    assert states(habit) == [(DUE, state)]
    assert Reminder.objects.filter(state="waiting").count() == Reminder.objects.filter(envelope__isnull=False).count()


@pytest.mark.django_db
def test_an_edit_during_an_outage_forgets_no_occurrence(habit: Habit) -> None:
    now = DUE + 2 * DAY + MINUTE
    update_habit(person=habit.owner, habit_id=habit.pk, now=now, time=dt.time(20))
    assert states(habit) == [(DUE, "missed"), (DUE + DAY, "missed"), (DUE + 2 * DAY, "cancelled")]
    assert next_at(habit) == DUE + 2 * DAY + dt.timedelta(hours=10)


@pytest.mark.django_db
def test_a_new_time_zone_moves_every_habit(alice: Person) -> None:
    habits = [due_habit(alice), due_habit(alice, at=DUE + 5 * MINUTE)]
    update_profile(person=alice, changes={"timezone": "Europe/Berlin"}, now=BEFORE)
    two_hours = dt.timedelta(hours=2)
    assert [next_at(habit) for habit in habits] == [DUE + two_hours, DUE + 5 * MINUTE + two_hours]
    assert set(Schedule.objects.values_list("timezone", flat=True)) == {"Europe/Berlin"}


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "state"), [("Europe/Minsk", "waiting"), ("Europe/Berlin", "cancelled")])
def test_a_zone_with_the_same_clock_leaves_todays_reminder_alone(habit: Habit, zone: str, state: str) -> None:
    plan(now=DUE)
    update_profile(person=habit.owner, changes={"timezone": zone}, now=DUE + MINUTE)
    assert states(habit) == [(DUE, state)]


@pytest.mark.django_db
def test_a_new_zone_takes_as_many_queries_for_many_habits_as_for_two(alice: Person, bob: Person) -> None:
    counts = []
    for person, size in ((alice, 2), (bob, 25)):
        for _ in range(size):
            due_habit(person)
        plan(now=DUE)
        with CaptureQueriesContext(connection) as queries:
            update_profile(person=person, changes={"timezone": "Asia/Tokyo"}, now=DUE + MINUTE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_only_people_with_a_chat_are_due_where_telegram_is_the_channel(bot_api: Control, alice: Person) -> None:
    habit = due_habit(alice)
    paused = due_habit(alice, is_paused=True)
    assert next_at(habit) is None
    linked(alice, CHAT)
    assert (next_at(habit), next_at(paused)) == (DUE, None)
    assert next_at(due_habit(alice)) == DUE


def lose_by_unlinking(person: Person) -> None:
    unlink(person=person, now=DUE)


def lose_by_blocking(_: Person) -> None:
    mark_chat_gone(chat_id=CHAT, now=DUE)


@pytest.mark.django_db
@pytest.mark.parametrize("lose", [lose_by_unlinking, lose_by_blocking])
@pytest.mark.parametrize("planned", [True, False], ids=["planned", "due but not planned yet"])
def test_losing_the_chat_cancels_what_is_due_and_stops_the_rest(
    bot_api: Control, alice: Person, bob: Person, lose: Callable[[Person], None], planned: bool
) -> None:
    linked(alice, CHAT)
    linked(bob, CHAT + 1)
    hers, his = due_habit(alice), due_habit(bob)
    if planned:
        plan(now=DUE)
    lose(alice)
    plan(now=DUE)
    assert (states(hers), next_at(hers)) == ([(DUE, "cancelled")], None)
    assert (states(his), next_at(his)) == ([(DUE, "waiting")], DUE + DAY)


@pytest.mark.django_db
def test_a_chat_that_writes_again_is_reminded_again(bot_api: Control, alice: Person) -> None:
    linked(alice, CHAT)
    habit = due_habit(alice)
    mark_chat_gone(chat_id=CHAT, now=BEFORE)
    assert next_at(habit) is None
    seen(chat_id=CHAT, username=None, language_code=None, now=BEFORE + MINUTE)
    assert next_at(habit) == DUE


@pytest.mark.django_db
def test_deleting_a_habit_takes_its_reminders_along(alice: Person) -> None:
    doomed, other = due_habit(alice), due_habit(alice)
    plan(now=DUE)
    delete_habit(person=alice, habit_id=doomed.pk, now=DUE)
    assert list(Reminder.objects.values_list("habit", flat=True)) == [other.pk]
    assert Envelope.objects.count() == 1


@pytest.mark.django_db
def test_erasing_a_person_leaves_nothing_under_way(alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        due_habit(person)
        due_habit(person)
    plan(now=DUE)
    erase(person=alice)
    assert set(Envelope.objects.values_list("person", flat=True)) == {bob.pk}
    assert Reminder.objects.count() == Schedule.objects.count() == 2


@pytest.mark.django_db
def test_an_absurdly_late_start_is_borne() -> None:
    person = make_person("Late", timezone="Pacific/Kiritimati")
    habit = due_habit(person, starts_on=dt.date(2100, 12, 31))
    moment = next_at(habit)
    assert moment is not None
    assert moment.year in (2100, 2101)
