"""Telegram's limits, kept by all processes together: the bot's rate, one message a second in a chat, a 429's stop.

What they share lives in Redis and is judged by Redis' clock: a token bucket that holds at most half of what Telegram's
own second does, so that calls which bunch up on their way (for up to half a second) still arrive within the limit.
An answer to a tap may borrow what a reminder may not, and so goes first across processes; within one, waiters queue
by priority. Many waiters are served by one round trip.

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
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from telegram.local_bucket import CHAT_PAUSE, LocalBucket

logger = logging.getLogger(__name__)

BURST: Final = 0.3  # seconds of the rate that may go out at once, after a pause
BORROWED: Final = 0.2  # seconds of the rate that answers to taps may take beyond it
USED: Final = 0.995  # of the rate: the two clocks need not agree to the last digit
POLL: Final = 0.02  # seconds: many waiters share a round trip rather than asking for every single token
REDIS_TIMEOUT: Final = 1.0  # seconds
ALONE: Final = 0.25  # of the rate, for a process without Redis
STOP_MARGIN: Final = 0.1  # seconds beyond `retry_after`

# KEYS: bucket, stop. What a stop was meant to last is its value: when Redis' clock is set back, keys live longer than
# they should, and would silence the bot for as long.
STOPPED: Final = """
local stop = redis.call('PTTL', KEYS[2])
local meant = stop > 0 and tonumber(redis.call('GET', KEYS[2]))
if meant and stop > meant then
  redis.call('PEXPIRE', KEYS[2], meant)
  stop = meant
end
"""

# KEYS: bucket, stop. ARGV: tokens a second, burst, pause in a chat (ms), then for each waiter its chat ("" for none)
# and how far below zero it may take the bucket. Answers in ms: the stop; then for each 0 (go), n (the chat's pause
# lasts n more), -n (the bucket has a token in n).
RESERVE: Final = f"""
{STOPPED}
if stop > 0 then return {{stop}} end
local rate, burst, pause = tonumber(ARGV[1]) / 1000, tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1]) or 1, tonumber(kept[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local answers = {{0}}
for i = 4, #ARGV, 2 do
  local chat, borrowed = KEYS[1] .. ':' .. ARGV[i], tonumber(ARGV[i + 1])
  local held = ARGV[i] ~= '' and redis.call('PTTL', chat) or 0
  if held > 0 and held <= pause then
    answers[#answers + 1] = held
  elseif tokens + borrowed >= 1 then
    tokens = tokens - 1
    if ARGV[i] ~= '' then redis.call('SET', chat, 1, 'PX', pause) end
    answers[#answers + 1] = 0
  else
    answers[#answers + 1] = -math.ceil((1 - borrowed - tokens) / rate)
  end
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], 60000)
return answers
"""

# A shorter stop never cuts a longer one. KEYS: stop. ARGV: ms.
STOP: Final = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[1]) end
"""


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
        self._redis: Redis = Redis.from_url(
            settings.REDIS_URL if redis_url is None else redis_url,
            socket_timeout=REDIS_TIMEOUT,
            socket_connect_timeout=REDIS_TIMEOUT,
            retry=Retry(NoBackoff(), 1),
        )
        # The braces keep one bot's keys on one node of a cluster.
        self._keys = [f"telegram:{{{bot_id}}}:bucket", f"telegram:{{{bot_id}}}:stop"]
        self._reserve = self._redis.register_script(RESERVE)
        self._stop = self._redis.register_script(STOP)
        self._stopped = self._redis.register_script(f"{STOPPED} return stop")
        self._burst = max(1.0, self.rate * BURST)
        # Below four a second a borrowed message would be beyond what Telegram's second holds.
        self._borrowed = self.rate * BORROWED if self.rate >= 4 else 0.0
        self._alone = LocalBucket(self.rate * ALONE)
        self._alone_until = 0.0
        self._stopped_until = 0.0
        self._numbers = count()
        self._waiting: list[Waiter] = []
        self._turns: set[asyncio.Future[None]] = set()
        self._urgent = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None

    async def acquire(self, *, chat_id: int | None, priority: Priority | None) -> float:
        """Return when the call may go out, with the seconds waited. `priority` None waits for a stop's end only."""
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
            await self._stop(keys=[self._keys[1]], args=[math.ceil(seconds * 1000)])
        except (RedisError, OSError, TimeoutError) as error:
            logger.warning("Redis is away, the stop of %.1f s holds for this process alone: %s", seconds, error)

    async def close(self) -> None:
        """Whoever still waits is cancelled."""
        if self._pump is not None:
            self._pump.cancel()
        for turn in self._turns:
            turn.cancel()
        await self._redis.aclose()

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
            waits = await self._ask(batch)
            denied = math.inf
            for waiter, wait in zip(batch, waits, strict=True):
                if wait == 0 and not waiter.turn.done():
                    waiter.turn.set_result(None)
                elif wait > 0:
                    loop.call_later(wait, self._enter, waiter)
                elif wait < 0:
                    heapq.heappush(self._waiting, waiter)
                    denied = min(denied, -wait)
            if denied < math.inf:
                await self._sleep(max(denied, min(POLL, len(self._waiting) / self.rate)))

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
            return max(0, int(await self._stopped(keys=self._keys))) / 1000
        except (RedisError, OSError, TimeoutError):
            return 0.0

    async def _ask(self, batch: list[Waiter]) -> list[float]:
        """For each waiter in seconds: 0 (go), the rest of its chat's pause, or minus the wait for a token or a stop."""
        now = time.monotonic()
        if now < self._stopped_until:
            return [now - self._stopped_until] * len(batch)
        wants = [(w.chat_id, self._borrowed if w.priority == Priority.ANSWER else 0.0) for w in batch]
        if now >= self._alone_until:
            args: list[str | int | float] = [self.rate * USED, self._burst, round(CHAT_PAUSE * 1000)]
            for chat_id, borrowed in wants:
                args += ["" if chat_id is None else chat_id, borrowed]
            try:
                stop, *waits = [int(answer) / 1000 for answer in await self._reserve(keys=self._keys, args=args)]
                self._alone_until = 0.0
                return [-stop] * len(batch) if stop else waits
            except (RedisError, OSError, TimeoutError) as error:
                if not self._alone_until:
                    logger.warning("Redis is away, this process keeps to %g of the rate alone: %s", ALONE, error)
                self._alone_until = now + REDIS_TIMEOUT
        return self._alone.reserve([chat_id for chat_id, _ in wants], now)
