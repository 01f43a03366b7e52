"""Reads: how the engine stands, for operators and for metrics. None of them scans reminders that are settled."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction

PATIENCE = 5000  # ms for a query about how things stand, which must not weigh on what it asks about

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


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is under way: reminders due and waiting, the oldest of them, envelopes claimed, claims that ran out."""

    due: int
    oldest: dt.datetime | None
    claimed: int
    expired: int

    def lag(self, *, now: dt.datetime) -> dt.timedelta:
        return now - self.oldest if self.oldest else dt.timedelta(0)


@transaction.atomic
def backlog(*, now: dt.datetime) -> Backlog:
    """What is under way at `now`. Raises OperationalError where that takes too long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
        cursor.execute(BACKLOG, {"now": now})
        return Backlog(*cursor.fetchone())
