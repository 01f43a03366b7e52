"""The alternative, a periodic task per habit: what a change of one habit costs, and memory, beside ours."""

import json
import random
import statistics
import time
from typing import Any, Final

from benchmarks import crowd
from benchmarks.ground import Ground, said
from benchmarks.section import Section, count
from benchmarks.size import Size
from habits.models import Habit
from habits.services import update_habit

ABOUT: Final = """\
*Periodic tasks* is django-celery-beat with one of them for each habit: how long one change of one habit keeps its
scheduler from ticking (it reads all again), and the memory that its tasks take: once with all of them in the coming
hour, as in a morning, and once spread over the day. There it leaves out what is more than two hours away, but by a
condition with a branch for each different time of the day, which takes its time for a thousand habits already. *Ours*
is a habit edited by the service that the API calls, with its schedule row, and the memory that planning all that is
due takes.
"""
TASKS: Final = """
WITH made AS (
    INSERT INTO django_celery_beat_crontabschedule (minute, hour, day_of_week, day_of_month, month_of_year, timezone)
    SELECT minute, (extract(hour FROM now() AT TIME ZONE 'UTC')::int + 1 + hour) %% 24, '*', '*', '*', 'UTC'
    FROM generate_series(0, 59) AS minute, generate_series(0, %(hours)s - 1) AS hour
    RETURNING id
), crontabs AS (
    SELECT id, row_number() OVER () - 1 AS place FROM made
)
INSERT INTO django_celery_beat_periodictask (name, task, args, kwargs, crontab_id, enabled, description, one_off,
    headers, total_run_count, date_changed)
SELECT 'habit ' || number, 'benchmarks.nothing', '[' || number || ']', '{}', crontabs.id, true, '', false, '{}', 0,
    now()
FROM generate_series(1, %(tasks)s) AS number JOIN crontabs ON crontabs.place = number %% (60 * %(hours)s)
"""
NO_TASKS: Final = """
WITH gone AS (DELETE FROM django_celery_beat_periodictask WHERE name LIKE 'habit %' RETURNING crontab_id)
DELETE FROM django_celery_beat_crontabschedule WHERE id IN (SELECT crontab_id FROM gone)
"""
MORNING_HOURS: Final = 1
WHOLE_DAY: Final = 24


def run(ground: Ground, size: Size) -> Section:
    section = Section("A periodic task per habit", ABOUT)
    theirs = section.table(
        "Periodic tasks", "habits", "seconds without a tick after one change", "memory taken, MB",
        "seconds, spread over the day", "memory taken, MB, spread over the day",
    )  # fmt: skip
    ours = section.table(
        "Ours", "habits", "edit, ms (median)", "p95", "memory taken by planning, MB", "the whole process, MB"
    )
    for tasks in size.periodic:
        with ground.console.status(f"{count(tasks)} periodic tasks"):
            cells = []
            for hours in (MORNING_HOURS, WHOLE_DAY):
                found = scheduler(ground, tasks, hours)
                cells += [f"{found['seconds']:.2f}", f"{found['taken']:.0f}"]
        theirs.add(count(tasks), *cells)
    whole = {}
    with ground.connect() as database:
        crowd.clear(database)
        for habits in (*size.periodic, *size.beyond):
            with ground.progress(f"making {count(habits)} habits", habits) as made:
                crowd.spread(database, habits, told=made)
            with ground.progress("editing", size.edits) as done:
                edits = edited(habits, size.edits, done)
            with ground.console.status("Planning"):
                weighed = weigh(ground, "planner")
            whole[habits] = weighed["whole"]
            p95 = statistics.quantiles(edits, n=20)[-1]
            ours.add(
                count(habits), f"{statistics.median(edits):.1f}", f"{p95:.1f}", f"{weighed['taken']:.0f}",
                f"{weighed['whole']:.0f}",
            )  # fmt: skip
            crowd.not_yet_planned(database)
    growth = whole[max(whole)] / whole[sorted(whole)[1]]
    section.hold(
        f"a planner's memory does not grow from {count(sorted(whole)[1])} to {count(max(whole))} habits (10 %)",
        f"{growth:.2f} of it",
        growth <= 1.1,
    )
    return section


def scheduler(ground: Ground, tasks: int, hours: int) -> dict[str, float]:
    """Beat's scheduler with so many tasks in so many hours from the next on."""
    with ground.connect() as database:
        database.execute(TASKS, {"hours": hours, "tasks": tasks})
        database.execute("VACUUM ANALYZE django_celery_beat_periodictask, django_celery_beat_crontabschedule")
        try:
            return weigh(ground, "scheduler")
        finally:
            database.execute(NO_TASKS)


def weigh(ground: Ground, part: str) -> dict[str, float]:
    child = ground.module("weigh", part)
    with ground.running(child):
        found: dict[str, float] = json.loads(said(child, begins="{"))
        return found


def edited(habits: int, edits: int, done: Any) -> list[float]:
    """Milliseconds that each edit took: another time of the day, and so another moment in the schedule row."""
    took = []
    numbers = range(2, habits + 2)  # of the habits of `crowd.spread`
    now = crowd.MORNING - crowd.HOUR
    for number, habit_id in enumerate(random.sample(numbers, edits), 1):
        habit = Habit.objects.select_related("owner").get(pk=habit_id)
        assert habit.time is not None  # noqa: S101 (narrows the type)
        other = habit.time.replace(minute=(habit.time.minute + 30) % 60)
        began = time.perf_counter()
        update_habit(person=habit.owner, habit_id=habit_id, now=now, time=other)
        took.append(1000 * (time.perf_counter() - began))
        done(number)
    return took
