"""The Bot API for web processes: one client in one event loop on a thread of its own, so that connections are kept."""

import asyncio
import os
import threading
import time
from concurrent.futures import TimeoutError as TookTooLong
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from contract.errors import FieldError, Unavailable
from telegram.client import BotApi
from telegram.errors import TelegramError, Transient

ANSWER_WITHIN: Final = 5.0  # seconds that a web request waits for Telegram
ASK_AGAIN_AFTER: Final = 10.0  # seconds after a failed `getMe`, so that requests do not queue up for it


class Background:
    """Started by its first call, and anew in a forked process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._api: BotApi | None = None
        self._username: str | None = None
        self._failed_at = -ASK_AGAIN_AFTER

    def start(self) -> tuple[asyncio.AbstractEventLoop, BotApi]:
        with self._lock:
            if self._loop is None or self._api is None or self._pid != os.getpid():
                self._pid, self._username = os.getpid(), None
                self._loop, self._api = asyncio.new_event_loop(), BotApi()
                threading.Thread(target=self._loop.run_forever, name="bot-api", daemon=True).start()
            return self._loop, self._api

    def stop(self) -> None:
        """Close the connections and end the thread. The next call starts anew, with the settings of that moment."""
        with self._lock:
            if self._loop is None or self._api is None or self._pid != os.getpid():
                return
            asyncio.run_coroutine_threadsafe(self._api.close(), self._loop).result(ANSWER_WITHIN)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._loop = self._api = self._username = None
            self._failed_at = -ASK_AGAIN_AFTER

    async def call(self, method: str, **params: Any) -> Any:
        """`BotApi.call` from another event loop, such as the one that serves a webhook request."""
        loop, api = self.start()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(api.call(method, **params), loop))

    async def stopped_for(self) -> float:
        """Seconds until a stop of the whole bot ends, 0 where there is none."""
        loop, api = self.start()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(api.limiter.stopped_for(), loop))

    def call_and_wait(self, method: str, **params: Any) -> Any:
        """`BotApi.call` from synchronous code, for at most `ANSWER_WITHIN` seconds. Raises TelegramError."""
        loop, api = self.start()
        future = asyncio.run_coroutine_threadsafe(api.call(method, **params), loop)
        try:
            return future.result(ANSWER_WITHIN)
        except TookTooLong:
            future.cancel()
            raise Transient(f"{method}: no answer within {ANSWER_WITHIN:g} s") from None

    def bot_username(self) -> str:
        """The bot's own name without the @, asked for once per process.

        Raises Unavailable (503) where no bot is configured or Telegram does not answer.
        """
        if not settings.TELEGRAM_BOT_TOKEN:
            raise Unavailable(FieldError(None, "no_bot", _("No Telegram bot is configured on this server.")))
        self.start()
        if self._username is None and time.monotonic() - self._failed_at >= ASK_AGAIN_AFTER:
            try:
                me = self.call_and_wait("getMe")
            except TelegramError:
                me = None
            name = me.get("username") if isinstance(me, dict) else None
            self._username = name if isinstance(name, str) and name else None
            self._failed_at = time.monotonic()
        if self._username is None:
            raise Unavailable(
                FieldError(None, "telegram_away", _("Telegram does not answer just now. Try again a little later."))
            )
        return self._username


background = Background()
