"""Reads: how the engine stands, for operators and for metrics. None of them reads through what was settled long ago."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Min

from habits.models import Schedule
from reminders.models import ChannelInUse

PATIENCE: Final = 5.0  # seconds for a query: looking must not weigh on what is looked at
NEWEST_FAILED: Final = 10_000  # reminders whose errors are grouped

# By way of the partial indexes: what is in an envelope, and what is claimed.
BACKLOG = """
SELECT waiting.due, waiting.oldest, claims.held, claims.expired
FROM (
    SELECT count(*) AS due, min(due_at) AS oldest
    FROM reminders_reminder WHERE envelope_id IS NOT NULL AND due_at <= %(now)s
) AS waiting, (
    SELECT count(*) AS held, count(*) FILTER (WHERE claimed_until < clock_timestamp()) AS expired
    FROM reminders_envelope WHERE claim_token IS NOT NULL
) AS claims
"""

STATES = """
SELECT state, count(*) FROM reminders_reminder WHERE due_at > %(since)s AND due_at <= %(now)s GROUP BY state
"""

FAILURES = """
SELECT error, count(*), max(settled_at)
FROM (
    SELECT error, settled_at FROM reminders_reminder WHERE state = 'failed' ORDER BY settled_at DESC LIMIT %(newest)s
) AS newest
GROUP BY error ORDER BY max(settled_at) DESC LIMIT %(most)s
"""

RETRIES = """
SELECT error, count(*), min(available_at) FROM reminders_envelope WHERE error IS NOT NULL
GROUP BY error ORDER BY count(*) DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is under way: reminders due and waiting, the oldest of them, envelopes claimed, claims that ran out."""

    due: int
    oldest: dt.datetime | None
    claimed: int
    expired: int

    def lag(self, *, now: dt.datetime) -> dt.timedelta:
        """How late the oldest is by now."""
        return now - self.oldest if self.oldest else dt.timedelta(0)


class Trouble(NamedTuple):
    """An error, how often it is there, and when: last, for what failed; next, for what will be tried again."""

    error: str
    times: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The engine at one moment."""

    backlog: Backlog
    channel: str | None
    moving_to: str | None
    next_due: dt.datetime | None
    # Of what was due within the last day.
    states: dict[str, int]
    failures: list[Trouble]
    retries: list[Trouble]


def backlog(*, now: dt.datetime) -> Backlog:
    """What is under way at `now`. Raises OperationalError where finding out takes too long."""
    with _patient() as cursor:
        return Backlog(*_rows(cursor, BACKLOG, now=now)[0])


def standing(*, now: dt.datetime, troubles: int = 5) -> Standing:
    """How everything stands, with at most so many of the latest errors. Raises OperationalError as `backlog` does."""
    in_use = ChannelInUse.objects.first()
    with _patient() as cursor:
        return Standing(
            backlog=Backlog(*_rows(cursor, BACKLOG, now=now)[0]),
            channel=in_use.name if in_use else None,
            moving_to=in_use.moving_to if in_use else None,
            next_due=Schedule.objects.aggregate(next_due=Min("next_at"))["next_due"],
            states=dict(_rows(cursor, STATES, now=now, since=now - dt.timedelta(days=1))),
            failures=[Trouble(*row) for row in _rows(cursor, FAILURES, newest=NEWEST_FAILED, most=troubles)],
            retries=[Trouble(*row) for row in _rows(cursor, RETRIES, most=troubles)],
        )


@contextmanager
def _patient() -> Iterator[CursorWrapper]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE}s"])
        yield cursor


def _rows(cursor: CursorWrapper, query: str, **values: Any) -> list[Any]:
    cursor.execute(query, values)
    found: list[Any] = cursor.fetchall()
    return found
