"""One letter on its way: what is sent, and what each end that sending can have means for its reminders."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from typing import Final

from reminders.channels.base import Channel, ClaimLost
from reminders.claims import Outcome, Told, after_failure, said
from reminders.letters import Letter
from reminders.models import Reminder
from telegram.errors import ChatGone, Rejected, RetryAfter, Transient

logger = logging.getLogger(__name__)

GIVEN_BACK: Final = "Given back by a worker that stopped."


async def deliver(
    letter: Letter, *, channel: Channel, ready: Callable[[], None], clock: Callable[[], dt.datetime]
) -> Outcome:
    """Send the messages of a letter in turn, and sort what came of it. It is true also where only a part went out.

    Raises `ClaimLost` alone, which `ready` raises (see `Channel.send`). Cancelled, it gives back what was not sent.
    """
    claim = letter.claim
    outcome = Outcome(claim.envelope_id, claim.token, claim.attempts)
    told = list(letter.told)
    left = list(letter.messages)
    rest = Reminder.State.FAILED
    try:
        while left and letter.recipient:
            number = await channel.send(letter.recipient, left[0], ready=ready)
            told += [Told(pk, Reminder.State.SENT, message_id=number) for pk in left.pop(0).reminders]
    except asyncio.CancelledError:
        outcome.retry_at, outcome.error = claim.available_at, GIVEN_BACK
    except RetryAfter as error:
        # The whole bot waits. It says nothing about this envelope, so no attempt is counted.
        outcome.retry_at = clock() + dt.timedelta(seconds=error.seconds)
        outcome.error, outcome.hold = str(error), error.seconds
    except ChatGone as error:
        outcome.error, rest = said(error), Reminder.State.CANCELLED
        outcome.gone = (letter.recipient.address, clock()) if letter.recipient else None
    except Rejected as error:
        outcome.error = said(error)
    except ClaimLost:
        raise
    except Exception as error:
        if not isinstance(error, Transient):
            logger.exception("Envelope %s could not be delivered", claim.envelope_id)
        outcome = after_failure(claim, error=said(error), now=clock())
    if outcome.retry_at is None:
        told += [Told(pk, rest, error=outcome.error) for message in left for pk in message.reminders]
    outcome.told = told
    return outcome
