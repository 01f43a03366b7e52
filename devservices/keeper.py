"""Outlives a launcher that was killed, for as long as it takes to stop what the launcher had started.

Reads lines from standard input: `PID SIGNAL` (this process leads a group and stops at this signal), `-PID` (it has
ended). When the other end of the pipe is gone, it stops what is left. It runs in a session of its own, so that a
SIGKILL to the terminal's whole process group does not reach it, and works wherever there are pipes.
"""

import os
import signal
import sys
import time
from contextlib import suppress

# Enough for Celery to finish a task and for PostgreSQL's fast shutdown.
PATIENCE_SECONDS = 10.0


def tell(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def exists(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    kept: dict[int, int] = {}
    for line in sys.stdin:
        pid, *stop = line.split()
        if stop:
            kept[int(pid)] = int(stop[0])
        else:
            kept.pop(-int(pid), None)
    for leader, stop_signal in reversed(kept.items()):
        tell(leader, stop_signal)
    until = time.monotonic() + PATIENCE_SECONDS
    while any(map(exists, kept)) and time.monotonic() < until:
        time.sleep(0.05)
    for group in kept:
        kill(group)


if __name__ == "__main__":
    main()
