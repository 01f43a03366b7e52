"""One update, from whichever entry point: handled once, acknowledged only when that is done."""

import asyncio
import datetime as dt
import logging
from enum import Enum
from typing import Any, Final

from aiogram import Bot
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.timezone import now
from pydantic import ValidationError

from bot.dispatcher import dispatcher
from bot.metrics import UPDATES
from bot.models import HandledUpdate
from telegram.errors import TelegramError

logger = logging.getLogger(__name__)

# A claim that was never finished passes to the next who comes after its lease.
CLAIM: Final = """
INSERT INTO bot_handledupdate AS kept (bot_id, update_id, claimed_at) VALUES (%s, %s, %s)
ON CONFLICT (bot_id, update_id) DO UPDATE SET claimed_at = EXCLUDED.claimed_at
WHERE kept.done_at IS NULL AND kept.claimed_at <= %s
RETURNING 1
"""


class Outcome(Enum):
    DONE = "acknowledge it"
    BUSY = "another process is handling it"
    LATER = "it could not be handled just now"


async def handle(update: dict[str, Any], *, bot: Bot, lease: dt.timedelta, within: float) -> Outcome:
    """Handle an update once, and count what became of it.

    `lease` is how long a claim that was never finished keeps others away. A handler that takes longer than `within`
    seconds, or that loses the database, leaves the update for later. One that fails otherwise is logged and done with:
    bringing it again would fail again.
    """
    outcome = await _handle(update, bot, lease, within)
    UPDATES.inc(outcome=outcome.name.lower())
    return outcome


async def _handle(update: dict[str, Any], bot: Bot, lease: dt.timedelta, within: float) -> Outcome:
    number = update["update_id"]
    try:
        claimed = await sync_to_async(claim)(bot.id, number, lease=lease)
        if claimed is not None:
            return claimed
        async with asyncio.timeout(within):
            await feed(update, bot)
        await sync_to_async(finish)(bot.id, number)
    except TimeoutError:
        logger.error("Update %s was not handled within %g s", number, within)
        return Outcome.LATER
    except (OperationalError, InterfaceError) as error:
        logger.error("Update %s has to wait for the database: %s", number, error)
        return Outcome.LATER
    except Exception:
        logger.exception("Update %s could not be recorded", number)
    return Outcome.DONE


async def feed(update: dict[str, Any], bot: Bot) -> None:
    """Let the dispatcher have it. Only the database's errors come out of here."""
    try:
        parsed = Update.model_validate(update, context={"bot": bot})
    except ValidationError as error:
        logger.warning("Update %s cannot be read: %d errors", update["update_id"], error.error_count())
        return
    try:
        _ = parsed.event_type
    except UpdateTypeLookupError:
        return  # of a kind that is not known yet, or empty
    try:
        await dispatcher().feed_update(bot, parsed)
    except (OperationalError, InterfaceError):
        raise
    except TelegramError as error:
        logger.warning("The answer to update %s did not arrive: %s: %s", parsed.update_id, type(error).__name__, error)
    except Exception:
        logger.exception("Update %s failed", parsed.update_id)


def claim(bot_id: int, update_id: int, *, lease: dt.timedelta) -> Outcome | None:
    """None: it is ours to handle."""
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [bot_id, update_id, moment, moment - lease])
        if cursor.fetchone():
            return None
    done = HandledUpdate.objects.filter(bot_id=bot_id, update_id=update_id, done_at__isnull=False).exists()
    return Outcome.DONE if done else Outcome.BUSY


def finish(bot_id: int, update_id: int) -> None:
    HandledUpdate.objects.filter(bot_id=bot_id, update_id=update_id).update(done_at=now())


def database_answers() -> bool:
    try:
        close_old_connections()
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        return False
    return True
