"""Two requests at once, the second held up by the first one's locks for certain: no sleeps, PostgreSQL is asked."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.dispatch import Signal

Act = Callable[[], Any]
# Signals and their senders.
Points = Sequence[tuple[Signal, object]]
PATIENCE = 60
BLOCKED = """
SELECT 1 FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids(%s)) AND backend_type = 'client backend'
"""


class Actor(threading.Thread):
    """One request in a thread, with a database connection of its own."""

    def __init__(self, act: Act) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.outcome: Any = None
        self.backend = 0
        self.connected = threading.Event()

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = cursor.fetchone()[0]
            self.connected.set()
            self.outcome = self.act()
        except Exception as error:
            self.outcome = error
        finally:
            connection.close()

    def wait_until_blocked(self) -> bool:
        """Whether another connection, and not autovacuum, holds this one up (False: it has finished without)."""
        assert self.connected.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with connection.cursor() as cursor:
                cursor.execute(BLOCKED, [self.backend])
                if cursor.fetchone():
                    return True
            if not self.is_alive():
                return False
            time.sleep(0.01)
        raise AssertionError("neither held up nor finished")


@contextmanager
def held_before_commit(actor: Actor, at: Points) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Stops the actor after its write and before its commit: events "it is there" and "it may go on"."""
    written, go_on = threading.Event(), threading.Event()

    def hold(**_news: object) -> None:
        if threading.current_thread() is actor:
            written.set()
            assert go_on.wait(PATIENCE)

    for signal, sender in at:
        signal.connect(hold, sender=sender, weak=False)
    try:
        yield written, go_on
    finally:
        for signal, sender in at:
            signal.disconnect(hold, sender=sender)


def race(first: Act, second: Act, *, at: Points) -> tuple[Any, Any]:
    """The outcomes of both, where `second` began when `first` had sent a signal of `at`, and not committed."""
    leader, follower = Actor(first), Actor(second)
    with held_before_commit(leader, at) as (written, go_on):
        leader.start()
        assert written.wait(PATIENCE), leader.outcome
        follower.start()
        assert follower.wait_until_blocked(), follower.outcome
        go_on.set()
        leader.join(PATIENCE)
        follower.join(PATIENCE)
    return leader.outcome, follower.outcome
