"""Whether the parts of the service are there. A room above adds its own parts when its app gets ready:

health.PARTS["worker"] = seen_lately  # raises, or answers False, where the part is missing
"""

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)

_PATIENCE = 2  # seconds for Redis to answer


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _redis() -> bool:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE
    ) as connected:
        return bool(connected.ping())


PARTS: dict[str, Callable[[], bool]] = {"database": _database, "redis": _redis}


def missing_parts() -> list[str]:
    """The names of the parts that are away, in the order in which they were added; why goes to the log."""
    return [name for name, is_there in PARTS.items() if not _answers(name, is_there)]


def _answers(name: str, is_there: Callable[[], bool]) -> bool:
    try:
        return is_there()
    except Exception as error:
        logger.warning("Not ready, %s is away: %s", name, error)
        return False
