"""Workers tick by themselves where beat does not: it is away, or the broker between the two is.

Beat's tick is a wake-up call like any other, and reaches one process of all workers. One that has not heard a tick for
a while, nor hears from Redis that another has, does what it would have done, so that planning goes on with nothing but
the database and a worker.
"""

import logging
import random
import threading
import time
from contextlib import suppress
from typing import Any, Final

from celery.concurrency.prefork import TaskPool as Prefork
from celery.signals import worker_process_init, worker_process_shutdown, worker_ready, worker_shutdown
from django.db import connections
from redis.exceptions import RedisError

from reminders import metrics
from reminders.alive import heard_lately, seen
from reminders.office import office
from reminders.ticking import tick_once

logger = logging.getLogger(__name__)

SILENCE: Final = 3.0  # seconds without a tick in this process; with a little more, lest all of them stand in at once
STARTING: Final = 30.0  # seconds within which the parts of an installation come up, in whichever order
ASK_AGAIN: Final = 10.0  # seconds after Redis did not answer: it may hang, and its time-outs would make ticks late


class StandIn:
    """Ticks in a thread of its own for as long as nobody else does. One for a process, started after its fork."""

    def __init__(self) -> None:
        self._heard = self._began = time.monotonic()
        self._alarm_raised = False
        self._without_redis_until = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def heard(self) -> None:
        """Somebody else ticks."""
        self._heard = time.monotonic()

    def start(self, **_: object) -> None:
        """Begin to listen for ticks."""
        self._heard = self._began = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=[self._stop], name="stand-in", daemon=True)
        self._thread.start()

    def stop(self, **_: object) -> None:
        """Tick no more. A tick under way is left to end by itself; it sends nothing."""
        self._stop.set()

    def is_alone(self) -> bool:
        """Whether no tick has come lately, neither here nor to another process."""
        now = time.monotonic()
        if now - self._heard <= SILENCE + random.random():  # noqa: S311 (no secret)
            return False
        if now < self._without_redis_until:
            return True
        try:
            return not heard_lately()
        except RedisError:
            self._without_redis_until = time.monotonic() + ASK_AGAIN
            return True

    def tell(self, *, is_alone: bool) -> None:
        """Warn once of being alone; but where all has just been started, beat may well come up a little later."""
        if not is_alone:
            self._alarm_raised = False
        elif not self._alarm_raised and (self._heard > self._began or time.monotonic() > self._began + STARTING):
            self._alarm_raised = True
            logger.warning("No tick for %g s: beat or the broker is away, this worker ticks by itself", SILENCE)

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(1.0):
            is_alone = self.is_alone()
            self.tell(is_alone=is_alone)
            if not is_alone:
                continue
            metrics.OWN_TICKS.inc()
            try:
                if tick_once(on_batch=office.wake) and time.monotonic() >= self._without_redis_until:
                    with suppress(RedisError):
                        seen("worker")
            except Exception:
                logger.exception("A tick failed; the next goes on")
            finally:
                connections.close_all()


stand_in = StandIn()


def in_the_only_process(sender: Any = None, **_: object) -> None:
    """Where tasks run in the worker's first process. A prefork worker's run in its children, which have their own."""
    if not isinstance(getattr(sender, "pool", None), Prefork):
        stand_in.start()


worker_process_init.connect(stand_in.start, weak=False)
worker_ready.connect(in_the_only_process, weak=False)
worker_process_shutdown.connect(stand_in.stop, weak=False)
worker_shutdown.connect(stand_in.stop, weak=False)
