"""How a worker's processes end."""

import operator
import os
import signal
from collections.abc import Iterator

import pytest
from billiard.pool import Pool


@pytest.fixture
def unread() -> Iterator[Pool]:
    """A pool of one process whose results nobody reads, as in a worker that was stopped at the wrong moment."""
    pool = Pool(1, threads=False)
    yield pool
    for process in pool._pool:
        if process.exitcode is None:
            os.kill(process.pid, signal.SIGKILL)
        process.join()


def test_a_process_ends_although_nobody_reads_its_last_result(unread: Pool) -> None:
    unread.apply_async(operator.add, [1, 2])
    unread._inqueue.put(None)
    (process,) = unread._pool
    process.join(20)  # it takes one second; one that waits for its reader takes 30
    assert process.exitcode is not None
