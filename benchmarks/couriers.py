"""Messages that are due, and several couriers let loose on them."""

import datetime as dt
import time
from dataclasses import dataclass
from typing import Final

import redis
from django.utils import timezone

from benchmarks import crowd
from benchmarks.courier import GO
from benchmarks.ground import Ground, said
from benchmarks.stub import Call
from reminders.planner import plan

COURIERS: Final = 2
LOOK: Final = 0.25  # seconds between two looks at how far they are


@dataclass(frozen=True)
class Delivered:
    """What arrived, in order; `seconds` from the first arrival until the last reminder was settled."""

    calls: list[Call]
    seconds: float
    lost: int
    twice: int
    refused: int
    megabytes: float

    @property
    def rate(self) -> float:
        return len(self.calls) / self.seconds


def prepare(ground: Ground, messages: int) -> int:
    """Have so many messages planned and waiting; how many reminders they tell of."""
    with ground.connect() as database:
        crowd.clear(database)
        crowd.due(database, messages, timezone.now() - dt.timedelta(seconds=5))
        crowd.tidy(database)
        waiting = plan(now=timezone.now()).waiting
        database.execute("CHECKPOINT")
    return waiting


def deliver(ground: Ground, messages: int, *, rate: int, what: str, window: int | None = None) -> Delivered:
    """Let couriers deliver what waits, at `rate` messages a second together."""
    arguments = ["--rate", rate, *(["--window", window] if window else [])]
    children = [ground.module("courier", *arguments) for _ in range(COURIERS)]
    with ground.running(*children):
        for child in children:
            said(child)  # that it is ready
        with redis.Redis.from_url(ground.variables["REDIS_URL"]) as valkey:
            valkey.rpush(GO, *range(COURIERS))
        with ground.progress(what, messages) as done:
            while not all(child.ended() for child in children):
                time.sleep(LOOK)
                done(ground.stub.arrived())
        held = sum(float(said(child)) for child in children)
    calls = ground.stub.calls("sendMessage")
    taken = [call for call in calls if call.status == 200]
    with ground.connect() as database:
        row = database.execute(
            "SELECT count(*) FILTER (WHERE state <> 'sent'), extract(epoch FROM max(settled_at))::float "
            "FROM reminders_reminder"
        ).fetchone()
    unsent, settled_at = row or (0, 0)
    chats = {call.whose for call in taken}
    return Delivered(
        calls=calls,
        seconds=settled_at - calls[0].at,
        lost=max(unsent, messages - len(chats)),
        twice=len(taken) - len(chats),
        refused=len(calls) - len(taken),
        megabytes=held / COURIERS,
    )
