"""The planner: reminders a second beside a single statement that does the same writes, and what a tick costs that finds
nothing."""

import datetime as dt
import json
import statistics
import time
from collections.abc import Callable
from typing import Any, Final

from django.db import connection, transaction

from benchmarks import crowd
from benchmarks.ground import Ground
from benchmarks.section import Section, count
from benchmarks.size import Size
from reminders.claims import claim
from reminders.courier import BATCH, LEASE
from reminders.moving import replan_everyone
from reminders.planner import BY_INDEX, plan
from reminders.sweeping import release_expired

ABOUT: Final = """\
Of the many habits a tenth is due in one minute, every fourth person's two together; of the few, everything is due.
*Statement* is one SQL statement that makes the same envelopes and reminders and moves `next_at`, computing the next
date in SQL with no regard for changes of clocks, outages or answers: the database's own speed. *Planner* is the
engine's own `plan`. They take turns; medians are shown.
"""

STATEMENT: Final = """
WITH due AS MATERIALIZED (
    SELECT habit_id, person_id, next_at, (next_at AT TIME ZONE timezone)::date AS date,
        ((next_at AT TIME ZONE timezone) + make_interval(days => coalesce(every_days, 1))) AT TIME ZONE timezone
            AS upcoming
    FROM habits_schedule WHERE next_at <= %(now)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE habits_schedule s SET next_at = due.upcoming FROM due WHERE s.habit_id = due.habit_id
), envelopes AS (
    INSERT INTO reminders_envelope (person_id, due_at, available_at, attempts)
    SELECT DISTINCT person_id, next_at, next_at, 0 FROM due
    RETURNING id, person_id, due_at
)
INSERT INTO reminders_reminder (habit_id, envelope_id, due_at, date, kind, state)
SELECT due.habit_id, envelopes.id, due.next_at, due.date, 'occurrence', 'waiting'
FROM due JOIN envelopes ON envelopes.person_id = due.person_id AND envelopes.due_at = due.next_at
ON CONFLICT (habit_id, due_at) DO NOTHING
"""
MADE: Final = "SELECT (SELECT count(*) FROM reminders_reminder), (SELECT count(*) FROM reminders_envelope)"


def run(ground: Ground, size: Size) -> Section:
    section = Section("Planner", ABOUT)
    rates = section.table(
        "Reminders a second", "habits", "due", "envelopes", "statement", "planner", "planner / statement"
    )
    ours = {}
    for habits, minutes in ((size.many_habits, 1), (size.few_habits, crowd.MINUTES)):
        due = habits * minutes // crowd.MINUTES
        with ground.connect() as database:
            crowd.clear(database)
            with ground.progress(f"making {count(habits)} habits", habits) as made:
                crowd.spread(database, habits, told=made)
            with ground.progress(f"planning {count(due)} of {count(habits)}", size.rounds) as done:
                now = crowd.MORNING + dt.timedelta(minutes=minutes - 1)
                theirs, ours[habits], envelopes = race(database, now, due, size.rounds, done)
            if habits == size.many_habits:
                idle(section, size)
        ratio = ours[habits] / theirs
        rates.add(count(habits), count(due), count(envelopes), count(theirs), count(ours[habits]), f"{ratio:.2f}")
        section.hold(f"{count(habits)} habits: at least 0.33 of the statement", f"{ratio:.2f}", ratio >= 0.33)
    part = ours[size.many_habits] / ours[size.few_habits]
    what = f"within 20 % of the rate at {count(size.few_habits)} habits"
    section.hold(f"{count(size.many_habits)} habits: {what}", f"{part:.2f} of it", part >= 0.8)
    return section


def race(
    database: crowd.Database, now: dt.datetime, due: int, rounds: int, done: Callable[[int], None]
) -> tuple[float, float, int]:
    """Reminders a second by the statement and by the planner, and the envelopes that they make."""
    found: dict[str, list[float]] = {"statement": [], "planner": []}
    made = set()
    for number in range(rounds):
        for name, contender in (("statement", by_statement), ("planner", by_planner)):
            database.execute("CHECKPOINT")
            began = time.perf_counter()
            contender(now)
            found[name].append(due / (time.perf_counter() - began))
            made |= set(database.execute(MADE).fetchall())
            crowd.not_yet_planned(database)
        done(number + 1)
    if len(made) != 1 or min(made)[0] != due:
        raise RuntimeError(f"the two do not write the same {due} reminders: {made}")
    return statistics.median(found["statement"]), statistics.median(found["planner"]), min(made)[1]


def by_statement(now: dt.datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(STATEMENT, {"now": now})


def by_planner(now: dt.datetime) -> None:
    plan(now=now)


def idle(section: Section, size: Size) -> None:
    """What a tick asks the database when nothing is due, and how long that takes there."""
    now = crowd.MORNING - dt.timedelta(hours=1)
    asked: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        tick(now)
    walls = []
    for _ in range(size.idle_ticks):
        began = time.perf_counter()
        tick(now)
        walls.append(1000 * (time.perf_counter() - began))
    inside = []
    for _ in range(size.idle_ticks):
        with connection.cursor() as cursor, transaction.atomic():
            spent = 0.0
            for sql, params in asked:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
                told = cursor.fetchall()[0][0]
                plan_told = (json.loads(told) if isinstance(told, str) else told)[0]
                spent += plan_told["Planning Time"] + plan_told["Execution Time"]
            inside.append(spent)
    table = section.table(
        f"A tick that finds nothing, {count(size.many_habits)} habits",
        "queries",
        "database time, ms",
        "with round trips, ms",
    )
    median = statistics.median(inside)
    table.add(len(asked), f"{median:.2f}", f"{statistics.median(walls):.2f}")
    section.hold("idle tick: at most 1 ms of database time", f"{median:.2f} ms", median <= 1)


def tick(now: dt.datetime) -> None:
    """What `reminders.tick` asks, and the look of the courier that it wakes."""
    replan_everyone(now=now)
    release_expired(now=now)
    plan(now=now)
    claim(now=now, limit=BATCH, lease=LEASE)
