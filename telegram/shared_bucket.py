"""The bucket that all processes share: in Redis, judged by its clock, one round trip for many waiters."""

import math
from collections.abc import Sequence
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from telegram.local_bucket import CHAT_PAUSE

BURST: Final = 0.3  # seconds of the rate that may go out at once, after a pause
BORROWED: Final = 0.2  # seconds of the rate that answers to taps may take beyond it
USED: Final = 0.995  # of the rate: the two clocks need not agree to the last digit
REDIS_TIMEOUT: Final = 1.0  # seconds
# What a call raises where Redis is away.
AWAY: Final = (RedisError, OSError, TimeoutError)

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


class SharedBucket:
    """The limits of one bot, for one event loop; every call raises one of `AWAY` where Redis is away."""

    def __init__(self, *, bot_id: str, rate: float, redis_url: str) -> None:
        """`rate` in messages a second."""
        self._redis: Redis = Redis.from_url(
            redis_url,
            socket_timeout=REDIS_TIMEOUT,
            socket_connect_timeout=REDIS_TIMEOUT,
            retry=Retry(NoBackoff(), 1),
        )
        # The braces keep one bot's keys on one node of a cluster.
        self._keys = [f"telegram:{{{bot_id}}}:bucket", f"telegram:{{{bot_id}}}:stop"]
        self._reserve = self._redis.register_script(RESERVE)
        self._stop = self._redis.register_script(STOP)
        self._stopped = self._redis.register_script(f"{STOPPED} return stop")
        self._rate = rate * USED
        self._burst = max(1.0, rate * BURST)
        # Below four a second a borrowed message would be beyond what Telegram's second holds.
        self._borrowed = rate * BORROWED if rate >= 4 else 0.0

    async def reserve(self, wants: Sequence[tuple[int | None, bool]]) -> tuple[float, list[float]]:
        """For each chat, and whether it may borrow, in seconds: 0 (go), the rest of the chat's pause, or minus the wait
        for a token. During a stop: what is left of it, and nothing else."""
        args: list[str | int | float] = [self._rate, self._burst, round(CHAT_PAUSE * 1000)]
        for chat_id, borrows in wants:
            args += ["" if chat_id is None else chat_id, self._borrowed if borrows else 0.0]
        stop, *waits = [int(answer) / 1000 for answer in await self._reserve(keys=self._keys, args=args)]
        return stop, waits

    async def stop(self, seconds: float) -> None:
        await self._stop(keys=[self._keys[1]], args=[math.ceil(seconds * 1000)])

    async def stopped_for(self) -> float:
        """Seconds until the stop ends, 0 where there is none."""
        return max(0, int(await self._stopped(keys=self._keys))) / 1000

    async def close(self) -> None:
        await self._redis.aclose()
