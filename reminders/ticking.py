"""One tick: plan what is due, take back what was left lying, and have it delivered."""

import logging
from collections.abc import Callable
from functools import partial
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
    """Do the work of a tick; False where not all of it succeeded. `on_batch` follows each batch that is planned."""
    now = timezone.now()
    parts: list[Callable[[], object]] = [
        partial(replan_everyone, now=now, budget=BUDGET),
        partial(release_expired, now=now),
        partial(plan, now=now, budget=BUDGET, on_batch=on_batch),
    ]
    done = True
    for part in parts:
        try:
            part()
        except (OperationalError, InterfaceError) as error:
            logger.warning("The database is away, the next tick goes on: %s", error)
            done = False
            break
        except Exception:
            # What fails in one must not stop the others, and with them everyone's reminders.
            logger.exception("A part of a tick failed, the next tick tries it again")
            done = False
    office.wake()
    return done
