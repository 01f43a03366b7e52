"""Habits that are due at a known moment, and the engine driven by hand."""

import asyncio
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Person
from habits.models import Habit, Schedule
from habits.services import create_habit
from reminders.channels import current_channel
from reminders.courier import Courier
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from telegram.linking import link
from tests.bot_api import Control
from tests.bot_api.fixtures import bot_api, bot_api_server
from tracking.models import CheckIn
from tracking.services import check_in

__all__ = ["bot_api", "bot_api_server"]

DUE = dt.datetime(2026, 1, 31, 7, 0, tzinfo=dt.UTC)
BEFORE = DUE - dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
CHAT = 755


def due_habit(person: Person, *, at: dt.datetime = DUE, now: dt.datetime = BEFORE, **fields: Any) -> Habit:
    """A daily habit whose occurrence falls on the instant `at`, made at `now`."""
    time = at.astimezone(ZoneInfo(person.timezone)).time().replace(second=0, microsecond=0)
    told: dict[str, Any] = {"action": "run", "place": "the park", "time": time, "reward": "tea"}
    return create_habit(person=person, now=now, **(told | fields))


def next_at(habit: Habit) -> dt.datetime | None:
    return Schedule.objects.values_list("next_at", flat=True).get(pk=habit.pk)


def states(habit: Habit) -> list[tuple[dt.datetime, str]]:
    """The habit's reminders, in order: when each was due, and what became of it."""
    return list(Reminder.objects.filter(habit=habit).order_by("due_at").values_list("due_at", "state"))


def answer(habit: Habit, *, now: dt.datetime = BEFORE, date: dt.date | None = None, status: str = "done") -> None:
    """The owner's answer for the date, that of DUE where none is given."""
    check_in(
        person=habit.owner,
        habit_id=habit.pk,
        date=date or DUE.date(),
        status=status,
        source=CheckIn.Source.API,
        now=now,
    )


def linked(person: Person, chat_id: int, *, now: dt.datetime = BEFORE) -> Person:
    return link(person_id=person.pk, chat_id=chat_id, now=now)


def deliver(now: dt.datetime = DUE, **options: Any) -> None:
    """Let a courier deliver whatever is available at `now`."""
    asyncio.run(Courier(current_channel(), clock=lambda: now, **options).run(until_idle=True))


@pytest.fixture
def planned(bot_api: Control, alice: Person) -> Habit:
    """Alice's, due, planned, and the chat CHAT reaches her."""
    habit = due_habit(linked(alice, CHAT))
    plan(now=DUE)
    return habit


def envelope() -> Envelope:
    """The only one there is."""
    return Envelope.objects.get()
