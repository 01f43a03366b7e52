"""Thin Celery shells. The rows are the truth: a message that is lost costs the time until the next tick."""

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from reminders import metrics
from reminders.alive import TICK, seen
from reminders.moving import replan_everyone
from reminders.office import office
from reminders.planner import plan
from reminders.pruning import prune_reminders
from reminders.sweeping import release_expired

logger = logging.getLogger(__name__)

BUDGET = 5.0  # seconds of one tick for each part of its work; the next one goes on
WAKE_EXPIRES = 2.0  # seconds


@shared_task(name=TICK, ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def tick() -> None:
    """Beat's second hand: plan what is due, take back what was left lying, and have it delivered."""
    metrics.TICKS.inc()
    now = timezone.now()
    try:
        replan_everyone(now=now, budget=BUDGET)
        release_expired(now=now)
        plan(now=now, budget=BUDGET, on_batch=_spread_the_word)
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database is away, the next tick goes on: %s", error)
        return
    finally:
        office.wake()
    seen("worker")


@shared_task(name="reminders.deliver", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def deliver() -> None:
    """Wake the courier of whichever process this reaches."""
    office.wake()


@shared_task(name="reminders.prune", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def prune() -> None:
    """Delete reminders that have been kept for long enough."""
    prune_reminders(now=timezone.now())


def _spread_the_word() -> None:
    """A batch is planned: this process's courier sets out at once, and so does another's."""
    office.wake()
    try:
        deliver.apply_async(expires=WAKE_EXPIRES, retry=False)
    except (BrokerAway, OSError) as error:
        logger.warning("No other worker could be woken: %s", error)
