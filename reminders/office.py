"""The courier of this process, in a thread of its own.

A task that delivered would hold a slot of the worker for as long as Telegram's limits say, and two of them would leave
none to plan in. So tasks only wake the courier, which goes on beside them with one event loop and its connections to
Telegram kept, whatever pool the worker has. It starts when it is first woken: after a fork, never before one.
"""

import asyncio
import logging
import os
import threading
from typing import Final

from celery.signals import worker_process_shutdown, worker_shutdown

from reminders.channels import current_channel
from reminders.courier import Courier

logger = logging.getLogger(__name__)

PATIENCE: Final = 20.0  # seconds; the courier itself takes less to wind up


class Office:
    """Starts a courier when woken, anew in a forked process and after a crash."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = 0
        self._retired_pid = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._courier: Courier | None = None

    def wake(self) -> None:
        """Let this process's courier look for what is available. Returns at once."""
        with self._lock:
            if self._retired_pid == os.getpid():
                return
            running = self._pid == os.getpid() and self._thread is not None and self._thread.is_alive()
            if not running:
                started = threading.Event()
                self._pid = os.getpid()
                self._thread = threading.Thread(target=self._run, args=[started], name="courier", daemon=True)
                self._thread.start()
                started.wait()
            self._call("wake")

    def retire(self, **_: object) -> None:
        """Close for good. A tick that is still under way must not have a courier set out that nobody waits for."""
        self.close(retired=True)

    def close(self, *, retired: bool = False) -> None:
        """Let the courier give back what it holds, and wait for it."""
        with self._lock:
            if retired:
                self._retired_pid = os.getpid()
            if self._pid != os.getpid() or self._thread is None:
                return
            self._call("stop")
            self._thread.join(PATIENCE)
            self._thread = None

    def _call(self, name: str) -> None:
        loop, courier = self._loop, self._courier
        if loop is not None and courier is not None:
            try:
                loop.call_soon_threadsafe(getattr(courier, name))
            except RuntimeError:
                # It has just ended by itself: the next tick starts another.
                logger.warning("The courier was not there to %s", name)

    def _run(self, started: threading.Event) -> None:
        async def work() -> None:
            self._loop, self._courier = asyncio.get_running_loop(), Courier(current_channel())
            started.set()
            await self._courier.run()

        try:
            asyncio.run(work())
        except Exception:
            logger.exception("The courier ended; what it held comes back when its leases end")
        finally:
            started.set()


office = Office()

# A prefork worker's processes end with the first, any other pool with the second. Both let SIGTERM wait for it.
worker_process_shutdown.connect(office.retire, weak=False)
worker_shutdown.connect(office.retire, weak=False)
