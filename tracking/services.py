"""How answers are written, whoever brings them: API, bot, admin. Under the locks of `tracking.models`."""

import datetime as dt
from enum import Enum
from typing import Final, Literal

from django.db import transaction

from accounts.models import Person
from contract.errors import NotFound, RuleBroken
from habits.models import Habit
from habits.queries import NO_SUCH_HABIT
from tracking.models import CheckIn
from tracking.rules import checked, date_problem, today
from tracking.undoing import Undone, keep_answer, undo

__all__ = ["KEPT", "Undone", "check_in", "take_back", "undo"]


class Kept(Enum):
    """The note stays as it is: a tap on "Done" takes away nothing that was written."""

    KEPT = "kept"


KEPT: Final = Kept.KEPT


def check_in(
    *,
    person: Person,
    habit_id: int,
    date: dt.date,
    status: str,
    note: str | Literal[Kept.KEPT] | None = KEPT,
    source: CheckIn.Source,
    now: dt.datetime,
) -> CheckIn:
    """The person's answer for a local date, given or changed; `is_new` says which.

    Any date from CHECK_IN_DAYS_BACK before today to today on the person's clock, due or not. The same answer again
    changes nothing. Raises `NotFound`; `RuleBroken`.
    """
    with transaction.atomic():
        person, habit = _locked(person, habit_id)
        before = habit.check_ins.filter(date=date).first()
        if note is KEPT:
            note = before.note if before else None
        status, note = checked(habit, date=date, status=status, note=note, today=today(person, now))
        if before and (before.status, before.note) == (status, note):
            return before
        answer = CheckIn(habit=habit, date=date, status=status, note=note, source=source, answered_at=now)
        answer.pk = before.pk if before else None
        answer.is_new = before is None
        answer.save(force_insert=answer.is_new, force_update=not answer.is_new)
        if source != CheckIn.Source.ADMIN:  # not the person's own deed
            keep_answer(person=person, before=before, after=answer, now=now)
    return answer


def take_back(*, person: Person, habit_id: int, date: dt.date, now: dt.datetime, undoable: bool = True) -> bool:
    """The date is unanswered again; False where it was so before.

    Unless `undoable` is false, the person can undo it for a while. Raises `NotFound`; `RuleBroken` for other dates than
    `check_in` takes.
    """
    with transaction.atomic():
        person, habit = _locked(person, habit_id)
        problem = date_problem(date, today=today(person, now))
        if problem:
            raise RuleBroken(problem)
        before = habit.check_ins.filter(date=date).first()
        if before is None:
            return False
        habit.check_ins.filter(pk=before.pk).delete()
        if undoable:
            keep_answer(person=person, before=before, after=None, now=now)
    return True


def _locked(person: Person, habit_id: int) -> tuple[Person, Habit]:
    """The person, as they stand, and their habit, both locked: from here on answers and deletions take turns."""
    stored = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    habit = Habit.objects.select_for_update(no_key=True).filter(owner=person.pk, pk=habit_id).first()
    if stored is None or habit is None:
        raise NotFound(NO_SUCH_HABIT)
    return stored, habit
