"""Who delivers an envelope: claimed under a token and a lease, settled only where the token still matches.

Every function is one short transaction. What is due is judged by `now`; a lease by the database's clock, which all
workers share. A worker that stalls past its lease, and wakes up, changes nothing.
"""

import datetime as dt
import random
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

from django.db import connection, transaction

from reminders import metrics
from reminders.models import Reminder

# Attempts whose end speaks of the envelope itself. Telegram being away says nothing about it, and counts for none.
MAX_ATTEMPTS: Final = 20  # with the backoff below: half an hour of trying
BACKOFF: Final = 2.0  # seconds after the first attempt, doubled with each
LONGEST_BACKOFF: Final = 120.0  # seconds
LONGEST_ERROR: Final = 500  # characters that are kept of it

# What was put off after a failure gets the room that is left: it never overtakes what is on its first way.
# Here and below, ANY tells the planner that they are few; from a join's estimate it would read the whole table.
CLAIM = """
WITH first AS MATERIALIZED (
    SELECT id FROM reminders_envelope
    WHERE claim_token IS NULL AND available_at = due_at AND available_at <= %(now)s
    ORDER BY available_at, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), again AS MATERIALIZED (
    SELECT id FROM reminders_envelope
    WHERE claim_token IS NULL AND available_at <> due_at AND available_at <= %(now)s
    ORDER BY available_at, id
    LIMIT %(limit)s - (SELECT count(*) FROM first)
    FOR UPDATE SKIP LOCKED
)
UPDATE reminders_envelope e
SET claim_token = %(token)s, claimed_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE e.id = ANY (ARRAY(SELECT id FROM first UNION ALL SELECT id FROM again))
RETURNING e.id, e.person_id, e.due_at, e.available_at, e.attempts, e.error
"""

RENEW = """
UPDATE reminders_envelope e
SET claimed_until = clock_timestamp() + %(lease)s * interval '1 second'
FROM (
    SELECT e.id
    FROM reminders_envelope e
    JOIN unnest(%(ids)s::bigint[], %(tokens)s::uuid[]) AS v (id, token) ON e.id = v.id AND e.claim_token = v.token
    WHERE e.id = ANY (%(ids)s)
    ORDER BY e.id
    FOR UPDATE OF e
) AS held
WHERE e.id = held.id
RETURNING e.id, e.claim_token
"""

# A worker may settle the same envelope under two tokens at once, having lost the first: only what came of the second
# counts, so everything is matched by the token as well.
# A reminder that was cancelled while its message was on its way was sent all the same; the record tells the truth.
# The envelope goes last: a foreign key keeps it while a reminder waits in it.
SETTLE = """
WITH held AS MATERIALIZED (
    SELECT e.id, v.token, v.retry_at
    FROM unnest(%(ids)s::bigint[], %(tokens)s::uuid[], %(retries)s::timestamptz[]) AS v (id, token, retry_at)
    JOIN reminders_envelope e ON e.id = v.id AND e.claim_token = v.token
    WHERE e.id = ANY (%(ids)s)
    ORDER BY e.id
    FOR UPDATE OF e
), told AS (
    UPDATE reminders_reminder r
    SET state = v.state, settled_at = %(now)s, message_id = v.message_id, error = v.error, envelope_id = NULL
    FROM unnest(
        %(reminders)s::bigint[], %(envelopes)s::bigint[], %(states)s::text[], %(messages)s::bigint[],
        %(reasons)s::text[], %(under)s::uuid[]
    ) AS v (id, envelope_id, state, message_id, error, token)
    JOIN held ON held.id = v.envelope_id AND held.token = v.token
    WHERE r.id = v.id AND (r.state = 'waiting' OR r.state = 'cancelled' AND v.state = 'sent')
    RETURNING r.state, r.due_at, r.error
), later AS (
    UPDATE reminders_envelope e
    SET claim_token = NULL, claimed_until = NULL, available_at = v.retry_at, attempts = v.attempts, error = v.error
    FROM unnest(
        %(ids)s::bigint[], %(tokens)s::uuid[], %(retries)s::timestamptz[], %(attempts)s::smallint[],
        %(errors)s::text[]
    ) AS v (id, token, retry_at, attempts, error)
    WHERE e.id = v.id AND e.claim_token = v.token AND e.id = ANY (ARRAY(SELECT id FROM held WHERE retry_at IS NOT NULL))
), done AS (
    DELETE FROM reminders_envelope e WHERE e.id = ANY (ARRAY(SELECT id FROM held WHERE retry_at IS NULL))
)
SELECT id, token, NULL AS state, NULL AS due_at, NULL AS error FROM held
UNION ALL
SELECT NULL, NULL, state, due_at, error FROM told
"""


class Claim(NamedTuple):
    """An envelope that is this worker's until its lease ends; `error` is what its last attempt ended in."""

    envelope_id: int
    token: uuid.UUID
    person_id: int
    due_at: dt.datetime
    available_at: dt.datetime
    attempts: int
    error: str | None

    @property
    def turn(self) -> tuple[bool, dt.datetime, int]:
        """Claims are served in this order: the longest available first, and after them what was put off."""
        return self.available_at != self.due_at, self.available_at, self.envelope_id


class Told(NamedTuple):
    """What became of one reminder; `state` is a final one."""

    reminder_id: int
    state: Reminder.State
    message_id: int | None = None
    error: str | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a claimed envelope. With `retry_at` the reminders that are not told go on waiting until then."""

    envelope_id: int
    token: uuid.UUID
    attempts: int
    told: list[Told] = field(default_factory=list)
    retry_at: dt.datetime | None = None
    error: str | None = None
    # An address that nothing reaches any more, and when that was found out; how many seconds the channel has to pause.
    gone: tuple[int, dt.datetime] | None = None
    hold: float = 0.0
    # Whether the channel did its part, whatever it said of this message; None where it was not asked.
    reached: bool | None = None


def claim(*, now: dt.datetime, limit: int, lease: dt.timedelta) -> list[Claim]:
    """Up to `limit` envelopes that are available, in their turn."""
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"token": token, "lease": lease.total_seconds(), "now": now, "limit": limit})
        found = cursor.fetchall()
    metrics.CLAIMED.inc(len(found))
    return sorted((Claim(envelope_id, token, *rest) for envelope_id, *rest in found), key=lambda claim: claim.turn)


def renew(held: Collection[tuple[int, uuid.UUID]], *, lease: dt.timedelta) -> set[tuple[int, uuid.UUID]]:
    """Let the leases of these envelopes begin anew, each under its token; those that are still held."""
    if not held:
        return set()
    ids, tokens = map(list, zip(*held, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(RENEW, {"ids": ids, "tokens": tokens, "lease": lease.total_seconds()})
        return set(cursor.fetchall())


def settle(outcomes: Sequence[Outcome], *, now: dt.datetime) -> set[tuple[int, uuid.UUID]]:
    """Write what became of claimed envelopes; those that were still held. The others are left untouched."""
    if not outcomes:
        return set()
    told = [
        (one.reminder_id, claim.envelope_id, one.state.value, one.message_id, one.error, claim.token)
        for claim in outcomes
        for one in claim.told
    ]
    reminders, envelopes, states, messages, reasons, under = map(list, zip(*told, strict=True)) if told else ([],) * 6
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE,
            {
                "ids": [outcome.envelope_id for outcome in outcomes],
                "tokens": [outcome.token for outcome in outcomes],
                "retries": [outcome.retry_at for outcome in outcomes],
                "attempts": [outcome.attempts for outcome in outcomes],
                "errors": [outcome.error for outcome in outcomes],
                "reminders": reminders,
                "envelopes": envelopes,
                "states": states,
                "messages": messages,
                "reasons": reasons,
                "under": under,
                "now": now,
            },
        )
        written = cursor.fetchall()
    transaction.on_commit(partial(metrics.count_settled, [row[2:] for row in written if row[0] is None], now=now))
    return {row[:2] for row in written if row[0] is not None}


def after_trouble(claim: Claim, *, error: str, now: dt.datetime) -> Outcome:
    """Wait for another attempt, about as long again as it is late by now. It goes on so until it is missed."""
    late = (now - claim.due_at).total_seconds()
    wait = _spread(min(max(late, BACKOFF), LONGEST_BACKOFF))
    retry_at = now + dt.timedelta(seconds=wait)
    return Outcome(claim.envelope_id, claim.token, claim.attempts, retry_at=retry_at, error=error)


def after_failure(claim: Claim, *, error: str, now: dt.datetime, count: int = 1) -> Outcome:
    """Wait for another attempt, longer each time; without a `retry_at` where this was the last one."""
    attempts = min(claim.attempts + count, MAX_ATTEMPTS)
    outcome = Outcome(claim.envelope_id, claim.token, attempts, error=error)
    if attempts < MAX_ATTEMPTS:
        outcome.retry_at = now + dt.timedelta(seconds=backoff(claim.attempts + 1))
    return outcome


def backoff(attempts: int) -> float:
    """Seconds to wait after so many attempts."""
    return _spread(min(LONGEST_BACKOFF, BACKOFF * 2.0 ** (attempts - 1)))


def _spread(wait: float) -> float:
    """Half of it to all of it, so that what failed together does not come back together."""
    return wait * random.uniform(0.5, 1)  # noqa: S311 (not for secrets)


def said(error: Exception) -> str:
    """The error as it is kept with what it ended: as far as PostgreSQL takes what the far side made it say."""
    text = f"{type(error).__name__}: {error}"[:LONGEST_ERROR].replace("\x00", "")
    return text.encode(errors="replace").decode()
