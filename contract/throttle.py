"""Rate limits, counted in Redis for all processes together: one round trip for each request that is counted.

Where Redis is away nobody is refused. What is left is told on every answer in the fields of the IETF's draft
(draft-ietf-httpapi-ratelimit-headers-11), of which a policy is named by the limit's name:

    RateLimit-Policy: "public_habits";q=120;w=60
    RateLimit: "public_habits";r=117;t=23
"""

import logging
import time
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from ninja.errors import Throttled
from ninja.throttling import BaseThrottle
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from contract.callers import caller_of

logger = logging.getLogger(__name__)

WINDOW = 60
PATIENCE = 1.0  # seconds for Redis to answer; nobody waits longer for being counted


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands with a limit."""

    name: str
    limit: int
    used: int
    resets_in: int

    @property
    def policy(self) -> str:
        return f'"{self.name}";q={self.limit};w={WINDOW}'

    @property
    def left(self) -> str:
        return f'"{self.name}";r={max(0, self.limit - self.used)};t={self.resets_in}'


class RequestsAMinute(BaseThrottle):
    """At most `limit` requests a minute from one address to the endpoints that share `name`.

    django-ninja's own throttles keep the request that they look at in themselves, which threads would mix up.
    """

    # Whom it counts, for the API's document.
    whose: ClassVar[str] = "from one address"

    def __init__(self, name: str, limit: int) -> None:
        self.name = name
        self.limit = limit

    def allow_request(self, request: HttpRequest) -> bool:
        used = _count(f"throttle:{self.name}:{self.get_ident(request)}")
        if used is None:
            return True
        _standings(request).append(Standing(self.name, self.limit, used, resets_in=int(_wait()) + 1))
        return used <= self.limit

    def get_ident(self, request: HttpRequest) -> str:
        return caller_of(request)

    def wait(self) -> float:
        """Seconds until the next window."""
        return _wait()


class WrongGuesses:
    """At most `limit` wrong guesses a minute at a secret, from all addresses together: who has many has no more."""

    def __init__(self, name: str, limit: int) -> None:
        self.key = f"guesses:{name}"
        self.limit = limit

    def refuse_more(self) -> None:
        """Raises Throttled (429) where there were enough of them, before anybody looks whether this guess is right."""
        if (_count(self.key, by=0) or 0) >= self.limit:
            raise Throttled(wait=int(_wait()))

    def count(self) -> None:
        _count(self.key)


def tell(request: HttpRequest, response: HttpResponseBase) -> None:
    """Put into the answer how the request stands with the limits that counted it."""
    standings = _standings(request)
    if standings:
        response["RateLimit-Policy"] = ", ".join(standing.policy for standing in standings)
        response["RateLimit"] = ", ".join(standing.left for standing in standings)


def _standings(request: HttpRequest) -> list[Standing]:
    standings: list[Standing] = request.__dict__.setdefault("rate_limits", [])
    return standings


def _count(name: str, *, by: int = 1) -> int | None:
    """How many there were in this window, these `by` included; None where nobody knows."""
    key = f"{name}:{int(time.time()) // WINDOW}"
    try:
        with _redis().pipeline(transaction=False) as pipe:
            pipe.incrby(key, by)
            pipe.expire(key, 2 * WINDOW)
            return int(pipe.execute()[0])
    except RedisError as error:
        logger.warning("Requests are not counted: %s", error)
        return None


@cache
def _redis() -> "Redis":
    # Once more, as a connection may have died while nobody used it.
    again = Retry(NoBackoff(), 1)
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=again)


def _wait() -> float:
    return WINDOW - time.time() % WINDOW
