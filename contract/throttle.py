"""Rate limits for endpoints that need no sign-in, counted in Redis for all processes together."""

import logging
import time

from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

WINDOW = 60


class RequestsAMinute(BaseThrottle):
    """At most `limit` requests a minute from one address to the endpoints that share `name`.

    django-ninja's own throttles keep the request that they look at in themselves, which threads would mix up. Where
    Redis is away nobody is refused.
    """

    def __init__(self, name: str, limit: int) -> None:
        self.name = name
        self.limit = limit

    def allow_request(self, request: HttpRequest) -> bool:
        key = f"throttle:{self.name}:{self.get_ident(request)}:{int(time.time()) // WINDOW}"
        try:
            cache.add(key, 0, timeout=2 * WINDOW)
            return cache.incr(key) <= self.limit
        except (RedisError, ValueError) as error:  # away, or emptied between the two calls
            logger.warning("Requests are not counted: %s", error)
            return True

    def wait(self) -> float:
        """Seconds until the next window."""
        return WINDOW - time.time() % WINDOW
