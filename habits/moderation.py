"""Public habits that nobody should have to read: anyone reports them, an admin hides them.

A hidden habit stays its owner's, reminders and all; for everyone else it is not there. Nothing that the owner changes
brings it back.
"""

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import FieldError, NotFound, RuleBroken
from habits.models import Habit, Report
from habits.queries import NO_SUCH_HABIT, public_habit

OWN_HABIT = FieldError(None, "own_habit", _("This habit is your own: you can make it private or delete it."))


def report_habit(*, person: Person, habit_id: int, reason: str, now: dt.datetime) -> None:
    """Keep that this person finds a public habit wrong, and why; of each person the first report of a habit only.

    Raises `NotFound` for a habit that is not public; `RuleBroken` for the person's own.
    """
    habit = public_habit(habit_id=habit_id)
    if habit.owner_id == person.pk:
        raise RuleBroken(OWN_HABIT)
    report = Report(habit=habit, person=person, reason=reason, created_at=now)
    try:
        with transaction.atomic():
            # The person first, in the order of all locks (habits.models).
            list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))
            Report.objects.bulk_create([report], ignore_conflicts=True)
    except IntegrityError as error:  # deleted meanwhile
        raise NotFound(NO_SUCH_HABIT) from error


def hide(*, habits: Collection[int], now: dt.datetime) -> list[Habit]:
    """Take these habits out of everyone's sight; those that were in it."""
    return _set(habits, hidden_at=now, now=now)


def show_again(*, habits: Collection[int], now: dt.datetime) -> list[Habit]:
    """Let these hidden habits be seen again where they are public; those that were hidden."""
    return _set(habits, hidden_at=None, now=now)


@transaction.atomic
def _set(ids: Collection[int], *, hidden_at: dt.datetime | None, now: dt.datetime) -> list[Habit]:
    chosen = Habit.objects.filter(pk__in=ids, hidden_at__isnull=hidden_at is not None)
    habits = list(chosen.select_for_update(no_key=True).order_by("pk"))
    # A new version: whoever saw it before sees something else now.
    Habit.objects.filter(pk__in=[habit.pk for habit in habits]).update(
        hidden_at=hidden_at, version=F("version") + 1, updated_at=now
    )
    return habits
