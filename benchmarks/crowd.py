"""People and their habits, written by single statements: making them is not what is measured."""

import datetime as dt
from typing import Any, Final, LiteralString

import psycopg
import psycopg.sql

Database = psycopg.Connection[tuple[Any, ...]]

# A Wednesday on which everything in `spread` that is due at this minute is due.
HOUR: Final = dt.timedelta(hours=1)
MINUTES: Final = 10  # from then on, over which their habits are spread
MORNING: Final = dt.datetime(2026, 1, 14, 7, 0, tzinfo=dt.UTC)

PEOPLE: Final = """
INSERT INTO accounts_person (id, password, is_superuser, email, timezone, timezone_told, language, is_active, is_staff,
    created_at)
SELECT id, '!', false, 'person' || id || '@example.org', 'UTC', true, CASE WHEN id %% 2 = 0 THEN 'ru' ELSE 'en' END,
    true, false, now()
FROM generate_series(%(first)s::bigint, %(last)s) AS id
"""
CHATS: Final = """
INSERT INTO telegram_chat (chat_id, person_id, linked_at, seen_at)
SELECT id, id, now(), now() FROM generate_series(%(first)s::bigint, %(last)s) AS id
"""
HABITS: Final = """
INSERT INTO habits_habit (id, owner_id, action, place, time, duration, every_days, weekdays, starts_on, is_pleasant,
    is_public, is_paused, reward, version, created_at, updated_at)
SELECT habit_id, person_id, 'walk round the block ' || habit_id, 'in the park', date_trunc('minute', time), 60,
    every_days, weekdays, starts_on, false, false, false, 'a cup of tea', 1, now(), now()
FROM habits_schedule WHERE person_id BETWEEN %(first)s AND %(last)s
"""

# Two habits a person, in ten minutes of the morning: a tenth of all habits is due at MORNING. Every fourth person's two
# are due together. Twelve zones; daily, every 2, 3 and 7 days, on working days.
SPREAD: Final = """
INSERT INTO habits_schedule (habit_id, person_id, time, every_days, weekdays, starts_on, timezone, next_at)
SELECT 2 * person + second, person, (at AT TIME ZONE zone)::time,
    CASE WHEN person %% 7 < 6 THEN (ARRAY[1, 1, 1, 2, 3, 7])[1 + person %% 7] END,
    CASE WHEN person %% 7 = 6 THEN 31 END, (at AT TIME ZONE zone)::date - 42, zone, at
FROM (
    SELECT person, second, (ARRAY['UTC', 'Europe/London', 'Europe/Berlin', 'Europe/Moscow', 'Asia/Yekaterinburg',
            'Asia/Almaty', 'Asia/Tbilisi', 'America/New_York', 'Asia/Bangkok', 'Africa/Cairo', 'Africa/Lagos',
            'America/Sao_Paulo'])[1 + person / 3 %% 12] AS zone,
        %(morning)s + (person + CASE WHEN person / 10 %% 4 = 0 THEN 0 ELSE 5 * second END) %% 10 * interval '1 minute'
            AS at
    FROM generate_series(%(first)s::bigint, %(last)s) AS person, generate_series(0, 1) AS second
) AS wanted
"""

# One habit a person, a second one at the same moment for every fourth. Only here is a moment not a whole minute: so a
# minute can be measured every few seconds, at any place between two ticks.
DUE: Final = """
INSERT INTO habits_schedule (habit_id, person_id, time, every_days, starts_on, timezone, next_at)
SELECT 2 * person + second, person, (%(at)s AT TIME ZONE 'UTC')::time, 1, (%(at)s AT TIME ZONE 'UTC')::date - 1, 'UTC',
    %(at)s
FROM generate_series(%(first)s::bigint, %(last)s) AS person, generate_series(0, 1) AS second
WHERE second = 0 OR person %% 4 = 0
"""

# Since yesterday: whoever is reminded is asked whether they missed it then.
PHASES: Final = """
INSERT INTO tracking_phase (habit_id, starts, every_days, counted_from, time, timezone)
SELECT habit_id, starts_on, every_days, starts_on, time, timezone
FROM habits_schedule WHERE person_id BETWEEN %(first)s AND %(last)s
"""

UNPLANNED: Final = """
UPDATE habits_schedule SET next_at = ((%(morning)s AT TIME ZONE timezone)::date + time) AT TIME ZONE timezone
WHERE next_at > %(morning)s + interval '12 hours'
"""
FOR_TELEGRAM: Final = "INSERT INTO reminders_channelinuse (id, name) VALUES (1, 'telegram') ON CONFLICT DO NOTHING"
EVERYTHING: Final = """
TRUNCATE accounts_person, habits_habit, habits_schedule, reminders_envelope, reminders_reminder, telegram_chat CASCADE
"""
STEPS: Final = 20  # in which many people are made


def clear(database: Database) -> None:
    """Nobody is there."""
    database.execute(EVERYTHING)
    database.execute(FOR_TELEGRAM)


def people_in(database: Database) -> int:
    """How many people there are; they are numbered from 1, and a person's number is their chat's as well."""
    row = database.execute("SELECT coalesce(max(id), 0) FROM accounts_person").fetchone()
    return int(row[0]) if row else 0


def spread(database: Database, habits: int, *, told: Any) -> None:
    """People with `habits` in all, a tenth of which is due at MORNING. Those who are there already count."""
    there, wanted = people_in(database), habits // 2
    step = max(1, (wanted - there) // STEPS)
    for first in range(there + 1, wanted + 1, step):
        add(database, SPREAD, first, min(first + step - 1, wanted), morning=MORNING)
        told(2 * min(first + step - 1, wanted))
    tidy(database)


def due(database: Database, people: int, at: dt.datetime) -> range:
    """So many people more, whose reminders are due at `at`: one message each. Returns their numbers."""
    first = people_in(database) + 1
    last = first + people - 1
    add(database, DUE, first, last, at=at)
    database.execute(PHASES, {"first": first, "last": last})
    return range(first, last + 1)


def add(database: Database, schedules: LiteralString, first: int, last: int, **more: Any) -> None:
    given = {"first": first, "last": last, **more}
    with database.transaction():
        database.execute(PEOPLE, given)
        database.execute(CHATS, given)
        # The schedules tell what the habits are, rather than the other way round.
        database.execute("SET CONSTRAINTS ALL DEFERRED")
        database.execute(schedules, given)
        database.execute(HABITS, given)


def not_yet_planned(database: Database) -> None:
    """What `spread` made is as it was, nothing planned."""
    database.execute("DELETE FROM reminders_reminder")
    database.execute("DELETE FROM reminders_envelope")
    database.execute(UNPLANNED, {"morning": MORNING})
    tidy(database, "habits_schedule", "reminders_envelope", "reminders_reminder")


def tidy(database: Database, *tables: LiteralString) -> None:
    """As autovacuum would have it in a while. Those of reminders stay as they are, unless they are named."""
    for table in tables or ("accounts_person", "telegram_chat", "habits_habit", "habits_schedule"):
        database.execute(psycopg.sql.SQL("VACUUM ANALYZE {}").format(psycopg.sql.Identifier(table)))
