"""An operator has what failed tried again."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from accounts.services import update_profile
from habits.models import Habit
from habits.services import delete_habit, update_habit
from reminders import services
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from reminders.services import Retried, retry_failed
from tests.bot_api import Control
from tests.people import make_person
from tests.reminders.conftest import DAY, DUE, MINUTE, deliver, due_habit, linked, states

pytestmark = pytest.mark.django_db

SOON = DUE + 5 * MINUTE
LATEST = DUE + settings.REMINDER_MAKES_SENSE_FOR


def failed(habit: Habit, *, at: dt.datetime = DUE, **fields: Any) -> Reminder:
    """The habit's occurrence at `at` was planned and has failed."""
    given: dict[str, Any] = {"settled_at": at + MINUTE, "error": "Rejected: 400 Bad Request: oops"}
    return Reminder.objects.create(habit=habit, due_at=at, date=at.date(), state="failed", **(given | fields))


@pytest.fixture
def habit(alice: Person) -> Habit:
    return due_habit(alice)


def test_it_waits_again_as_if_nothing_had_happened(habit: Habit) -> None:
    reminder = failed(habit)
    assert retry_failed(now=SOON) == Retried(1, 0, 0)
    reminder.refresh_from_db()
    assert (reminder.state, reminder.settled_at, reminder.error) == ("waiting", None, None)
    envelope = Envelope.objects.get()
    assert reminder.envelope_id == envelope.pk
    assert (envelope.person_id, envelope.due_at, envelope.attempts) == (habit.owner_id, DUE, 0)


def test_it_does_not_overtake_what_is_on_time(habit: Habit) -> None:
    failed(habit)
    retry_failed(now=SOON)
    assert Envelope.objects.get().available_at == SOON


def test_one_envelope_for_a_person_and_minute(alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    for person in (alice, bob):
        for number in range(3):
            failed(due_habit(person, action=f"run {number} km"))
        failed(due_habit(person, at=DUE + MINUTE), at=DUE + MINUTE)
    assert retry_failed(now=SOON) == Retried(8, 0, 0)
    held = [(one.person_id, one.due_at, one.reminders.count()) for one in Envelope.objects.all()]
    assert sorted(held) == sorted((p.pk, at, n) for p in (alice, bob) for at, n in ((DUE, 3), (DUE + MINUTE, 1)))


@pytest.mark.parametrize(("now", "expected"), [(LATEST, Retried(1, 0, 0)), (LATEST + MINUTE, Retried(0, 1, 0))])
def test_what_would_come_too_late_stays_failed_with_its_error(
    habit: Habit, now: dt.datetime, expected: Retried
) -> None:
    reminder = failed(habit)
    assert retry_failed(now=now) == expected
    reminder.refresh_from_db()
    assert (reminder.state, reminder.error is None) == (("waiting", True) if expected.reopened else ("failed", False))


@pytest.mark.parametrize("state", ["waiting", "sent", "missed", "cancelled"])
def test_only_what_failed_is_reopened(habit: Habit, state: str) -> None:
    reminder = failed(habit)
    envelope = Envelope.objects.create(person=habit.owner, due_at=DUE, available_at=DUE)
    waits: dict[str, Any] = {"envelope": envelope, "settled_at": None} if state == "waiting" else {"settled_at": DUE}
    Reminder.objects.update(state=state, error=None, **waits)
    assert retry_failed(now=SOON) == Retried(0, 0, 0)
    reminder.refresh_from_db()
    assert reminder.state == state


@pytest.mark.parametrize("why", ["paused", "moved", "pleasant", "all paused", "deactivated", "not reached"])
def test_what_nobody_wants_any_more_stays_failed(habit: Habit, why: str, bot_api: Control) -> None:
    linked(habit.owner, 1)
    failed(habit)
    changes: dict[str, dict[str, Any]] = {
        "paused": {"is_paused": True},
        "moved": {"time": dt.time(23)},
        "pleasant": {"is_pleasant": True, "reward": None, "time": None, "place": None, "every_days": None},
    }
    if why in changes:
        update_habit(person=habit.owner, habit_id=habit.pk, now=SOON, **changes[why])
    elif why == "all paused":
        update_profile(person=habit.owner, changes={"paused_until": DUE.date() + DAY}, now=SOON)
    elif why == "deactivated":
        Person.objects.update(is_active=False)
    else:
        habit.owner.chat.delete()
    assert retry_failed(now=SOON) == Retried(0, 0, 1)
    assert states(habit) == [(DUE, "failed")]


def test_a_snoozed_one_needs_no_occurrence(habit: Habit) -> None:
    failed(habit, at=DUE + 7 * MINUTE, kind="snooze")
    assert retry_failed(now=DUE + 10 * MINUTE) == Retried(1, 0, 0)


def test_an_erased_habit_leaves_nothing_to_retry(habit: Habit) -> None:
    failed(habit)
    delete_habit(person=habit.owner, habit_id=habit.pk, now=SOON)
    assert retry_failed(now=SOON) == Retried(0, 0, 0)


def test_it_can_be_told_which(alice: Person, bob: Person) -> None:
    hers, his, later = due_habit(alice), due_habit(bob), due_habit(bob, at=DUE + MINUTE)
    failed(hers)
    failed(his)
    last = failed(later, at=DUE + MINUTE, settled_at=DUE + 3 * MINUTE)
    assert retry_failed(now=SOON, habit_id=hers.pk) == Retried(1, 0, 0)
    assert retry_failed(now=SOON, since=DUE + 2 * MINUTE) == Retried(1, 0, 0)
    assert retry_failed(now=SOON, reminders=[last.pk]) == Retried(0, 0, 0)
    assert (states(his), states(later)) == ([(DUE, "failed")], [(DUE + MINUTE, "waiting")])


def test_trying_twice_does_it_once(habit: Habit) -> None:
    failed(habit)
    assert [retry_failed(now=SOON).reopened for _ in range(2)] == [1, 0]
    assert Envelope.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_retried_arrives(bot_api: Control, alice: Person) -> None:
    linked(alice, 1)
    habit = due_habit(alice)
    plan(now=DUE)
    bot_api.refuse("sendMessage", 400, "Bad Request: message text is empty")
    deliver()
    assert states(habit) == [(DUE, "failed")]
    assert retry_failed(now=SOON) == Retried(1, 0, 0)
    deliver(SOON)
    assert states(habit) == [(DUE, "sent")]
    assert Reminder.objects.get().error is None


@pytest.mark.parametrize(("may", "state"), [(True, "waiting"), (False, "failed")])
def test_the_admin_retries_where_it_may(client: Client, may: bool, state: str) -> None:
    now = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)
    habit = due_habit(make_person("Bob"), at=now, now=now - DAY)
    reminder = failed(habit, at=now, settled_at=now)
    operator = make_person("Alice", is_staff=True, is_superuser=may)
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("admin:reminders_reminder_changelist")
    given = {"action": "retry", "_selected_action": [reminder.pk]}
    answer = client.post(f"{page}?failed=1", given, follow=True)
    assert answer.status_code == (200 if may else 403)
    assert ("1 wait again" in answer.content.decode()) == may
    assert states(habit) == [(now, state)]
    # Who did it can be read.
    assert LogEntry.objects.filter(user=operator, object_id=str(reminder.pk)).count() == may
