"""Long polling: the bot's updates, one consumer, until it is told to stop."""

import asyncio
import datetime as dt
import logging
import random
from typing import Any, Final

from aiogram import Bot
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from bot.commands import register
from bot.updates import Outcome, database_answers, handle
from contract import pulse
from telegram.client import BotApi
from telegram.errors import RetryAfter, TelegramError, Transient

logger = logging.getLogger(__name__)

ALLOWED_UPDATES: Final = ["message", "callback_query", "my_chat_member"]
POLL: Final = 50  # seconds that Telegram holds a poll open
NETWORK: Final = 10  # seconds beyond it for the way there and back
HANDLED_WITHIN: Final = 60.0  # seconds
AT_ONCE: Final = 16  # chats
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between tries
LARGEST_NUMBER: Final = 2**63 - 1  # that the database holds
TRIES: Final = 5  # for an update that cannot be handled though the database answers


class Pause:
    """Backoff with jitter, in seconds."""

    def __init__(self) -> None:
        self.failures = 0

    def longer(self) -> float:
        self.failures += 1
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.failures - 1, 10))
        return random.uniform(longest / 2, longest)  # noqa: S311 (no secret)


async def poll(api: BotApi, bot: Bot, stop: asyncio.Event) -> None:
    """Fetch and handle updates until `stop`; what is being handled then is finished first."""
    if not await persist(api, stop, "deleteWebhook"):
        return
    registering = asyncio.create_task(register(bot))
    offset: int | None = None
    pause, tries = Pause(), 0
    while not stop.is_set():
        pulse.beat()
        try:
            updates = readable(await fetch(api, stop, offset))
        except TelegramError as error:
            wait = error.seconds if isinstance(error, RetryAfter) else pause.longer()
            logger.warning("No updates (%s: %s); the next try is in %.1f s", type(error).__name__, error, wait)
            await sleep(stop, wait)
            continue
        except Exception:
            logger.exception("Fetching updates failed")
            await sleep(stop, pause.longer())
            continue
        unhandled = await handle_all(updates, bot)
        if unhandled and tries < TRIES:
            # Telegram keeps what is not acknowledged; what was handled beside it is known by its number.
            offset = unhandled[0]
            tries += await sync_to_async(database_answers)()
            await sleep(stop, pause.longer())
            continue
        if unhandled:
            logger.error("Updates %s were given up after %d tries", unhandled, TRIES)
        if updates:
            offset = updates[-1]["update_id"] + 1
        pause, tries = Pause(), 0
    registering.cancel()


async def fetch(api: BotApi, stop: asyncio.Event, offset: int | None) -> Any:
    """The next updates; none once `stop` is set. Asking from an offset acknowledges what lies before it."""
    call = api.call(
        "getUpdates", priority=None, within=POLL + NETWORK, offset=offset, timeout=POLL, allowed_updates=ALLOWED_UPDATES
    )
    polling = asyncio.create_task(call)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return await polling if polling.done() else []
    finally:
        stopping.cancel()
        polling.cancel()


def readable(updates: Any) -> list[dict[str, Any]]:
    """The updates that have a number, in its order. Raises Transient where the answer is something else."""
    if not isinstance(updates, list):
        raise Transient("getUpdates: the answer is no list")
    numbered = [update for update in updates if isinstance(update, dict) and is_number(update.get("update_id"))]
    if len(numbered) < len(updates):
        logger.warning("%d updates without a number were left out", len(updates) - len(numbered))
        if not numbered:
            raise Transient("getUpdates: no update has a number")
    return sorted(numbered, key=lambda update: update["update_id"])


def is_number(given: object) -> bool:
    return isinstance(given, int) and 0 <= given <= LARGEST_NUMBER


async def handle_all(updates: list[dict[str, Any]], bot: Bot) -> list[int]:
    """Handle them, those of a chat in their order and chats side by side; the numbers of those left for later."""
    chats: dict[object, list[dict[str, Any]]] = {}
    for update in updates:
        chats.setdefault(chat_of(update), []).append(update)
    left: list[int] = []
    room = asyncio.Semaphore(AT_ONCE)

    async def handle_chat(own: list[dict[str, Any]]) -> None:
        async with room:
            for position, update in enumerate(own):
                await sync_to_async(close_old_connections)()  # outside requests nobody else does
                # Being the only consumer, nobody else can be at a claim that was never finished.
                outcome = await handle(update, bot=bot, lease=dt.timedelta(0), within=HANDLED_WITHIN)
                if outcome is not Outcome.DONE:
                    left.extend(later["update_id"] for later in own[position:])
                    return

    await asyncio.gather(*(handle_chat(own) for own in chats.values()))
    return sorted(left)


def chat_of(update: dict[str, Any]) -> object:
    """What orders an update among others: its chat, or the update itself where none can be read."""
    for event in update.values():
        if isinstance(event, dict):
            within = event["message"] if isinstance(event.get("message"), dict) else event
            where = within.get("chat")
            if isinstance(where, dict) and isinstance(where.get("id"), int):
                return where["id"]
    return ("update", update["update_id"])


async def persist(api: BotApi, stop: asyncio.Event, method: str, **params: Any) -> bool:
    """Call until it succeeds or is refused for good; False once `stop` is set."""
    pause = Pause()
    while not stop.is_set():
        pulse.beat()
        try:
            await api.call(method, **params)
            return True
        except RetryAfter as error:
            await sleep(stop, error.seconds)
        except Transient as error:
            wait = pause.longer()
            logger.warning("%s; the next try is in %.1f s", error, wait)
            await sleep(stop, wait)
        except TelegramError as error:
            logger.error("%s was refused: %s", method, error)
            return True
    return False


async def sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
