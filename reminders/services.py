"""What an operator may do to reminders: have those that failed tried again."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Person
from accounts.pauses import pause_end
from habits.models import Habit, Schedule
from habits.occurrences import next_occurrence
from reminders.channels import current_channel
from reminders.models import Envelope, Reminder
from reminders.reckoning import INSTANT, rule_of

BATCH: Final = 1000  # reminders of one transaction, and what else belongs into the last one's envelope

REOPEN = """
UPDATE reminders_reminder r
SET state = 'waiting', settled_at = NULL, error = NULL, envelope_id = v.envelope_id
FROM unnest(%(ids)s::bigint[], %(envelopes)s::bigint[]) AS v (id, envelope_id)
WHERE r.id = v.id
"""


class Failed(NamedTuple):
    """A reminder that failed, as it was found; it may have changed since."""

    id: int
    habit_id: int
    person_id: int
    due_at: dt.datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Retried:
    """How many wait again, and how many stay failed: they would come too late, or nobody wants them any more."""

    reopened: int
    too_late: int
    unwanted: int


def retry_failed(
    *,
    now: dt.datetime,
    since: dt.datetime | None = None,
    habit_id: int | None = None,
    reminders: Collection[int] | None = None,
) -> Retried:
    """Let failed reminders wait again: all, or those that failed at or after `since`, of one habit, or these ids.

    Only what still makes sense (REMINDER_MAKES_SENSE_FOR) and is still wanted: its habit is due then by the rule of
    today and not paused, its person reached and not pausing everything. The others stay as they are, with their errors,
    since that is what became of them. What one person was to be told at one minute goes into one new envelope, behind
    what is on time.
    """
    failed = Reminder.objects.filter(state=Reminder.State.FAILED)
    if since is not None:
        failed = failed.filter(settled_at__gte=since)
    if habit_id is not None:
        failed = failed.filter(habit=habit_id)
    if reminders is not None:
        failed = failed.filter(pk__in=reminders)
    earliest = now - settings.REMINDER_MAKES_SENSE_FOR
    # Nothing fails before it is due; of the two, the index knows when it failed.
    timely = failed.filter(due_at__gte=earliest, settled_at__gte=earliest).order_by("habit__owner", "due_at", "habit")
    found = list(map(Failed._make, timely.values_list("pk", "habit_id", "habit__owner_id", "due_at", "kind")))
    too_late = failed.count() - len(found)
    reopened = sum(_reopen(batch, now=now) for batch in _batches(found))
    return Retried(reopened, max(0, too_late), len(found) - reopened)


def _batches(found: Sequence[Failed]) -> Iterator[list[Failed]]:
    """Some thousand each; what belongs into one envelope is not torn apart."""
    batch: list[Failed] = []
    for _, together in groupby(found, key=lambda one: (one.person_id, one.due_at)):
        batch += together
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@transaction.atomic
def _reopen(batch: Sequence[Failed], *, now: dt.datetime) -> int:
    wanted = _wanted(batch, now=now)
    still = Reminder.objects.select_for_update().filter(pk__in=[one.id for one in wanted], state=Reminder.State.FAILED)
    failed = set(still.order_by("pk").values_list("pk", flat=True))
    left = [one for one in wanted if one.id in failed]
    groups = Counter((one.person_id, one.due_at) for one in left)
    envelopes = Envelope.objects.bulk_create(
        [Envelope(person_id=person, due_at=due_at, available_at=now) for person, due_at in groups]
    )
    of = dict(zip(groups, [envelope.pk for envelope in envelopes], strict=True))
    with connection.cursor() as cursor:
        values = {"ids": [one.id for one in left], "envelopes": [of[one.person_id, one.due_at] for one in left]}
        cursor.execute(REOPEN, values)
    return len(left)


def _wanted(batch: Sequence[Failed], *, now: dt.datetime) -> list[Failed]:
    """Those that would be planned today too. Their schedules are locked, so that it stays so."""
    habits = {one.habit_id for one in batch}
    schedules = {row.pk: row for row in Schedule.objects.select_for_update().filter(pk__in=habits).order_by("habit")}
    paused = set(Habit.objects.filter(pk__in=habits, is_paused=True).values_list("pk", flat=True))
    reached = Person.objects.filter(
        current_channel().reached(), pk__in={one.person_id for one in batch}, is_active=True
    )
    people = {
        pk
        for pk, zone, until in reached.values_list("pk", "timezone", "paused_until")
        if pause_end(until, zone, now=now) is None
    }

    def is_wanted(one: Failed) -> bool:
        schedule = schedules.get(one.habit_id)
        if schedule is None or one.habit_id in paused or one.person_id not in people:
            return False
        if one.kind == Reminder.Kind.SNOOZE:
            return True
        occurrence = next_occurrence(rule_of(schedule), after=one.due_at - INSTANT)
        return occurrence is not None and occurrence.at == one.due_at

    return [one for one in batch if is_wanted(one)]
