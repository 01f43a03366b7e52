"""The trail of a reminder in the logs: planned into an envelope, claimed, settled. A line for each batch, with all ids.

Planning carries the id of its task; the envelope's leads from there to the courier, who works for no task.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from reminders.claims import Claim, Outcome

logger = logging.getLogger(__name__)


def planned(written: Iterable[tuple[int, int]]) -> None:
    """The reminders and envelopes that were written."""
    envelopes: dict[int, list[int]] = defaultdict(list)
    for reminder, envelope in written:
        envelopes[envelope].append(reminder)
    if envelopes:
        logger.info("Planned", extra={"envelopes": dict(envelopes)})


def claimed(claims: Sequence[Claim]) -> None:
    if claims:
        logger.info("Claimed", extra={"envelopes": [claim.envelope_id for claim in claims]})


def settled(outcomes: Sequence[Outcome], *, held: Collection[tuple[int, uuid.UUID]]) -> None:
    """What became of each reminder, and of an envelope that is tried again."""
    told: dict[int, dict[int | str, str]] = {}
    for one in outcomes:
        if (one.envelope_id, one.token) in held:
            became: dict[int | str, str] = {each.reminder_id: each.state.value for each in one.told}
            if one.retry_at:
                became["again"] = one.retry_at.isoformat(timespec="milliseconds")
            if one.error:
                became["error"] = one.error
            told[one.envelope_id] = became
    if told:
        logger.info("Settled", extra={"outcomes": told})
