"""A worker's clock that jumps ahead of the database's, and comes back: nothing early, nothing missed, nothing lost."""

import asyncio
import datetime as dt
import logging

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Person
from reminders import clock
from reminders.channels import current_channel
from reminders.courier import Courier
from reminders.models import Reminder
from reminders.office import office
from reminders.planner import plan
from reminders.tasks import prune
from reminders.ticking import tick_once
from tests.bot_api import Control
from tests.reminders.conftest import DAY, MINUTE, due_habit, linked, next_at, states

pytestmark = pytest.mark.django_db(transaction=True)

AHEAD = 40 * DAY
# It neither comes nor is too late while the test runs.
HALF_AN_HOUR = 30 * MINUTE


@pytest.fixture(autouse=True)
def _agreeing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_ahead", dt.timedelta())
    # What is woken would go on beside the test.
    monkeypatch.setattr(office, "wake", lambda: None)


def this_minute() -> dt.datetime:
    return timezone.now().replace(second=0, microsecond=0)


def test_a_tick_plans_nothing_before_the_database_finds_it_due(alice: Person) -> None:
    due = this_minute() + HALF_AN_HOUR
    habit = due_habit(alice, at=due, now=timezone.now())
    with time_machine.travel(timezone.now() + AHEAD):
        assert tick_once(on_batch=lambda: None)
    assert (states(habit), next_at(habit)) == ([], due)


def test_a_courier_calls_nothing_missed_that_the_database_finds_on_time(bot_api: Control, alice: Person) -> None:
    due = this_minute() - HALF_AN_HOUR
    habit = due_habit(linked(alice, 1), at=due, now=due - MINUTE)
    plan(now=due)
    with time_machine.travel(timezone.now() + AHEAD):
        asyncio.run(Courier(current_channel()).run(until_idle=True))
    assert states(habit) == [(due, "sent")]
    assert len(bot_api.calls("sendMessage")) == 1


def test_what_the_database_finds_new_is_not_pruned(alice: Person) -> None:
    due = this_minute() - HALF_AN_HOUR
    due_habit(alice, at=due, now=due - MINUTE)
    plan(now=due)
    Reminder.objects.update(state="cancelled", settled_at=due, envelope=None)
    with time_machine.travel(timezone.now() + AHEAD):
        prune()
    assert Reminder.objects.count() == 1


def test_a_clock_that_is_behind_is_believed(alice: Person) -> None:
    with time_machine.travel(timezone.now() - DAY, tick=False):
        assert clock.compared() == clock.now() == timezone.now()


def test_it_tells_once_of_a_clock_that_is_ahead(alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(timezone.now() + AHEAD), caplog.at_level(logging.WARNING, "reminders.clock"):
        clock.compared()
        clock.compared()
    clock.compared()
    (line,) = caplog.messages
    assert "39 days" in line or "40 days" in line
