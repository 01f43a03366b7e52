"""A worker dies at every point of its round, by SIGKILL; another takes over, and nothing is lost."""

import asyncio
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from habits.models import Schedule
from reminders.channels import current_channel
from reminders.courier import Courier
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from reminders.sweeping import release_expired
from telegram.models import Chat
from tests.bot_api import Control
from tests.conftest import address_of
from tests.reminders import deaths
from tests.reminders.conftest import MINUTE
from tests.reminders.crash_scene import CHARLIE, LEAST, NOW, people_with_habits, telegram_as_it_is
from tests.reminders.snapshots import Snapshot

TRIES = 12  # of a point: which ones a round comes to depends on the order of answers
SHARES = 2  # of the points, for processors that would have nothing to do


class Victims:
    """Workers, each of which dies at a point of its round, or none."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def work(self, *, die_at: tuple[str, int] = ("", 0)) -> Counter[str]:
        """How often it passed each point; nothing where it died at the one that was meant, for the n-th time."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"die_at": die_at, "now": NOW.isoformat()}) + "\n")
        self.process.stdin.flush()
        told = self._line()
        if "passed" in told:
            assert self._line() == {"status": 0}
            return Counter(told["passed"])
        assert told == {"status": -signal.SIGKILL}
        return Counter()

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


@pytest.fixture
def victims(bot_api: Control) -> Iterator[Victims]:
    environment = {
        **os.environ,
        "DATABASE_URL": address_of(str(connection.settings_dict["NAME"])),
        "REDIS_URL": settings.REDIS_URL,
        "TELEGRAM_BOT_TOKEN": settings.TELEGRAM_BOT_TOKEN,
        "TELEGRAM_API_URL": bot_api.url,
        "TELEGRAM_RATE": str(settings.TELEGRAM_RATE),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.reminders.deaths"],
        env=environment, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield Victims(process)
        assert process.stdin is not None
        process.stdin.close()


def others_are_gone() -> None:
    """The server has noticed that the victim is dead, and let go of its locks."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.001)
    raise AssertionError("a dead worker's connection lives")


def recover() -> None:
    """What any other worker does from then on; the leases that were held have ended."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reminders_envelope SET claimed_until = clock_timestamp() WHERE claim_token IS NOT NULL")
    now = NOW + 5 * MINUTE
    for _ in range(10):
        release_expired(now=now)
        plan(now=now)
        asyncio.run(Courier(current_channel(), clock=lambda: now).run(until_idle=True))  # noqa: B023 (run at once)
        waiting = Envelope.objects.order_by("-available_at").first()
        if waiting is None:
            return
        now = max(now, waiting.available_at) + MINUTE
    raise AssertionError("it never ends")


@dataclass(frozen=True)
class Ledger:
    """What became of every occurrence, and when every schedule is due next."""

    reminders: list[tuple[int, dt.datetime, str]]
    upcoming: list[tuple[int, dt.datetime | None]]
    blocked: list[int]

    @classmethod
    def read(cls) -> "Ledger":
        return cls(
            list(Reminder.objects.order_by("habit", "due_at").values_list("habit", "due_at", "state")),
            list(Schedule.objects.order_by("habit").values_list("habit", "next_at")),
            list(Chat.objects.exclude(blocked_at=None).values_list("chat_id", flat=True)),
        )


Messages = Counter[tuple[int | None, str]]
Record = Callable[[str, object], None]


def carried_out(bot_api: Control) -> dict[int, tuple[int | None, str]]:
    """By their number: what arrived in which chat."""
    return {call.message_id: (call.chat_id, call.text) for call in bot_api.calls("sendMessage") if call.message_id}


def unsettled(bot_api: Control) -> Messages:
    """What Telegram has carried out and the database does not know of: on the wire when the worker died."""
    bot_api.state()  # whatever the dead worker had sent is read by now
    known = set(Reminder.objects.exclude(message_id=None).values_list("message_id", flat=True))
    return Counter(told for number, told in carried_out(bot_api).items() if number not in known)


def how_often(points: Counter[str]) -> dict[str, int]:
    return {kind: sum(times for point, times in points.items() if kind in point) for kind in LEAST}


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("share", range(SHARES))
def test_a_worker_that_dies_at_any_point_loses_nothing_and_repeats_only_what_was_on_the_wire(
    bot_api: Control, valkey: Any, victims: Victims, record_property: Record, monkeypatch: Any, share: int
) -> None:
    for constant in ("telegram.shared_bucket.CHAT_PAUSE", "telegram.limits.STOP_MARGIN"):
        monkeypatch.setattr(constant, 0.005)
    monkeypatch.setattr("reminders.sweeping.RESTART_GRACE", dt.timedelta(0))
    people_with_habits()
    start = Snapshot.take(Reminder, Envelope, Schedule, Chat)

    def work(**how: Any) -> Counter[str]:
        start.restore()
        valkey.flushdb()
        telegram_as_it_is(bot_api)
        passed = victims.work(**how)
        others_are_gone()
        return passed

    began = time.monotonic()
    # Answers come in any order, so that a round has now one statement more, now one less.
    calm = [work() for _ in range(3)]
    points, always = calm[0] | calm[1] | calm[2], calm[0] & calm[1] & calm[2]
    assert not {kind: times for kind, times in how_often(points).items() if times < LEAST[kind]}
    assert not Envelope.objects.exists()
    expected, messages = Ledger.read(), Counter(carried_out(bot_api).values())
    assert Counter(state for _, _, state in expected.reminders) == {"sent": 21, "missed": 1, "cancelled": 1}
    assert (len(messages), set(messages.values()), expected.blocked) == (8, {1}, [CHARLIE])

    every = [(point, number) for point, times in sorted(points.items()) for number in range(1, times + 1)]
    mine, missed, repeats = every[share::SHARES], set[tuple[str, int]](), []
    for point in mine:
        # One that this round does not come to is tried again.
        if not any(not work(die_at=point) for _ in range(TRIES)):
            missed.add(point)
            continue
        on_the_wire = unsettled(bot_api)
        recover()
        assert Ledger.read() == expected, point
        assert Counter(carried_out(bot_api).values()) == messages + on_the_wire, point
        assert on_the_wire.total() <= deaths.WINDOW + 1, point  # one letter has two parts
        repeats.append(on_the_wire.total())

    # Which points a round comes to depends on the order of answers; but for those it always came to.
    assert not {(point, number) for point, number in missed if number <= always[point]}
    tried = len(mine) - len(missed)
    assert tried >= sum(LEAST.values()) // SHARES
    assert 0 < sum(map(bool, repeats)) < tried / 2
    record_property(
        "figure",
        f"crash at every point, share {share + 1} of {SHARES}: {tried} of {len(mine)} points "
        f"in {time.monotonic() - began:.0f} s; lost 0; {sum(repeats)} messages repeated, "
        f"after {sum(map(bool, repeats))} of the crashes, at most {max(repeats)} at once",
    )
