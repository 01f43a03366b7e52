"""Rate limits for endpoints that need no sign-in, counted in Redis for all processes together.

Where Redis is away nobody is refused.
"""

import logging
import time
from typing import ClassVar

from django.core.cache import cache
from django.http import HttpRequest
from ninja.errors import Throttled
from ninja.throttling import BaseThrottle
from redis.exceptions import RedisError

from contract.callers import caller_of

logger = logging.getLogger(__name__)

WINDOW = 60


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
        return _count(f"throttle:{self.name}:{self.get_ident(request)}") <= self.limit

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
        if _count(self.key, by=0) >= self.limit:
            raise Throttled(wait=int(_wait()))

    def count(self) -> None:
        _count(self.key)


def _count(name: str, *, by: int = 1) -> int:
    """How many there were in this window, these `by` included."""
    key = f"{name}:{int(time.time()) // WINDOW}"
    try:
        cache.add(key, 0, timeout=2 * WINDOW)
        return cache.incr(key, by)
    except (RedisError, ValueError) as error:  # away, or emptied between the two calls
        logger.warning("Requests are not counted: %s", error)
        return 0


def _wait() -> float:
    return WINDOW - time.time() % WINDOW
