"""Beat and the workers, as `/readyz` and each other see them, and what beat does beside ticking."""

import datetime as dt
from functools import cache as once
from functools import partial
from typing import Any, Final

import redis
from celery.signals import after_task_publish, beat_init
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from contract import health
from contract.metrics import Counter

TICK: Final = "reminders.tick"
QUEUE: Final = "wakes"
# More than this many wake-up calls tell nobody anything new. They expire as well, but only when somebody reads them.
LONGEST_QUEUE: Final = 60
# Seconds. `/readyz` is to name them within 15 of their stop.
SEEN_LATELY: Final = 10
# Less is corrected all the time, and felt by nobody.
SET_BACK: Final = dt.timedelta(seconds=1)
# A tick reaches one process; the others know by this that it came.
HEARD_LATELY: Final = dt.timedelta(seconds=3)
HEARD: Final = "reminders:heard"
TICKS_SENT: Final = Counter("habits_beat_ticks_total", "Ticks that reached the broker.")


def seen(part: str) -> None:
    """`part` ("beat", "worker") has just done its work."""
    cache.set(f"seen:{part}", True, timeout=SEEN_LATELY)


def heard() -> None:
    """A tick of beat's has arrived, in whichever process this is. Raises RedisError."""
    _broker().set(HEARD, 1, px=HEARD_LATELY)


def heard_lately() -> bool:
    """Whether a tick of beat's arrived anywhere. Raises RedisError."""
    # It lives longer than it should where Redis' clock was set back.
    return dt.timedelta(0) < dt.timedelta(milliseconds=_broker().pttl(HEARD)) <= HEARD_LATELY


def watch() -> None:
    """Add beat and worker to the parts that `/readyz` asks for."""
    for part in ("beat", "worker"):
        health.PARTS[part] = partial(seen_lately, part)


def seen_lately(part: str) -> bool:
    return bool(cache.get(f"seen:{part}"))


def beat_starts(sender: Any = None, **_: object) -> None:
    """From here on, in beat's own process, every tick that reached the broker is followed by `ticked`."""
    after_task_publish.connect(ticked, weak=False)
    if sender is not None:
        keep_ticking(sender.scheduler)


def keep_ticking(scheduler: Any) -> None:
    """See to it that beat ticks on when its clock is set back: it would wait for its last tick to come round again."""
    tick = scheduler.tick

    def tick_by_any_clock() -> Any:
        now = timezone.now()
        ahead = [entry for entry in scheduler.schedule.values() if entry.last_run_at > now + SET_BACK]
        for entry in ahead:
            entry.last_run_at = entry.model.last_run_at = now
        if ahead:
            scheduler._heap = None  # it is ordered by the clock as it was
        return tick()

    scheduler.tick = tick_by_any_clock


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
