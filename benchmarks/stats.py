"""Stats: what it costs to count ten years of answers anew at each look, and to ask who missed a day."""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, LiteralString

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import crowd
from benchmarks.ground import Ground
from benchmarks.section import Section, count, percentile
from benchmarks.size import Size
from habits.models import Habit
from tracking.missing import just_missed
from tracking.models import CheckIn, Phase
from tracking.stats import stats, streaks_of

ABOUT: Final = """\
Every habit in the table has ten years of answers behind it. *CPU* is what this process takes, the driver and Django's
part included; *with round trips* is by the clock, with what the database takes. Nothing is cached between two looks.
"""
YEARS: Final = 10
DAYS: Final = 3652
TODAY: Final = crowd.MORNING.date()
SHOWN: Final = 30  # habits in one message, at most
ASKED: Final = 2000  # dates in a batch
MOST: Final = 20.0  # ms of CPU

ONE_PHASE: Final = """
INSERT INTO tracking_phase (habit_id, starts, every_days, weekdays, counted_from, time, timezone)
SELECT id, %(first)s, CASE WHEN %(weekdays)s::int IS NULL THEN 1 END, %(weekdays)s, %(first)s, '07:00', 'UTC'
FROM habits_habit WHERE id BETWEEN %(from)s AND %(to)s
"""
A_PHASE_A_MONTH: Final = """
INSERT INTO tracking_phase (habit_id, starts, ends, every_days, counted_from, time, timezone)
SELECT %(from)s, %(first)s::date + 30 * n, CASE WHEN n < %(days)s / 30 THEN %(first)s::date + 30 * n + 26 END, 1,
    %(first)s, make_time(6 + n %% 12, 0, 0), 'UTC'
FROM generate_series(0, %(days)s / 30) AS n
"""
ANSWERS: Final = """
INSERT INTO tracking_checkin (habit_id, date, status, source, answered_at)
SELECT id, day, CASE WHEN (id + n) %% 17 = 0 THEN 'skipped' ELSE 'done' END, 'bot', day + interval '7 hours'
FROM habits_habit, generate_series(1, %(days)s) AS n, LATERAL (SELECT %(first)s::date + n) AS of (day)
WHERE id BETWEEN %(from)s AND %(to)s AND n %% %(missed)s > 0
"""


@dataclass(frozen=True)
class Kind:
    """Habits with these ids. Every so many days one is missed."""

    name: str
    ids: range
    phases: LiteralString = ONE_PHASE
    weekdays: int | None = None
    missed: int = DAYS + 1

    def write(self, database: crowd.Database) -> None:
        told = {"from": self.ids[0], "to": self.ids[-1], "first": TODAY - dt.timedelta(days=DAYS), "days": DAYS}
        told |= {"weekdays": self.weekdays, "missed": self.missed}
        database.execute(self.phases, told)
        database.execute(ANSWERS, told)


def run(ground: Ground, size: Size) -> Section:
    section = Section("Stats", ABOUT)
    # Two habits a person, numbered from 2.
    kinds = [
        Kind("daily", range(4, size.tracked + 2)),
        Kind("daily, with a pause of four days every month", range(2, 3), A_PHASE_A_MONTH),
        Kind("Monday to Friday, a third missed", range(3, 4), weekdays=31, missed=3),
    ]
    with ground.connect() as database:
        crowd.clear(database)
        with ground.progress(f"making {count(size.tracked)} habits", size.tracked) as made:
            crowd.spread(database, size.tracked, told=made)
        with ground.console.status("Ten years of answers"):
            for kind in kinds:
                kind.write(database)
            crowd.tidy(database, "tracking_checkin", "tracking_phase")
    table = section.table(
        f"All that is told of a habit, {count(CheckIn.objects.count())} answers in the table",
        "habit", "answers", "phases", "queries", "CPU, ms (median)", "CPU, ms (p95)", "with round trips, ms (median)",
    )  # fmt: skip
    for kind in kinds:
        habit = Habit.objects.select_related("owner").get(pk=kind.ids[0])
        answers, phases = CheckIn.objects.filter(habit=habit).count(), Phase.objects.filter(habit=habit).count()
        look = partial(stats, person=habit.owner, habit_id=habit.pk, now=crowd.MORNING)
        found = measured(look, size.looks)
        table.add(kind.name, count(answers), phases, *found.cells())
        what = f"{kind.name}: at most {MOST:.0f} ms of CPU"
        section.hold(what, f"{found.cpu:.1f} ms", found.cpu <= MOST)
    many(section, [*kinds[0].ids], size)
    return section


def many(section: Section, habits: list[int], size: Size) -> None:
    """What messages ask, of many habits at once."""
    table = section.table(
        "What messages ask", "", "queries", "CPU, ms (median)", "CPU, ms (p95)", "with round trips, ms (median)"
    )
    shown = measured(partial(streaks_of, habits=habits[:SHOWN], today=TODAY), max(1, size.looks // 10))
    table.add(f"the streaks of {SHOWN} habits, none missed in {YEARS} years", *shown.cells())
    dates = [(habit, TODAY - dt.timedelta(days=n)) for n in range(ASKED // len(habits) + 1) for habit in habits]
    asked = measured(partial(just_missed, dates[:ASKED]), max(1, size.looks // 10))
    table.add(f"who of {count(ASKED)} reminders missed the last one, once", *asked.cells())


@dataclass(frozen=True)
class Cost:
    """In ms."""

    queries: int
    cpu: float
    p95: float
    wall: float

    def cells(self) -> list[str]:
        return [str(self.queries), *(f"{spent:.1f}" for spent in (self.cpu, self.p95, self.wall))]


def measured(look: Callable[[], object], times: int) -> Cost:
    with CaptureQueriesContext(connection) as queries:
        look()
    cpu, wall = [], []
    for _ in range(times):
        began, spent = time.perf_counter(), time.process_time()
        look()
        cpu.append(1000 * (time.process_time() - spent))
        wall.append(1000 * (time.perf_counter() - began))
    return Cost(len(queries), statistics.median(cpu), percentile(cpu, 0.95), statistics.median(wall))
