"""Thin Celery shells. The rows are the truth: a message that is lost costs the time until the next tick."""

import logging
from contextlib import suppress
from typing import Final

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from reminders import clock, metrics
from reminders.alive import TICK, heard, seen
from reminders.office import office
from reminders.pruning import prune_reminders
from reminders.standing_in import stand_in
from reminders.ticking import tick_once

logger = logging.getLogger(__name__)

WAKE_EXPIRES: Final = 2.0  # seconds


@shared_task(name=TICK, ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def tick() -> None:
    """Beat's second hand."""
    metrics.TICKS.inc()
    stand_in.heard()
    with suppress(RedisError):
        heard()
    if tick_once(on_batch=_spread_the_word):
        seen("worker")
    stand_in.heard()


@shared_task(name="reminders.deliver", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def deliver() -> None:
    """Wake the courier of whichever process this reaches."""
    office.wake()


@shared_task(name="reminders.prune", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def prune() -> None:
    """Delete reminders that have been kept for long enough."""
    prune_reminders(now=clock.compared())


def _spread_the_word() -> None:
    """A batch is planned: this process's courier sets out at once, and so does another's."""
    office.wake()
    try:
        deliver.apply_async(expires=WAKE_EXPIRES, retry=False)
    except (BrokerAway, OSError) as error:
        logger.warning("No other worker could be woken: %s", error)
