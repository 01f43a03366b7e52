"""`manage.py reminders`, as an operator reads it."""

import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Person
from reminders.claims import claim
from reminders.courier import LEASE
from reminders.management.commands.reminders import spell
from reminders.models import Envelope, Reminder
from reminders.moving import replan_everyone
from reminders.planner import plan
from tests.reminders.conftest import DAY, DUE, MINUTE, due_habit, states

pytestmark = pytest.mark.django_db


def told(*arguments: str, at: dt.datetime = DUE) -> str:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("reminders", *arguments, stdout=out)
    said = out.getvalue()
    assert all(len(line) <= 80 for line in said.splitlines()), said
    return said


def value(said: str, name: str) -> str:
    found = re.search(rf"^  {re.escape(name)} +(.+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def test_it_says_so_where_there_is_nothing(db: None) -> None:
    said = told()
    assert value(said, "Missing parts") == "beat, worker"
    assert value(said, "Channel") == "none yet"
    assert value(said, "Due and waiting") == "0"
    assert value(said, "Next due") == "nothing"
    assert "Failed, by the last error: none" in said


def test_it_shows_what_waits_and_how_late_it_is(alice: Person, bob: Person) -> None:
    replan_everyone(now=DUE)
    due_habit(alice)
    due_habit(alice, action="read")
    due_habit(bob, at=DUE + 10 * MINUTE)
    plan(now=DUE)
    claim(now=DUE, limit=1, lease=LEASE)
    said = told(at=DUE + 125 * dt.timedelta(seconds=1))
    assert value(said, "Channel") == "console"
    assert value(said, "Due and waiting") == "2, the oldest 2 min 5 s late"
    assert value(said, "Claimed envelopes") == "1, 0 of them expired"
    assert value(said, "Next due") == "2026-01-31 07:10:00 (in 7 min 55 s)"


def test_it_counts_the_last_day_by_state_and_claims_that_ran_out(alice: Person) -> None:
    habit = due_habit(alice)
    for hours, state in enumerate(("sent", "sent", "missed", "cancelled")):
        due_at = DUE - dt.timedelta(hours=hours)
        Reminder.objects.create(habit=habit, due_at=due_at, date=due_at.date(), state=state, settled_at=due_at)
    Reminder.objects.create(habit=habit, due_at=DUE - DAY, date=DUE.date(), state="sent", settled_at=DUE)
    Envelope.objects.create(person=alice, due_at=DUE, available_at=DUE)
    claim(now=DUE, limit=1, lease=-LEASE)
    said = told()
    counts = {state: value(said, state).strip() for state in ("waiting", "sent", "missed", "failed", "cancelled")}
    assert counts == {"waiting": "0", "sent": "2", "missed": "1", "failed": "0", "cancelled": "1"}
    assert value(said, "Claimed envelopes") == "1, 1 of them expired"


def test_it_groups_errors_the_last_seen_first(alice: Person) -> None:
    habit = due_habit(alice)
    for number, error in enumerate(("Rejected: 400", "Rejected: 400", "ValueError: " + "long\n" * 100)):
        given: dict[str, Any] = {"settled_at": DUE + number * MINUTE, "error": error}
        Reminder.objects.create(habit=habit, due_at=DUE - number * MINUTE, date=DUE.date(), state="failed", **given)
    Envelope.objects.create(person=alice, due_at=DUE, available_at=DUE + MINUTE, error="Transient: HTTP 500")
    said = told()
    failed, _, retried = said.partition("To be tried again")
    first, second = failed.splitlines()[-3:-1]
    assert first.startswith("  ValueError: long long")
    assert "…" in first
    assert first.endswith("1  2026-01-31 07:02:00")
    assert re.fullmatch(r"  Rejected: 400 +2  2026-01-31 07:01:00", second)
    assert re.search(r"  Transient: HTTP 500 +1  2026-01-31 07:01:00", retried)


def test_it_retries_what_failed(alice: Person) -> None:
    habit = due_habit(alice)
    for hours in (0, 3):
        at = DUE - dt.timedelta(hours=hours)
        Reminder.objects.create(habit=habit, due_at=at, date=at.date(), state="failed", settled_at=at, error="?")
    nothing = "0 wait again. Left as failed: 0 that would come too late, 0 no longer wanted."
    assert nothing in told("--retry-failed", "--habit", str(habit.pk + 1))
    assert nothing in told("--retry-failed", "--since", "1m", at=DUE + 2 * MINUTE)
    assert "1 wait again. Left as failed: 1 that" in told("--retry-failed", "--since", "2026-01-31T00:00")
    assert [state for _, state in states(habit)] == ["failed", "waiting"]


@pytest.mark.parametrize(
    "arguments", [["--since", "2h"], ["--habit", "1"], ["--retry-failed", "--since", "yesterday"], ["--habit", "x"]]
)
def test_it_says_what_it_does_not_understand(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        told(*arguments)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (7500, "2 h 5 min"), (90000, "1 d 1 h")]
)
def test_spans_are_told_in_their_two_largest_units(seconds: int, text: str) -> None:
    assert spell(dt.timedelta(seconds=seconds)) == text
