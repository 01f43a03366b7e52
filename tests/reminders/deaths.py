"""A worker that dies at a chosen point: `python -m tests.reminders.deaths`.

The process stays without threads and connections, and forks for every line that it reads. The child does a worker's
whole round and kills itself by SIGKILL when it passes the point of that line for the n-th time. A point lies right
before and right after every statement, begin, commit and rollback on any connection to PostgreSQL, and every await of
Redis and of the Bot API that connects, sends or receives. They are hooked into the libraries' code, not into ours.
"""

import asyncio
import datetime as dt
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import aiohttp
import django
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from redis.asyncio.connection import AbstractConnection

WINDOW = 3  # envelopes under way at once


def tell(**news: Any) -> None:
    os.write(sys.stdout.fileno(), json.dumps(news).encode() + b"\n")


class Points:
    """Counts the points that this process passes, and ends it when one of them is passed for the n-th time."""

    def __init__(self) -> None:
        self.die_at: tuple[str, int] | None = None
        self.passed: Counter[str] = Counter()
        self.lock = threading.Lock()

    def reach(self, point: str) -> None:
        with self.lock:
            self.passed[point] += 1
            if self.die_at == (point, self.passed[point]):
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        self.reach(f"before {what}")
        yield
        self.reach(f"after {what}")


points = Points()


def statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    with points.around("SQL " + " ".join(sql.split())[:60]):
        return execute(sql, params, many, context)


def watch(connection: Any, **_: object) -> None:
    if statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(statement)


def watch_method(owner: type, name: str, what: str) -> None:
    method = getattr(owner, name)

    @wraps(method)
    def watched(*args: Any, **kwargs: Any) -> Any:
        with points.around(what):
            return method(*args, **kwargs)

    @wraps(method)
    async def watched_await(*args: Any, **kwargs: Any) -> Any:
        with points.around(what):
            return await method(*args, **kwargs)

    setattr(owner, name, watched_await if asyncio.iscoroutinefunction(method) else watched)


def watch_everything() -> None:
    connection_created.connect(watch)
    watch_method(BaseDatabaseWrapper, "connect", "SQL connect")
    watch_method(BaseDatabaseWrapper, "_commit", "SQL commit")
    watch_method(BaseDatabaseWrapper, "_rollback", "SQL rollback")
    watch_method(BaseDatabaseWrapper, "set_autocommit", "SQL begin or end")
    for name in ("connect", "send_packed_command", "read_response"):
        watch_method(AbstractConnection, name, f"Redis {name}")
    watch_method(aiohttp.StreamReader, "readany", "Telegram read")
    trace = aiohttp.TraceConfig()
    for event in (
        "request_start", "connection_create_start", "connection_create_end", "connection_reuseconn",
        "request_headers_sent", "request_chunk_sent", "request_end", "request_exception",
    ):  # fmt: skip

        async def passed(*_: object, event: str = event) -> None:
            points.reach(f"Telegram {event}")

        getattr(trace, f"on_{event}").append(passed)
    begin = aiohttp.ClientSession.__init__

    @wraps(begin)
    def traced(self: aiohttp.ClientSession, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, trace_configs=[trace], **kwargs)

    aiohttp.ClientSession.__init__ = traced  # type: ignore[method-assign]


def work(now: dt.datetime) -> None:
    """A worker's round at `now`, in the order of a tick, and its courier's; then both again, for what was put off."""
    from reminders.channels import current_channel
    from reminders.claims import Outcome, claim, renew, settle
    from reminders.courier import LEASE, Courier
    from reminders.moving import replan_everyone
    from reminders.planner import plan
    from reminders.sweeping import release_expired

    for at in (now, now + dt.timedelta(minutes=3)):
        replan_everyone(now=at)
        release_expired(now=at)
        plan(now=at, batch=4)
        # As a courier does whose lease runs for a third, and which is to stop before it could send.
        held = claim(now=at, limit=2, lease=LEASE)
        renew([(one.envelope_id, one.token) for one in held], lease=LEASE)
        settle([Outcome(one.envelope_id, one.token, 0, retry_at=one.available_at) for one in held], now=at)
        courier = Courier(current_channel(), clock=lambda at=at: at, window=WINDOW)  # type: ignore[misc]
        asyncio.run(courier.run(until_idle=True))


def hasten() -> None:
    """Pauses that would only make a thousand rounds long."""
    from reminders import courier, sweeping
    from telegram import limits, shared_bucket

    for module, name, value in (
        (sweeping, "RESTART_GRACE", dt.timedelta(0)),
        (courier, "GATHER", 0.002),
        (shared_bucket, "CHAT_PAUSE", 0.005),
        (limits, "STOP_MARGIN", 0.0),
    ):
        assert hasattr(module, name)
        setattr(module, name, value)


def main() -> None:
    django.setup()
    hasten()
    watch_everything()
    for line in sys.stdin:
        order = json.loads(line)
        if child := os.fork():
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            tell(status=status)
            continue
        points.die_at = tuple(order["die_at"])
        status = 1
        try:
            work(dt.datetime.fromisoformat(order["now"]))
            tell(passed=points.passed)
            status = 0
        finally:
            os._exit(status)


if __name__ == "__main__":
    main()
