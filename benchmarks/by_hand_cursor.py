"""Creating a habit with nothing but a cursor: what the statements themselves cost, and a floor for any framework."""

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now as current_time
from django.views.decorators.csrf import csrf_exempt

from benchmarks.by_hand import signed_in, unknown
from benchmarks.by_hand_create import counted, created, read
from habits.occurrences import Rule, next_occurrence
from habits.weekdays import to_bits

HABIT: Final = """
INSERT INTO habits_habit (owner_id, action, place, time, duration, every_days, weekdays, starts_on, is_pleasant,
    is_public, is_paused, reward, related_habit_id, hidden_at, version, created_at, updated_at)
VALUES (%(person)s, %(action)s, %(place)s, %(time)s, 60, NULL, %(bits)s, %(starts_on)s, false, %(is_public)s, false,
    %(reward)s, NULL, NULL, 1, %(now)s, %(now)s)
RETURNING id
"""
IS_PLANNED: Final = "SELECT 1 FROM habits_schedule WHERE habit_id = %(habit)s LIMIT 1"
TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('schedules of person', %(person)s))"
CLOCK: Final = "SELECT timezone, paused_until FROM accounts_person WHERE id = %(person)s"
PHASES: Final = """
SELECT * FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY habit_id ORDER BY starts DESC) AS place
    FROM tracking_phase WHERE habit_id IN (%(habit)s)
) AS phases WHERE place <= 2 ORDER BY habit_id, starts
"""
PHASE: Final = """
INSERT INTO tracking_phase (habit_id, starts, ends, every_days, weekdays, counted_from, time, timezone)
VALUES (%(habit)s, %(first)s, NULL, NULL, %(bits)s, %(starts_on)s, %(time)s, %(zone)s) RETURNING id
"""
PLANNED: Final = "SELECT * FROM habits_schedule WHERE habit_id = %(habit)s FOR UPDATE"
REACHED: Final = """
SELECT p.id FROM accounts_person p JOIN telegram_chat c ON p.id = c.person_id
WHERE c.blocked_at IS NULL AND c.chat_id IS NOT NULL AND p.id IN (%(person)s)
"""
SCHEDULE: Final = """
INSERT INTO habits_schedule (habit_id, person_id, time, every_days, weekdays, starts_on, timezone, next_at)
VALUES (%(habit)s, %(person)s, %(time)s, NULL, %(bits)s, %(starts_on)s, %(zone)s, %(next)s)
"""


@csrf_exempt
def create(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    if person is None:
        return unknown()
    refused = counted(request, person)
    if refused is not None:
        return refused
    now = current_time()
    told = read(request.body, today=now.astimezone(ZoneInfo(person.timezone)).date())
    with transaction.atomic():
        habit = write(told | {"person": person.pk, "bits": to_bits(told["weekdays"]), "now": now}, now)
    return created(request, person, habit)


def write(told: dict[str, Any], now: dt.datetime) -> int:
    with connection.cursor() as cursor:

        def row(statement: str) -> Any:
            cursor.execute(statement, told)
            return cursor.fetchone()

        told["habit"] = habit = int(row(HABIT)[0])
        row(IS_PLANNED)
        row(TURN)
        told["zone"] = row(CLOCK)[0]
        row(PHASES)
        first = next_occurrence(Rule(told["time"], None, told["weekdays"], told["starts_on"], told["zone"]), after=now)
        if first is None:
            raise ValueError("no date of the calendar is left")
        told["first"] = first.date
        row(PHASE)
        row(PLANNED)
        row(TURN)
        row(CLOCK)
        told["next"] = first.at if row(REACHED) else None
        cursor.execute(SCHEDULE, told)
    return habit
