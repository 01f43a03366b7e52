"""Reminded once more: asked for in the message, sent at that moment, and not where it is not wanted any more."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from accounts.services import update_profile
from contract.errors import Conflict, NotFound, Refused, RuleBroken
from habits.models import Habit
from habits.services import create_habit, delete_habit, update_habit
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from reminders.snoozing import snooze, snoozed
from tests.bot_api import Control
from tests.reminders.conftest import BEFORE, DAY, DUE, MINUTE, answer, deliver, due_habit, linked, next_at, states

pytestmark = pytest.mark.django_db

TODAY = DUE.date()
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
NOW = DUE + 7 * SECOND
CHAT = 720


@pytest.fixture
def habit(alice: Person) -> Habit:
    """Reminded of at 07:00 UTC."""
    habit = due_habit(alice)
    plan(now=DUE)
    deliver_nowhere()
    return habit


def deliver_nowhere() -> None:
    Reminder.objects.update(state="sent", envelope=None, settled_at=DUE)
    Envelope.objects.all().delete()


def put_off(habit: Habit, until: dt.datetime = NOW + HOUR, *, date: dt.date = TODAY) -> Reminder:
    return snooze(person=habit.owner, habit_id=habit.pk, date=date, until=until, now=NOW)


def test_it_waits_in_its_own_envelope_until_then(habit: Habit) -> None:
    later = put_off(habit)
    assert (later.due_at, later.date, later.kind, later.state) == (NOW + HOUR, TODAY, "snooze", "waiting")
    envelope = Envelope.objects.get()
    assert (envelope.person_id, envelope.due_at, envelope.available_at) == (habit.owner_id, NOW + HOUR, NOW + HOUR)
    assert next_at(habit) == DUE + DAY


@pytest.mark.django_db(transaction=True)
def test_it_is_sent_then_with_buttons_of_its_own_date(bot_api: Control, alice: Person) -> None:
    linked(alice, CHAT)
    habit = due_habit(alice)
    yesterday = TODAY - DAY
    later = put_off(habit, date=yesterday)
    deliver(NOW + HOUR - SECOND)
    assert bot_api.calls("sendMessage") == []
    deliver(NOW + HOUR)
    [call] = bot_api.calls("sendMessage", chat_id=CHAT)
    assert call.buttons == [f"{verb}:{habit.pk}:20260130" for verb in ("done", "skip", "later")]
    assert states(habit) == [(later.due_at, "sent")]


@pytest.mark.django_db(transaction=True)
def test_what_is_answered_meanwhile_is_not_sent(bot_api: Control, alice: Person) -> None:
    linked(alice, CHAT)
    habit = due_habit(alice)
    later = put_off(habit)
    answer(habit, now=NOW + MINUTE)
    deliver(NOW + HOUR)
    assert (states(habit), bot_api.calls("sendMessage")) == ([(later.due_at, "cancelled")], [])


def test_a_second_one_takes_the_place_of_the_first(habit: Habit) -> None:
    first, second = put_off(habit), put_off(habit, NOW + 2 * HOUR)
    assert states(habit)[1:] == [(first.due_at, "cancelled"), (second.due_at, "waiting")]


def test_other_dates_and_habits_keep_theirs(habit: Habit) -> None:
    other = due_habit(habit.owner)
    put_off(habit), put_off(habit, date=TODAY - DAY), put_off(other)
    assert Reminder.objects.filter(kind="snooze", state="waiting").count() == 3


def test_one_that_meets_another_reminder_comes_a_second_later(habit: Habit) -> None:
    first, second = put_off(habit), put_off(habit, date=TODAY - DAY)
    assert (first.due_at, second.due_at) == (NOW + HOUR, NOW + HOUR + SECOND)


def test_it_never_takes_the_place_of_an_occurrence(alice: Person) -> None:
    evening = due_habit(alice, at=DUE + 2 * HOUR)
    put_off(evening, DUE + 2 * HOUR, date=TODAY - DAY)
    plan(now=DUE + 2 * HOUR)
    assert states(evening) == [(DUE + 2 * HOUR, "waiting"), (DUE + 2 * HOUR + SECOND, "waiting")]


def test_it_is_not_before_the_moment_that_was_asked_for(habit: Habit) -> None:
    moment = NOW + HOUR + dt.timedelta(microseconds=5)
    assert put_off(habit, moment).due_at == NOW + HOUR + SECOND


def make_pleasant(habit: Habit) -> None:
    nothing: Any = {"reward": None}
    update_habit(person=habit.owner, habit_id=habit.pk, now=DUE, is_pleasant=True, **nothing)


REFUSED = [
    ("another's", NotFound, "not_found"),
    ("deleted", NotFound, "not_found"),
    ("pleasant", RuleBroken, "pleasant_habit"),
    ("answered", Conflict, "answered"),
    ("paused", Conflict, "paused"),
    ("all paused", Conflict, "all_paused"),
    ("not reached", Conflict, "not_reached"),
]


@pytest.mark.parametrize(("why", "kind", "code"), REFUSED)
def test_it_is_refused_with_the_reason(
    request: pytest.FixtureRequest, habit: Habit, bob: Person, why: str, kind: type[Refused], code: str
) -> None:
    person = habit.owner
    if why == "another's":
        person = bob
    elif why == "deleted":
        delete_habit(person=person, habit_id=habit.pk, now=NOW)
    elif why == "pleasant":
        make_pleasant(habit)
    elif why == "answered":
        answer(habit, now=NOW, status="skipped")
    elif why == "paused":
        update_habit(person=person, habit_id=habit.pk, now=NOW, is_paused=True)
    elif why == "all paused":
        update_profile(person=person, changes={"paused_until": TODAY + DAY}, now=NOW)
    else:
        request.getfixturevalue("bot_api")
    before = Reminder.objects.count()
    with pytest.raises(kind) as refusal:
        snooze(person=person, habit_id=habit.pk, date=TODAY, until=NOW + HOUR, now=NOW)
    assert [error.code for error in refusal.value.errors] == [code]
    assert (Reminder.objects.count(), Envelope.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("date", "until", "code"),
    [
        (TODAY, NOW, "in_past"),
        (TODAY, NOW - DAY, "in_past"),
        (TODAY, NOW + DAY + SECOND, "too_far"),
        (TODAY + DAY, NOW + HOUR, "in_future"),
        (TODAY - 8 * DAY, NOW + HOUR, "too_long_ago"),
    ],
)
def test_it_is_for_a_day_at_most_and_a_date_that_can_be_answered(
    habit: Habit, date: dt.date, until: dt.datetime, code: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        put_off(habit, until, date=date)
    assert [error.code for error in refusal.value.errors] == [code]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"reward": "coffee"}, "waiting"),
        ({"time": dt.time(23)}, "waiting"),
        ({"weekdays": [2]}, "waiting"),
        ({"is_paused": True}, "cancelled"),
        ({"is_pleasant": True, "reward": None}, "cancelled"),
    ],
)
def test_it_outlives_an_edit_but_not_a_pause(habit: Habit, changes: Any, state: str) -> None:
    put_off(habit)
    update_habit(person=habit.owner, habit_id=habit.pk, now=NOW + MINUTE, **changes)
    assert states(habit)[-1] == (NOW + HOUR, state)


def test_a_habit_without_a_chat_to_reach_is_snoozed_on_the_console(alice: Person) -> None:
    prize = create_habit(person=alice, now=BEFORE, action="tea", is_pleasant=True)
    habit = due_habit(alice, reward=None, related_habit=prize.pk)
    assert put_off(habit).state == "waiting"


def test_it_tells_which_of_many_are_snoozed_in_one_query(alice: Person, bob: Person) -> None:
    habits = [due_habit(person) for person in (alice, alice, alice, bob)]
    later = {(habit.pk, TODAY): put_off(habit).due_at for habit in habits[1:]}
    put_off(habits[1], date=TODAY - DAY)
    asked = {(habit.pk, TODAY) for habit in habits[:3]}
    with CaptureQueriesContext(connection) as queries:
        found = snoozed(asked, now=NOW)
    assert len(queries) == 1
    assert found == {pair: at for pair, at in later.items() if pair in asked}
    assert snoozed(asked, now=NOW + HOUR) == {}


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_make_one_reminder(alice: Person) -> None:
    habit = due_habit(alice)
    start = threading.Barrier(4)

    def tap() -> None:
        start.wait(60)
        put_off(habit)
        connections.close_all()

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join(60)
    assert Reminder.objects.filter(state="waiting").count() == 1
    assert sorted(Reminder.objects.values_list("state", flat=True)) == ["cancelled"] * 3 + ["waiting"]
