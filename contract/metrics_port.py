"""Shows what a process counts (`contract.metrics`) to Prometheus, on METRICS_PORT.

The web server's workers and a Celery worker's pool serve one port as a group. What belongs together is told by the
process that started them; a lock on the group's folder tells whether any of them lives, and a second one who serves.
"""

import atexit
import fcntl
import logging
import multiprocessing
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connections

from contract.metrics import Measure, Source, start_keeping

logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER: Final = 5.0  # seconds, where the port is taken
PATIENCE: Final = 5.0  # seconds for another scrape to have read the sources
_open: list[Any] = []  # what must stay open, and therefore referred to


def serve(*sources: Source) -> None:
    """Count from here on, and show it on METRICS_PORT; without one, do nothing. Once, at a process's start.

    Where that cannot be, the log says so in one line, and the process does its work unseen.
    """
    if not settings.METRICS_PORT:
        return
    try:
        folder = _group_folder()
    except OSError as error:
        logger.error("METRICS_PORT is of no use, there is no folder to count in: %s", error)
        return
    # The library reads it when it is imported, which is what makes it count across processes.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    import prometheus_client

    def make(measure: Measure) -> Any:
        options: dict[str, Any] = {"labelnames": measure.labels, "registry": None}
        if measure.kind == "Histogram":
            options["buckets"] = measure.buckets
        elif measure.kind == "Gauge":
            options["multiprocess_mode"] = "livesum"
        kept = getattr(prometheus_client, measure.kind)(measure.name, measure.meaning, **options)
        for value in measure.known:
            kept.labels(value)
        return kept

    start_keeping(make)
    _show(folder, sources)


def _group_folder() -> Path:
    """This group's folder, new where nobody of it lived, and locked for as long as one of it does."""
    parent = multiprocessing.parent_process()
    shared = Path(tempfile.gettempdir()) / f"habits-metrics-{os.getuid()}"
    for left in shared.parent.glob(f"{shared.name}-*"):
        _remove_if_left(left)
    folder = Path(f"{shared}-{(parent and parent.pid) or os.getpid()}")
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{folder} is somebody else's")
        # Another of the group may take the folder for left in the moment before it is locked.
        with suppress(FileNotFoundError):
            lock = (folder / "lives").open("ab")
            fcntl.flock(lock, fcntl.LOCK_SH)
            if os.path.samestat(os.fstat(lock.fileno()), (folder / "lives").stat()):
                break
    _open.append(lock)
    atexit.register(_leave, os.getpid(), folder)
    return folder


def _remove_if_left(folder: Path) -> None:
    try:
        with (folder / "lives").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    except OSError:
        return  # somebody lives in it, or another has just removed it


def _leave(pid: int, folder: Path) -> None:
    if pid == os.getpid():
        _open[0].close()
        _remove_if_left(folder)


def _show(folder: Path, sources: tuple[Source, ...]) -> None:
    """Serve the port, as soon as no other process of the group does and it is free."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    registry.register(_Living(folder))  # first: it clears away what the next must not read
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(_Sources(sources))
    turn = (folder / "serves").open("ab")
    _open.append(turn)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _listens(registry, loudly=True):
            return
    except BlockingIOError:
        pass  # one of the group serves it

    def wait() -> None:
        fcntl.flock(turn, fcntl.LOCK_EX)
        while not _listens(registry, loudly=False):
            time.sleep(TRY_AGAIN_AFTER)

    threading.Thread(target=wait, name="metrics", daemon=True).start()


def _listens(registry: Any, *, loudly: bool) -> bool:
    from prometheus_client import start_http_server

    # In containers Prometheus comes from another one; while developing it is on this machine.
    address = "127.0.0.1" if settings.DEBUG else "0.0.0.0"  # noqa: S104
    try:
        server, _thread = start_http_server(settings.METRICS_PORT, addr=address, registry=registry)
    except OSError as error:
        if loudly:
            logger.error(
                "METRICS_PORT %d cannot be served (%s), so process %d goes on without showing metrics until it can: "
                "each service on a machine needs a port of its own",
                settings.METRICS_PORT,
                error.strerror,
                os.getpid(),
            )
        return False
    # The processes of a pool must not keep the port of a worker that is gone.
    os.register_at_fork(after_in_child=server.socket.close)
    logger.info("Metrics are shown on port %d", settings.METRICS_PORT)
    return True


class _Living:
    """Shows nothing: takes away what dead processes had, such as messages under way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Any]:
        for path in self._folder.glob("gauge_live*_*.db"):
            if not _lives(int(path.stem.rpartition("_")[2])):
                path.unlink(missing_ok=True)
        return iter(())


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class _Sources:
    """The whole system's numbers, read at each scrape. What cannot be read is left out."""

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self._sources = sources
        self._reading = threading.Lock()

    def describe(self) -> list[Any]:
        """Nothing: the library would else read everything to learn the names."""
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        # While the database hangs, scrapes must not pile up connections.
        if not self._sources or not self._reading.acquire(timeout=PATIENCE):
            return
        try:
            for source in self._sources:
                for name, meaning, value in source():
                    yield GaugeMetricFamily(name, meaning, value=value)
        except Exception as error:
            logger.warning("The system's numbers cannot be read: %s", error)
        finally:
            connections.close_all()
            self._reading.release()
