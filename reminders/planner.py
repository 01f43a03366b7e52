"""From schedules that are due to reminders in envelopes. Any number of planners may run, without a coordinator.

A person's habits of one minute are planned together or not at all: planners contend for the first habit of such a
group alone, and who locks it takes the rest. (Planners that lock single rows with SKIP LOCKED tear groups apart.)
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from django.db import connection, transaction

from habits.models import Schedule
from habits.occurrences import Occurrence
from habits.weekdays import from_bits
from reminders import metrics, trail
from reminders.models import Reminder
from reminders.reckoning import Due, Reckoner, ScheduleRow
from tracking.queries import answered

BATCH = 1000  # rows written by one statement; larger ones are slower

# A moment and a person; the groups of a batch come in this order.
Group = tuple[dt.datetime, int]
BEFORE_ALL: Group = (dt.datetime(1900, 1, 1, tzinfo=dt.UTC), 0)

# It goes on where the last batch ended: the index is full of what that one has moved away.
# A group is one person's habits with the same next_at; its leader has the lowest habit id. OFFSET 0 has that looked up
# for each row: as a join, the last batch of a peak read all later schedules for each of its rows. The last part names
# all other members, so that a group of which another has locked one (an edit under way) can wait for the next pass.
TAKE = """
WITH leaders AS (
    SELECT s.*
    FROM habits_schedule s
    WHERE s.next_at <= %(now)s AND (s.next_at, s.person_id) > (%(from)s, %(from_person)s) AND NOT EXISTS (
        SELECT FROM habits_schedule o
        WHERE o.next_at = s.next_at AND o.person_id = s.person_id AND o.habit_id < s.habit_id
        OFFSET 0
    )
    ORDER BY s.next_at, s.person_id
    LIMIT %(groups)s
    FOR UPDATE OF s SKIP LOCKED
), members AS (
    SELECT m.habit_id, m.person_id, m.next_at
    FROM leaders l
    JOIN habits_schedule m ON m.next_at = l.next_at AND m.person_id = l.person_id AND m.habit_id > l.habit_id
), locked AS (
    SELECT s.*
    FROM members m
    JOIN habits_schedule s ON s.habit_id = m.habit_id AND s.next_at = m.next_at
    FOR UPDATE OF s SKIP LOCKED
)
SELECT 'leader', habit_id, person_id, time, every_days, weekdays, starts_on, timezone, next_at FROM leaders
UNION ALL
SELECT 'locked', habit_id, person_id, time, every_days, weekdays, starts_on, timezone, next_at FROM locked
UNION ALL
SELECT 'member', habit_id, person_id, NULL, NULL, NULL, NULL, NULL, next_at FROM members
"""

# Statistics lag behind a peak, and planning must not get slower for it: rows come in the order of the index, not sorted
# anew for each batch; nothing is compiled for longer than it runs; and the check of a foreign key, which is planned
# once in a session and then kept, does not read all envelopes because there were hardly any when it was planned.
BY_INDEX = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('jit', 'off', true)
"""

# A habit and moment that has its reminder already is left alone; an envelope that stays empty for it is dropped when
# it is claimed.
WRITE = """
WITH plan AS (
    SELECT * FROM unnest(
        %(habits)s::bigint[], %(people)s::bigint[], %(due)s::timestamptz[], %(dates)s::date[], %(next)s::timestamptz[]
    ) AS plan (habit_id, person_id, due_at, date, next_at)
), moved AS (
    UPDATE habits_schedule s SET next_at = plan.next_at FROM plan WHERE s.habit_id = plan.habit_id
), envelopes AS (
    INSERT INTO reminders_envelope (person_id, due_at, available_at, attempts)
    SELECT DISTINCT person_id, due_at, due_at, 0 FROM plan WHERE due_at IS NOT NULL
    RETURNING id, person_id, due_at
)
INSERT INTO reminders_reminder (habit_id, envelope_id, due_at, date, kind, state)
SELECT plan.habit_id, envelopes.id, plan.due_at, plan.date, 'occurrence', 'waiting'
FROM plan JOIN envelopes USING (person_id, due_at)
ON CONFLICT (habit_id, due_at) DO NOTHING
RETURNING id, envelope_id
"""

RECORD = """
INSERT INTO reminders_reminder (habit_id, due_at, date, kind, state, error, settled_at)
SELECT habit_id, due_at, date, 'occurrence', state, error, %(now)s
FROM unnest(
    %(habits)s::bigint[], %(due)s::timestamptz[], %(dates)s::date[], %(states)s::text[], %(errors)s::text[]
) AS settled (habit_id, due_at, date, state, error)
ON CONFLICT (habit_id, due_at) DO NOTHING
"""


@dataclass(slots=True)
class Planned:
    """What a planner has done: reminders put into envelopes, occurrences it settled at once, batches and seconds."""

    waiting: int = 0
    settled: int = 0
    batches: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Plan:
    """The columns of a batch, as the statements take them."""

    schedules: list[tuple[int, int, dt.datetime | None, dt.date | None, dt.datetime | None]] = field(
        default_factory=list
    )
    settled: list[tuple[int, dt.datetime, dt.date, str, str | None]] = field(default_factory=list)


def plan(
    *,
    now: dt.datetime,
    batch: int = BATCH,
    budget: float | None = None,
    on_batch: Callable[[], None] | None = None,
) -> Planned:
    """Plan everything due at `now`, a transaction for each batch of about `batch` rows; `on_batch` follows each commit.

    Stops after `budget` seconds, if given; the next call goes on. Rows that others hold are left to the next call.
    """
    began = time.monotonic()
    done = Planned()
    if not _is_due(now):
        return done
    # Unknown at first: how many habits share a person and minute.
    groups = max(1, batch // 4)
    last = BEFORE_ALL
    while budget is None or time.monotonic() - began < budget:
        batch_began = time.monotonic()
        with transaction.atomic():
            leaders, rows = _take(now, groups, after=last)
            waiting, settled = plan_rows(rows, now=now)
        if rows:
            metrics.BATCHES.observe(time.monotonic() - batch_began)
            done.waiting += waiting
            done.settled += settled
            done.batches += 1
            if on_batch:
                on_batch()
        if len(leaders) < groups:
            break
        last = max(leaders)
        groups = max(1, min(batch, groups * batch // max(1, len(rows))))
    done.seconds = time.monotonic() - began
    return done


def _is_due(now: dt.datetime) -> bool:
    """Whether there is anything to take. Most ticks find nothing, and planning TAKE costs PostgreSQL ten times this."""
    # Index: schedules_due; in its order, as statistics that lag behind a peak speak for reading the table.
    return Schedule.objects.filter(next_at__lte=now).order_by("next_at").values_list("next_at").first() is not None


def plan_rows(rows: Sequence[ScheduleRow], *, now: dt.datetime) -> tuple[int, int]:
    """Plan these rows, which the caller's transaction has locked; how many reminders wait and how many are settled."""
    if not rows:
        return 0, 0
    plan = _reckon(rows, now)
    habits, people, due, dates, upcoming = map(list, zip(*plan.schedules, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(WRITE, {"habits": habits, "people": people, "due": due, "dates": dates, "next": upcoming})
        written = cursor.fetchall()
        if plan.settled:
            habits, due, dates, states, errors = map(list, zip(*plan.settled, strict=True))
            cursor.execute(
                RECORD,
                {"habits": habits, "due": due, "dates": dates, "states": states, "errors": errors, "now": now},
            )
    transaction.on_commit(partial(_count, written, plan, now=now))
    return len(written), len(plan.settled)


def _count(written: Sequence[tuple[int, int]], plan: Plan, *, now: dt.datetime) -> None:
    trail.planned(written)
    metrics.PLANNED.inc(len(written))
    metrics.count_settled([(state, due_at, error) for _, due_at, _, state, error in plan.settled], now=now)


def _take(now: dt.datetime, groups: int, *, after: Group) -> tuple[list[Group], list[ScheduleRow]]:
    """Lock up to `groups` whole groups after that one; all that were found, and the rows of those that are complete."""
    since, person = after
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(TAKE, {"now": now, "groups": groups, "from": since, "from_person": person})
        found = cursor.fetchall()
    taken = {row[1]: row for row in found if row[0] != "member"}
    torn = {(row[8], row[2]) for row in found if row[0] == "member" and row[1] not in taken}
    rows = [
        ScheduleRow._make((*row[1:5], _weekdays(row[5]), *row[6:]))
        for row in taken.values()
        if not torn or (row[8], row[2]) not in torn
    ]
    return [(row[8], row[2]) for row in found if row[0] == "leader"], rows


def _reckon(rows: Iterable[ScheduleRow], now: dt.datetime) -> Plan:
    reckon = Reckoner(now)
    dues = [(row, reckon(row)) for row in rows]
    done = answered([(row.habit_id, due.waiting.date) for row, due in dues if due.waiting and not due.error])
    plan = Plan()
    for row, due in dues:
        tell = due.waiting
        if tell and (due.error or (row.habit_id, tell.date) in done):
            plan.settled.append(_settled(row, tell, due))
            tell = None
        at, date = (tell.at, tell.date) if tell else (None, None)
        plan.schedules.append((row.habit_id, row.person_id, at, date, due.next_at))
        plan.settled += [
            (row.habit_id, missed.at, missed.date, Reminder.State.MISSED.value, None) for missed in due.missed
        ]
    return plan


def _settled(row: ScheduleRow, occurrence: Occurrence, due: Due) -> tuple[int, dt.datetime, dt.date, str, str | None]:
    state = Reminder.State.FAILED if due.error else Reminder.State.CANCELLED
    return row.habit_id, occurrence.at, occurrence.date, state.value, due.error


@cache
def _weekdays(bits: int | None) -> tuple[int, ...] | None:
    return None if bits is None else from_bits(bits)
