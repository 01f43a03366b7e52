"""Messages drawn anew without keeping anybody waiting.

A chat takes one message a second, and whoever ticks off five habits is faster. So a handler waits for its edit for a
moment only; then the edit goes on by itself, on the thread that keeps the process' connections to Telegram, and of
several that wait for one message only the latest is made. Lost with its process, an edit is made by the next tap.
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any, Final

from bot.replies import Button
from bot.session import PATIENCE
from reminders.channels.buttons import as_markup
from telegram.background import background
from telegram.errors import Rejected, RetryAfter, TelegramError

logger = logging.getLogger(__name__)

AT_ONCE: Final = 0.5  # seconds that a handler waits for its edit

Message = tuple[int, int]  # a chat, and the number of a message in it
Content = dict[str, Any]


class Redrawing:
    """The edits of this process that are under way."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._latest: dict[Message, Content] = {}
        self._under_way: set[Future[None]] = set()

    async def draw(self, chat_id: int, message_id: int | None, text: str, rows: Sequence[Sequence[Button]]) -> None:
        """Put this in place of a message, or beside one that cannot be edited (any more); None: send it.

        Raises `TelegramError` where that fails at once; what fails later is logged.
        """
        content = {"text": text, "reply_markup": as_markup(rows)}
        loop, _api = background.start()
        drawing = asyncio.run_coroutine_threadsafe(self._draw(chat_id, message_id, content), loop)
        self._under_way.add(drawing)
        drawing.add_done_callback(self._under_way.discard)
        if await ends_within(AT_ONCE, drawing):
            drawing.result()
        else:
            drawing.add_done_callback(log_failure)

    def finish(self, *, within: float) -> None:
        """Wait for what is under way, for so many seconds at most."""
        wait(tuple(self._under_way), timeout=within)

    async def _draw(self, chat_id: int, message_id: int | None, content: Content) -> None:
        if message_id is None:
            await persistent("sendMessage", chat_id=chat_id, **content)
            return
        if self._loop is not asyncio.get_running_loop():  # of another process, or before a restart
            self._loop, self._latest = asyncio.get_running_loop(), {}
        message = (chat_id, message_id)
        is_under_way = message in self._latest
        self._latest[message] = content
        if is_under_way:
            return
        try:
            await self._draw_until_latest(message)
        finally:
            del self._latest[message]

    async def _draw_until_latest(self, message: Message) -> None:
        while True:
            content = self._latest[message]
            try:
                await edit(*message, content)
            except TelegramError:
                if self._latest[message] is content:
                    raise
            if self._latest[message] is content:
                return


redrawing = Redrawing()


async def edit(chat_id: int, message_id: int, content: Content) -> None:
    try:
        await persistent("editMessageText", chat_id=chat_id, message_id=message_id, **content)
    except Rejected as error:
        if "not modified" not in str(error):
            await persistent("sendMessage", chat_id=chat_id, **content)


async def persistent(method: str, **params: Any) -> None:
    """Call, and once more after a stop that is short."""
    try:
        await background.call(method, **params)
    except RetryAfter as error:
        if error.seconds > PATIENCE:
            raise
        await background.call(method, **params)


async def ends_within(seconds: float, drawing: Future[None]) -> bool:
    """Whether it ends so soon. It goes on if it does not, also after this event loop has ended."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def tell(_drawing: Future[None]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(ended.set)

    drawing.add_done_callback(tell)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ended.wait()
    return drawing.done()


def log_failure(drawing: Future[None]) -> None:
    error = None if drawing.cancelled() else drawing.exception()
    if error is not None:
        logger.warning("A message was not drawn anew: %s: %s", type(error).__name__, error)
