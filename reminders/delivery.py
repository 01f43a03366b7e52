"""One letter on its way: what is sent, and what each end that sending can have means for its reminders."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from typing import Final

from reminders.channels.base import Channel, ClaimLost
from reminders.claims import Outcome, Told, after_failure, after_trouble, said
from reminders.letters import Letter
from reminders.models import Reminder
from telegram.errors import ChatGone, Rejected, RetryAfter, Transient, Unreached

logger = logging.getLogger(__name__)

GIVEN_BACK: Final = "Given back by a worker that stopped."
TOO_LATE: Final = "The claim ran out before the message could go."
UNREACHED_PAUSE: Final = 3.0  # seconds until a courier that found no way to Telegram looks again


async def deliver(
    letter: Letter, *, channel: Channel, ready: Callable[[], None], clock: Callable[[], dt.datetime]
) -> Outcome:
    """Send the messages of a letter in turn, and sort what came of it. It is true also where only a part went out.

    Raises nothing. What was not sent for a reason that says nothing about the envelope goes back to its place in the
    queue; so does what is left when `ready` finds the claim lost, should it still be there to give back.
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
            outcome.reached = True
    except asyncio.CancelledError:
        outcome.retry_at, outcome.error = claim.available_at, GIVEN_BACK
    except ClaimLost:
        outcome.retry_at, outcome.error = claim.available_at, TOO_LATE
    except RetryAfter as error:
        # The whole bot waits.
        outcome.retry_at, outcome.error, outcome.hold = claim.available_at, said(error), error.seconds
        outcome.reached = True
    except Unreached as error:
        outcome.retry_at, outcome.error, outcome.hold = claim.available_at, said(error), UNREACHED_PAUSE
        outcome.reached = False
    except Transient as error:
        outcome = after_trouble(claim, error=said(error), now=clock())
        outcome.reached = False
    except ChatGone as error:
        outcome.error, rest, outcome.reached = said(error), Reminder.State.CANCELLED, True
        outcome.gone = (letter.recipient.address, clock()) if letter.recipient else None
    except Rejected as error:
        outcome.error, outcome.reached = said(error), True
    except Exception as error:
        logger.exception("Envelope %s could not be delivered", claim.envelope_id)
        outcome = after_failure(claim, error=said(error), now=clock())
    if outcome.retry_at is None:
        told += [Told(pk, rest, error=outcome.error) for message in left for pk in message.reminders]
    outcome.told = told
    return outcome
