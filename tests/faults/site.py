"""An installation to break: real processes on a database, a Redis and a Bot API server of a test's own."""

import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings

from devservices.processes import Child, Launcher
from devservices.servers import free_port
from tests.acceptance.stack import TOKEN, Stack, wait_for
from tests.bot_api.control import Control
from tests.faults.crowd import Crowd
from tests.faults.telegram import QUIET, Journal

LATENCY: Final = 0.08  # seconds that Telegram takes to answer
STOPS_WITHIN: Final = 120.0  # seconds


@dataclass
class Tally:
    """What became of everybody's reminders: in the database, and as Telegram saw it."""

    reminders: int
    messages: int
    # Reminders that are not `sent`, or that no message told of.
    lost: int
    # Messages beyond the first, by chat.
    repeated: Counter[int]
    # Messages that told of a part of what was due together.
    torn: int

    @property
    def twice(self) -> int:
        return self.repeated.total()


@dataclass
class Site:
    """`start("worker")`, `start("worker-2")`, `start("beat")` and so on, `kill`, `stop`; the Bot API server apart."""

    launcher: Launcher
    folder: Path
    database_url: str
    stack: Stack
    telegram: Child
    crowd: Crowd = field(default_factory=Crowd)
    # How often Telegram had taken a chat's message, unsettled, when a worker was killed.
    in_flight: Counter[int] = field(default_factory=Counter)
    _taken: Counter[int] = field(default_factory=Counter)

    # --- The parts -------------------------------------------------------------------------------------------

    def start(self, *names: str) -> None:
        self.stack.start(*names)

    def kill(self, name: str) -> None:
        """SIGKILL for the only worker, with all of its processes, and note what was in flight there."""
        self.stack.kill(name)
        held = self.claimed()
        wait_for(self.telegram_is_quiet, what="Telegram has answered")
        taken = Counter({chat: len(texts) for chat, texts in self.journal().taken.items()})
        self.in_flight.update(held & (taken - self._taken).keys())
        self._taken = taken

    def stop(self, name: str) -> None:
        """SIGTERM, and as much time as it takes on a busy machine."""
        self.launcher.stop([self.stack.parts.pop(name)], patience_seconds=STOPS_WITHIN)

    def telegram_is_quiet(self) -> bool:
        """Whether nothing arrives there any more. One that stalls is silent, and has calls in its sockets."""
        self.bot_api.state()
        time.sleep(QUIET)
        self.bot_api.state()
        return self.journal().is_quiet()

    @property
    def bot_api(self) -> Control:
        return self.stack.bot_api

    @property
    def journal_file(self) -> Path:
        return self.folder / "telegram.journal"

    def journal(self) -> Journal:
        return Journal.read(self.journal_file)

    def kill_telegram(self) -> None:
        """From now on connections are refused."""
        self.telegram.process.kill()
        self.telegram.process.wait()
        self.launcher.stop([self.telegram])

    def start_telegram(self) -> None:
        """Again, where it was."""
        port = int(self.bot_api.url.rpartition(":")[2])
        self.telegram, self.stack.bot_api = start_telegram(self.launcher, self.journal_file, port)

    def freeze_telegram(self, frozen: bool = True) -> None:
        """From now on connections hang, or no longer."""
        self.telegram.process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    # --- The reminders ---------------------------------------------------------------------------------------

    def fall_due(self, people: int) -> None:
        """Reminders of so many people more are due from now on: five for every four people, if nothing else is said."""
        with self.connected() as connection:
            self.crowd.more(connection, people)

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database_url, autocommit=True, connect_timeout=5) as connection:
            yield connection

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connected() as connection:
            return connection.execute(question.encode(), values).fetchall()

    def claimed(self) -> set[int]:
        """The people whose envelopes are claimed."""
        return {row[0] for row in self.ask("SELECT person_id FROM reminders_envelope WHERE claim_token IS NOT NULL")}

    def planned(self) -> int:
        return int(self.ask("SELECT count(*) FROM reminders_reminder")[0][0])

    def sent(self) -> int:
        return int(self.ask("SELECT count(*) FROM reminders_reminder WHERE state = 'sent'")[0][0])

    def final(self) -> int:
        return int(self.ask("SELECT count(*) FROM reminders_reminder WHERE state <> 'waiting'")[0][0])

    def wait_until_sending(self, *, within: float = 300.0) -> None:
        """Something is being delivered that was not yet when this was called, unless nothing is left to be."""
        before, everything = self.final(), self.crowd.reminders
        wait_for(lambda: self.final() > before or before >= everything, what="something more is sent", within=within)

    def wait_until_done(self, *, within: float) -> None:
        wanted = self.crowd.reminders
        under_way = "SELECT 1 FROM reminders_envelope LIMIT 1"

        def done() -> bool:
            time.sleep(0.1)  # to look costs the database more than a worker's batch
            return not self.ask(under_way) and self.final() >= wanted

        wait_for(done, what=f"all {wanted} reminders in a final state; see {self.folder}", within=within)

    def tally(self) -> Tally:
        """To be asked once everything is done; messages on their way would not be in it."""
        journal = self.journal()
        messages = 0
        lost = self.crowd.reminders - self.sent()
        torn = 0
        repeated: Counter[int] = Counter()
        for person in self.crowd.people:
            taken = journal.taken.get(person, [])
            messages += len(taken)
            lines = self.crowd.lines(person)
            lost += sum(not any(line in text for text in taken) for line in lines)
            torn += sum(not all(line in text for line in lines) for text in taken)
            if len(taken) > 1:
                repeated[person] = len(taken) - 1
        return Tally(self.crowd.reminders, messages, lost, repeated, torn)


def start_telegram(launcher: Launcher, journal: Path, port: int = 0) -> tuple[Child, Control]:
    child = launcher.start(
        "telegram",
        [
            *(sys.executable, "-m", "tests.faults.telegram"),
            *("--journal", journal, "--port", str(port), "--latency", str(LATENCY)),
        ],
        cwd=settings.BASE_DIR,
    )
    assert child.process.stdout
    return child, Control(int(child.process.stdout.readline()))


@contextmanager
def running_site(folder: Path, *, database_url: str, redis_url: str, rate: int, **variables: str) -> Iterator[Site]:
    """An installation whose parts are not started yet, but for the Bot API server. `rate` in messages a second."""
    with Launcher() as launcher:
        telegram, control = start_telegram(launcher, folder / "telegram.journal")
        given = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DATA_DIR": str(folder),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": control.url,
            "TELEGRAM_RATE": str(rate),
            "PYTHONUNBUFFERED": "1",
            **variables,
        }
        stack = Stack(launcher, given, folder, free_port(), control)
        site = Site(launcher, folder, database_url, stack, telegram)
        try:
            yield site
        finally:
            with suppress(ProcessLookupError):
                site.freeze_telegram(False)
