"""A person's last answer or deletion, and how it is taken back.

Kept in the deed's own transaction, in the one row of `LastDeed`; the lock on the person, which comes first everywhere,
makes answers, deletions and undoing take turns. Histories of years are kept and brought back inside the database.
"""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import Conflict, FieldError, NotFound, RuleBroken
from habits.models import Habit
from habits.services import restore_habit
from habits.signals import habit_deleting
from tracking.models import CheckIn, LastDeed

Row = TypeVar("Row", bound=models.Model)

NOTHING: Final = FieldError(
    None, "nothing_to_undo", _("There is nothing to undo: neither an answer nor a deletion in the last hour.")
)
CHANGED: Final = FieldError(
    None, "changed_meanwhile", _("This answer has been changed since, so it is not taken back.")
)
NO_PRIZE: Final = FieldError(
    "related_habit",
    "prize_is_gone",
    _("The habit cannot come back: the pleasant habit that was its prize is no longer there."),
)

KEEP_DELETION = """
INSERT INTO tracking_lastdeed (person_id, kind, done_at, content)
VALUES (%(person)s, 'deletion', %(now)s, jsonb_build_object(
    'habit', %(habit)s::jsonb,
    'check_ins', (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM tracking_checkin c WHERE c.habit_id = %(id)s),
    'phases', (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM tracking_phase p WHERE p.habit_id = %(id)s)
))
ON CONFLICT (person_id) DO UPDATE
SET kind = excluded.kind, done_at = excluded.done_at, content = excluded.content
"""

BRING_BACK_CHECK_INS = """
INSERT INTO tracking_checkin
SELECT kept.* FROM tracking_lastdeed, jsonb_populate_recordset(NULL::tracking_checkin, content -> 'check_ins') AS kept
WHERE person_id = %s
"""
BRING_BACK_PHASES = """
INSERT INTO tracking_phase
SELECT kept.* FROM tracking_lastdeed, jsonb_populate_recordset(NULL::tracking_phase, content -> 'phases') AS kept
WHERE person_id = %s
"""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone. Of an answer also its date, what it was (None: taken back) and what stands again."""

    kind: LastDeed.Kind
    habit: Habit
    date: dt.date | None = None
    was: CheckIn.Status | None = None
    stands: CheckIn.Status | None = None


def undo(*, person: Person, now: dt.datetime) -> Undone:
    """Take back the person's last answer or deletion, once, within UNDO_WITHIN.

    A habit comes back under its id, with its answers, and is reminded of again. Raises `NotFound` where there is
    nothing to undo; `Conflict` where the answer was changed by others since, or the habit's prize is gone.
    """
    with transaction.atomic():
        stored = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
        deed = LastDeed.objects.filter(person=person.pk, done_at__gte=now - settings.UNDO_WITHIN).first()
        if stored is None or deed is None:
            raise NotFound(NOTHING)
        undone = _undo_deletion(stored, deed, now) if deed.kind == LastDeed.Kind.DELETION else _undo_answer(deed)
        deed.delete()
    return undone


def keep_answer(*, person: Person, before: CheckIn | None, after: CheckIn | None, now: dt.datetime) -> None:
    """Remember an answer that was given, changed or taken back, in the place of the deed before it."""
    one = after or before
    if one is None:
        raise ValueError("an answer was there before or is there now")
    content = {
        "habit": one.habit_id,
        "date": one.date.isoformat(),
        "before": _kept(before),
        "after": _kept(after),
    }
    deed = LastDeed(person=person, kind=LastDeed.Kind.ANSWER, done_at=now, content=content)
    LastDeed.objects.bulk_create(
        [deed], update_conflicts=True, unique_fields=["person"], update_fields=["kind", "done_at", "content"]
    )


@receiver(habit_deleting, dispatch_uid="tracking.keep_deletion")
def keep_deletion(*, habit: Habit, now: dt.datetime, undoable: bool, **_: object) -> None:
    """Remember a habit that is about to go, with its answers and phases."""
    if not undoable:
        return
    fields: dict[str, Any] = {"person": habit.owner_id, "id": habit.pk, "now": now, "habit": json.dumps(_kept(habit))}
    with connection.cursor() as cursor:
        cursor.execute(KEEP_DELETION, fields)


def _undo_answer(deed: LastDeed) -> Undone:
    kept = deed.content
    date = dt.date.fromisoformat(kept["date"])
    habit = Habit.objects.filter(owner=deed.person_id, pk=kept["habit"]).first()
    if habit is None:
        raise NotFound(NOTHING)
    stands = habit.check_ins.filter(date=date).first()
    if _kept(stands) != kept["after"]:
        raise Conflict(CHANGED)
    before = _brought_back(CheckIn, kept["before"]) if kept["before"] else None
    if before:
        before.save(force_insert=stands is None)
    elif stands:
        habit.check_ins.filter(pk=stands.pk).delete()
    return Undone(LastDeed.Kind.ANSWER, habit, date, _status(stands), _status(before))


def _undo_deletion(person: Person, deed: LastDeed, now: dt.datetime) -> Undone:
    habit = _brought_back(Habit, deed.content["habit"])
    habit.owner = person
    try:
        restore_habit(habit=habit, now=now, with_history=_bring_back_history)
    except RuleBroken as broken:
        if any(error.field == "related_habit" for error in broken.errors):
            raise Conflict(NO_PRIZE) from broken
        raise
    return Undone(LastDeed.Kind.DELETION, habit)


def _bring_back_history(habit: Habit) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BRING_BACK_CHECK_INS, [habit.owner_id])
        cursor.execute(BRING_BACK_PHASES, [habit.owner_id])


def _status(answer: CheckIn | None) -> CheckIn.Status | None:
    return CheckIn.Status(answer.status) if answer else None


def _kept(row: models.Model | None) -> dict[str, Any] | None:
    """The columns of a row, fit for JSON."""
    if row is None:
        return None
    values = {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def _brought_back(model: type[Row], kept: dict[str, Any]) -> Row:
    return model(**{field.attname: field.to_python(kept[field.attname]) for field in model._meta.concrete_fields})
