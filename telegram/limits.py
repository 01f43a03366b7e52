"""Telegram's limits, kept by all processes together: the bot's rate, one message a second in a chat, a 429's stop.

What they share lives in Redis and is judged by Redis' clock (`telegram.shared_bucket`): a token bucket that holds at
most half of what Telegram's own second does, so that calls which bunch up on their way (for up to half a second) still
arrive within the limit. An answer to a tap may borrow what a reminder may not, and so goes first across processes;
within one, waiters queue by priority. Many waiters are served by one round trip.

Nothing of it is worth keeping: emptied, Redis lets a chat have two messages within one second and the bucket starts
with a single token. While Redis is away each process goes on alone at a quarter of the rate. Should Telegram answer
429 all the same, the stop holds for every process, and here also without Redis.
"""

import asyncio
import heapq
import logging
import math
import time
from enum import IntEnum
from itertools import count
from typing import Final, NamedTuple

from django.conf import settings

from telegram.errors import RetryAfter
from telegram.local_bucket import LocalBucket
from telegram.shared_bucket import AWAY, REDIS_TIMEOUT, SharedBucket

logger = logging.getLogger(__name__)

POLL: Final = 0.02  # seconds: many waiters share a round trip rather than asking for every single token
ALONE: Final = 0.25  # of the rate, for a process without Redis
HANGS: Final = 5  # times as long as Redis let everyone wait until it is asked again
STOP_MARGIN: Final = 0.1  # seconds beyond `retry_after`
# Seconds of a stop that a reminder waits out. Through a longer one it would outlive what it says: it is turned away.
PATIENCE: Final = 5.0
LOOK_AGAIN: Final = 1.0  # seconds: somebody may have come meanwhile who must not wait


class Priority(IntEnum):
    """Who goes first. Neither counts for `getUpdates`, which says nothing."""

    ANSWER = 0
    REMINDER = 1


class Waiter(NamedTuple):
    """Ordered by priority, then by arrival; the numbers are unique, so that nothing beyond them is compared."""

    priority: int
    number: int
    chat_id: int | None
    turn: asyncio.Future[None]


class Limiter:
    """One process's part in the limits of one bot, for one event loop. Unused it holds no connection and no task."""

    def __init__(self, *, bot_id: str, rate: float | None = None, redis_url: str | None = None) -> None:
        """`rate` in messages a second. Without arguments the settings count."""
        self.rate = settings.TELEGRAM_RATE if rate is None else rate
        self._shared = SharedBucket(
            bot_id=bot_id, rate=self.rate, redis_url=settings.REDIS_URL if redis_url is None else redis_url
        )
        self._alone = LocalBucket(self.rate * ALONE)
        self._alone_until = 0.0
        self._stopped_until = 0.0
        self._numbers = count()
        self._waiting: list[Waiter] = []
        self._turns: set[asyncio.Future[None]] = set()
        self._urgent = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None

    async def acquire(self, *, chat_id: int | None, priority: Priority | None) -> float:
        """Return when the call may go out, with the seconds waited. `priority` None waits for a stop's end only.

        Raises RetryAfter for a reminder during a stop that is longer than `PATIENCE`.
        """
        began = time.monotonic()
        if priority is None:
            while (left := await self.stopped_for()) > 0:
                await asyncio.sleep(left)
        else:
            turn = asyncio.get_running_loop().create_future()
            self._turns.add(turn)
            try:
                self._enter(Waiter(priority, next(self._numbers), chat_id, turn))
                await turn
            finally:
                self._turns.discard(turn)
        return time.monotonic() - began

    async def stop(self, seconds: float) -> None:
        """Telegram answered 429: hold every call of the bot, in every process, for `seconds`."""
        seconds += STOP_MARGIN
        self._stopped_until = max(self._stopped_until, time.monotonic() + seconds)
        try:
            await self._shared.stop(seconds)
        except AWAY as error:
            logger.warning("Redis is away, the stop of %.1f s holds for this process alone: %s", seconds, error)

    async def close(self) -> None:
        """Whoever still waits is cancelled."""
        if self._pump is not None:
            self._pump.cancel()
        for turn in self._turns:
            turn.cancel()
        await self._shared.close()

    def _enter(self, waiter: Waiter) -> None:
        if waiter.turn.done():
            return
        heapq.heappush(self._waiting, waiter)
        if waiter.priority == Priority.ANSWER:
            self._urgent.set()
        if self._pump is None or self._pump.done():
            self._pump = asyncio.get_running_loop().create_task(self._serve())
            self._pump.add_done_callback(self._served)

    async def _serve(self) -> None:
        """Let waiters go until none is left. Those whose chat must pause come back by themselves."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            self._urgent.clear()
            # Little more than a poll's worth of tokens: who asks in vain has to be queued anew.
            size = min(len(self._waiting), 2 + int(self.rate * POLL * 1.25))
            batch = [heapq.heappop(self._waiting) for _ in range(size)]
            batch = [waiter for waiter in batch if not waiter.turn.done()]
            stop, waits = await self._ask(batch)
            if stop > PATIENCE:
                self._turn_away(batch, stop)
            denied = math.inf
            for waiter, wait in zip(batch, waits, strict=True):
                if waiter.turn.done():
                    continue
                if wait == 0:
                    waiter.turn.set_result(None)
                elif wait > 0:
                    loop.call_later(wait, self._enter, waiter)
                else:
                    heapq.heappush(self._waiting, waiter)
                    denied = min(denied, -wait)
            if denied < math.inf:
                await self._sleep(min(LOOK_AGAIN, max(denied, min(POLL, len(self._waiting) / self.rate))))

    def _turn_away(self, batch: list[Waiter], stop: float) -> None:
        for waiter in [*batch, *self._waiting]:
            if waiter.priority == Priority.REMINDER and not waiter.turn.done():
                waiter.turn.set_exception(RetryAfter(round(stop, 1)))
        self._waiting = [waiter for waiter in self._waiting if not waiter.turn.done()]
        heapq.heapify(self._waiting)

    def _served(self, pump: asyncio.Task[None]) -> None:
        """Should serving fail in a way that nobody foresaw, those who wait hear of it rather than wait for ever."""
        error = None if pump.cancelled() else pump.exception()
        if error is not None:
            self._waiting.clear()
            for turn in self._turns:
                if not turn.done():
                    turn.set_exception(error)

    async def _sleep(self, pause: float) -> None:
        """Wait for tokens, in seconds; an answer to a tap cuts it short, since it may borrow them."""
        try:
            await asyncio.wait_for(self._urgent.wait(), pause)
        except TimeoutError:
            return

    async def stopped_for(self) -> float:
        """Seconds until the stop ends, 0 where there is none."""
        left = self._stopped_until - time.monotonic()
        if left > 0:
            return left
        try:
            return await self._shared.stopped_for()
        except AWAY:
            return 0.0

    async def _ask(self, batch: list[Waiter]) -> tuple[float, list[float]]:
        """In seconds: what is left of a stop; then for each waiter 0 (go), the rest of its chat's pause, or minus the
        wait for a token or for the stop's end."""
        now = time.monotonic()
        if now < self._stopped_until:
            stop = self._stopped_until - now
            return stop, [-stop] * len(batch)
        if now >= self._alone_until:
            try:
                stop, waits = await self._shared.reserve([(w.chat_id, w.priority == Priority.ANSWER) for w in batch])
                self._alone_until = 0.0
                return stop, [-stop] * len(batch) if stop else waits
            except AWAY as error:
                if not self._alone_until:
                    logger.warning("Redis is away, this process keeps to %g of the rate alone: %s", ALONE, error)
                took = time.monotonic() - now
                now += took
                self._alone_until = now + max(REDIS_TIMEOUT, HANGS * took)
        return 0.0, self._alone.reserve([waiter.chat_id for waiter in batch], now)
