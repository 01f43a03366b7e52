"""Child processes that never outlive their launcher, however it ends.

Three ropes: an ordinary end stops them; on Linux the kernel signals each one when the launcher dies
(PR_SET_PDEATHSIG); and a keeper process notices a killed launcher by its closed pipe, also on macOS, and ends whole
process groups, so that a web server's or a worker's own children go too.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from devservices import keeper

PR_SET_PDEATHSIG = 1
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Ctrl-C, SIGTERM or a closed terminal: an ordinary way to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.signal = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Within it, the signals that ask to stop raise `Stopped`; started by make, the end of make is one of them."""

    def stop(number: int, _frame: object) -> None:
        raise Stopped(number)

    if "MAKELEVEL" in os.environ:
        follow_parent(signal.SIGTERM, parent=os.getppid())()
    held = [(number, signal.signal(number, stop)) for number in STOPS]
    try:
        yield
    finally:
        for number, handler in held:
            signal.signal(number, handler)


def follow_parent(stop_signal: int, *, parent: int | None = None) -> Callable[[], None]:
    """What a child calls before it execs, so that the kernel signals it when this process dies. Linux only.

    The kernel watches the thread that started the child: start children from the main thread.
    """
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None)
    expected = os.getpid() if parent is None else parent

    def follow() -> None:
        libc.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != expected:  # it died in between
            os.kill(os.getpid(), stop_signal)

    return follow


@dataclass(frozen=True, eq=False)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int

    def ended(self) -> bool:
        return self.process.poll() is not None

    def ending(self) -> str:
        """How it ended, for people."""
        code = self.process.returncode
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


class Launcher:
    """Starts children and stops them when its block ends. For the main thread."""

    def __enter__(self) -> Self:
        self.children: list[Child] = []
        # -I and -S: it needs nothing but the standard library, and is there in 15 ms.
        command = [sys.executable, "-I", "-S", str(Path(keeper.__file__))]
        self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop(self.children)
        self._keeper.communicate()

    def start(
        self,
        name: str,
        command: Iterable[str | Path],
        *,
        stop_signal: signal.Signals = signal.SIGTERM,
        environment: Mapping[str, str] | None = None,
        output: IO[bytes] | int = subprocess.PIPE,
        feed: bytes = b"",
        **options: Any,
    ) -> Child:
        """Start a child as the leader of a session of its own. `feed` is its input; `options` are Popen's."""
        process = subprocess.Popen(
            [str(word) for word in command],
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=follow_parent(stop_signal),
            stdin=subprocess.PIPE,
            **options,
        )
        child = Child(name, process, stop_signal)
        self.children.append(child)
        self._tell_keeper(f"{process.pid} {stop_signal}")
        if process.stdin:
            process.stdin.write(feed)
            process.stdin.close()
            process.stdin = None
        return child

    def ended(self) -> Child | None:
        """A child that has ended, if there is one."""
        return next((child for child in self.children if child.ended()), None)

    def stop(self, children: Iterable[Child], *, patience_seconds: float = keeper.PATIENCE_SECONDS) -> None:
        """Stop these children side by side, and kill what has not ended in time. Signals wait until it is done."""
        stopping = list(children)
        held = [(number, signal.signal(number, signal.SIG_IGN)) for number in STOPS]
        for child in reversed(stopping):
            if not child.ended():
                child.process.send_signal(child.stop_signal)
        until = time.monotonic() + patience_seconds
        for child in stopping:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
            keeper.kill(child.process.pid)
            child.process.wait()
            self.children.remove(child)
            self._tell_keeper(f"-{child.process.pid}")
        for number, handler in held:
            signal.signal(number, handler)

    def _tell_keeper(self, line: str) -> None:
        if self._keeper.stdin:
            self._keeper.stdin.write(f"{line}\n".encode())
            self._keeper.stdin.flush()
