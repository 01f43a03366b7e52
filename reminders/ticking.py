"""One tick: plan what is due, take back what was left lying, and have it delivered."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from django.db import InterfaceError, OperationalError

from reminders import clock
from reminders.moving import replan_everyone
from reminders.office import office
from reminders.planner import plan
from reminders.sweeping import release_expired

logger = logging.getLogger(__name__)

BUDGET: Final = 5.0  # seconds of one tick for each part of its work; the next one goes on


def tick_once(*, on_batch: Callable[[], None]) -> bool:
    """Do the work of a tick; False where not all of it succeeded. `on_batch` follows each batch that is planned."""
    try:
        now = clock.compared()
        done = [
            _succeeds(part)
            for part in (
                partial(replan_everyone, now=now, budget=BUDGET),
                partial(release_expired, now=now),
                partial(plan, now=now, budget=BUDGET, on_batch=on_batch),
            )
        ]
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database is away, the next tick goes on: %s", error)
        done = [False]
    office.wake()
    return all(done)


def _succeeds(part: Callable[[], object]) -> bool:
    """What fails in one part must not stop the others, and with them everyone's reminders."""
    try:
        part()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("A part of a tick failed, the next tick tries it again")
        return False
    return True
