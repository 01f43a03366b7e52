"""Claims whose lease has ended: their worker was killed, or stalled. They wait again, for any other worker."""

import datetime as dt
from typing import Final

from django.db import connection, transaction

from reminders.claims import Claim, Told, after_failure, settle
from reminders.models import Reminder

# A claim that ran out may have taken its worker along: after five of them it is the envelope that is to blame.
LOST_CLAIM: Final = 4  # attempts that it counts for
LONGEST_LEASE: Final = dt.timedelta(minutes=1)
RESTART_GRACE: Final = dt.timedelta(seconds=5)
RAN_OUT: Final = "The claim ran out: its worker was killed, or stalled."

# The sub-select makes the volatile clock a constant that the index can be searched for. After a restart of the server
# its clients first get the time to come back and settle what they have sent meanwhile.
# A lease that ends later than any was granted tells of a clock that was set back. It is cut rather than ended: whoever
# holds it may be at work, and renews it in time.
EXPIRED = """
WITH cut AS (
    UPDATE reminders_envelope e
    SET claimed_until = clock_timestamp() + %(longest)s * interval '1 second'
    WHERE e.id = ANY (ARRAY(
        SELECT id FROM reminders_envelope
        WHERE claim_token IS NOT NULL
            AND claimed_until > (SELECT clock_timestamp() + 2 * %(longest)s * interval '1 second')
        LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ))
)
SELECT id, claim_token, person_id, due_at, available_at, attempts, error FROM reminders_envelope
WHERE claim_token IS NOT NULL AND claimed_until < (SELECT clock_timestamp())
    AND (SELECT pg_postmaster_start_time() + %(grace)s * interval '1 second' < clock_timestamp())
ORDER BY claimed_until
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
"""


def release_expired(*, now: dt.datetime, limit: int = 1000) -> int:
    """Put claims that ran out back to waiting, or set them aside as failed where that happened too often."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                EXPIRED,
                {"limit": limit, "grace": RESTART_GRACE.total_seconds(), "longest": LONGEST_LEASE.total_seconds()},
            )
            expired = [Claim(*row) for row in cursor.fetchall()]
        outcomes = [after_failure(claim, error=RAN_OUT, now=now, count=LOST_CLAIM) for claim in expired]
        given_up = {outcome.envelope_id: outcome for outcome in outcomes if outcome.retry_at is None}
        waiting = Reminder.objects.filter(envelope__in=given_up, state=Reminder.State.WAITING)
        for pk, envelope_id in waiting.values_list("pk", "envelope_id"):
            given_up[envelope_id].told.append(Told(pk, Reminder.State.FAILED, error=RAN_OUT))
        settle(outcomes, now=now)
    return len(expired)
