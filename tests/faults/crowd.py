"""People whose habits are due, written by one statement: making them is not what is tested."""

import datetime as dt
from typing import Final

import psycopg

# Ids from here on, so that rows which the service makes meanwhile do not collide.
FIRST: Final = 1_000_000

# Everybody has a habit, and every so many people a second one at the same minute: their two reminders share an
# envelope. All are due since this minute began.
CROWD: Final = """
WITH crowd AS (
    SELECT id, %(minute)s::timestamptz AS due FROM generate_series(%(first)s, %(last)s) AS id
), people AS (
    INSERT INTO accounts_person (id, password, is_superuser, email, timezone, timezone_told, language, is_active,
        is_staff, created_at)
    SELECT id, '!', false, 'person' || id || '@example.org', 'UTC', true, 'en', true, false, now() FROM crowd
), chats AS (
    INSERT INTO telegram_chat (chat_id, person_id, linked_at, seen_at) SELECT id, id, now(), now() FROM crowd
), wanted AS (
    SELECT id AS person, 2 * id + second AS habit, due, second
    FROM crowd, generate_series(0, 1) AS second WHERE second = 0 OR id %% %(pairs)s = 0
), habits AS (
    INSERT INTO habits_habit (id, owner_id, action, place, time, duration, every_days, starts_on, is_pleasant,
        is_public, is_paused, reward, version, created_at, updated_at)
    SELECT habit, person, 'do number ' || habit, 'at home', (due AT TIME ZONE 'UTC')::time, 60, 1,
        (due AT TIME ZONE 'UTC')::date - 1, false, false, false, 'tea', 1, now(), now()
    FROM wanted
)
INSERT INTO habits_schedule (habit_id, person_id, time, every_days, starts_on, timezone, next_at)
SELECT habit, person, (due AT TIME ZONE 'UTC')::time, 1, (due AT TIME ZONE 'UTC')::date - 1, 'UTC', due FROM wanted
"""

PLANNED_FOR_TELEGRAM: Final = """
INSERT INTO reminders_channelinuse (id, name) VALUES (1, 'telegram') ON CONFLICT DO NOTHING
"""


class Crowd:
    """Everybody who was made. A person's id is their chat's as well."""

    def __init__(self, *, pairs: int = 4) -> None:
        """One person in `pairs` has two habits: with 4, there are 5 reminders for 4 people."""
        self.people = range(FIRST, FIRST)
        self.pairs = pairs

    def more(self, connection: psycopg.Connection, people: int) -> None:
        """Make so many people more, whose reminders are due at once."""
        last = self.people.stop + people
        minute = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)
        values = {"minute": minute, "first": self.people.stop, "last": last - 1, "pairs": self.pairs}
        with connection.transaction():
            connection.execute(PLANNED_FOR_TELEGRAM)
            connection.execute(CROWD, values)
        self.people = range(FIRST, last)

    @property
    def reminders(self) -> int:
        return len(self.people) + sum(person % self.pairs == 0 for person in self.people)

    def lines(self, person: int) -> list[str]:
        """What a person's message has to tell."""
        return [f"do number {2 * person + second}" for second in range(1 if person % self.pairs else 2)]
