"""Habits to be answered, at a moment when it is already 31 January in Moscow and still the 30th in New York."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit, delete_habit
from tests.habits.conftest import NOW, USEFUL, Caller, admin, pleasant, useful
from tracking.models import CheckIn
from tracking.services import check_in

__all__ = ["NOW", "USEFUL", "Caller", "admin", "pleasant", "useful"]

TODAY = dt.date(2026, 1, 31)
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def frozen() -> Any:
    """The clock of everything, at NOW; it moves by `shift`."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def call(frozen: Any, alice: Person) -> Caller:
    """Alice, at NOW."""
    return Caller(alice)


@pytest.fixture
def bobs(bob: Person) -> Habit:
    """A useful habit of Bob's, private."""
    return create_habit(person=bob, now=NOW, **USEFUL)


def path_of(habit: Habit, date: object = "") -> str:
    return f"/habits/{habit.pk}/check-ins" + (f"/{date}" if date else "")


def answer(
    habit: Habit, status: str = "done", *, date: dt.date = TODAY, now: dt.datetime = NOW, **told: Any
) -> CheckIn:
    """As its owner, in the bot unless told otherwise."""
    told.setdefault("source", CheckIn.Source.BOT)
    return check_in(person=habit.owner, habit_id=habit.pk, date=date, status=status, now=now, **told)


def answers(habit: Habit) -> dict[dt.date, tuple[str, str | None]]:
    """What is answered for a habit: status and note by date."""
    rows = CheckIn.objects.filter(habit=habit.pk).order_by("date")
    return {row.date: (row.status, row.note) for row in rows}


def rows(model: Any, habit: Habit) -> list[dict[str, Any]]:
    return list(model.objects.filter(habit=habit.pk).order_by("pk").values())


def remove(habit: Habit, **told: Any) -> None:
    delete_habit(person=habit.owner, habit_id=habit.pk, **({"now": NOW} | told))
