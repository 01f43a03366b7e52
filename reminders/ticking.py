"""One tick: plan what is due, take back what was left lying, and have it delivered."""

import logging
from collections.abc import Callable
from typing import Final

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from reminders.moving import replan_everyone
from reminders.office import office
from reminders.planner import plan
from reminders.sweeping import release_expired

logger = logging.getLogger(__name__)

BUDGET: Final = 5.0  # seconds of one tick for each part of its work; the next one goes on


def tick_once(*, on_batch: Callable[[], None]) -> bool:
    """Do the work of a tick; False where the database is away. `on_batch` follows each batch that is planned."""
    now = timezone.now()
    try:
        replan_everyone(now=now, budget=BUDGET)
        release_expired(now=now)
        plan(now=now, budget=BUDGET, on_batch=on_batch)
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database is away, the next tick goes on: %s", error)
        return False
    finally:
        office.wake()
    return True
