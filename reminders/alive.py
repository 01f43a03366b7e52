"""Beat and the workers, as `/readyz` sees them, and what beat does beside ticking."""

from functools import cache as once
from functools import partial
from typing import Any, Final

import redis
from celery.signals import after_task_publish, beat_init
from django.conf import settings
from django.core.cache import cache

from contract import health
from contract.metrics import Counter

TICK: Final = "reminders.tick"
QUEUE: Final = "wakes"
# More than this many wake-up calls tell nobody anything new. They expire as well, but only when somebody reads them.
LONGEST_QUEUE: Final = 60
SEEN_LATELY: Final = 15  # seconds
TICKS_SENT: Final = Counter("habits_beat_ticks_total", "Ticks that reached the broker.")


def seen(part: str) -> None:
    """`part` ("beat", "worker") has just done its work."""
    cache.set(f"seen:{part}", True, timeout=SEEN_LATELY)


def watch() -> None:
    """Add beat and worker to the parts that `/readyz` asks for."""
    for part in ("beat", "worker"):
        health.PARTS[part] = partial(seen_lately, part)


def seen_lately(part: str) -> bool:
    return bool(cache.get(f"seen:{part}"))


def beat_starts(**_: object) -> None:
    """From here on, in beat's own process, every tick that reached the broker is followed by `ticked`."""
    after_task_publish.connect(ticked, weak=False)


beat_init.connect(beat_starts, weak=False)


def ticked(sender: Any = None, **_: object) -> None:
    """Say that beat lives, and cut the queue short: while no worker is there a tick a second would pile up."""
    if sender != TICK:
        return
    TICKS_SENT.inc()
    seen("beat")
    # The newest are at the left.
    _broker().ltrim(QUEUE, 0, LONGEST_QUEUE - 1)


@once
def _broker() -> "redis.Redis":
    return redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=1, socket_connect_timeout=1)
