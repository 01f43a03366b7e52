"""Each test breaks an installation of its own, and adds a row to the table at the end of the run."""

import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import pytest
import redis
from django.conf import settings

from tests.faults.site import Site, Tally, running_site

TITLES = ("reminders", "messages", "lost", "twice", "in flight", "seconds", "fault")


class NewSite(Protocol):
    def __call__(self, *, rate: int, **more: str) -> AbstractContextManager[Site]: ...


class Report(Protocol):
    def __call__(self, fault: str, tally: Tally, *, in_flight: int = 0, note: str = "") -> None: ...


@pytest.fixture
def new_site(fresh_database: str, valkey: "redis.Redis", tmp_path: Path) -> NewSite:
    """`with new_site(rate=300) as site:` on a database of its own and this worker's Redis database, both empty."""

    def new(*, rate: int, **more: str) -> AbstractContextManager[Site]:
        given = {"database_url": fresh_database, "redis_url": settings.REDIS_URL} | more
        return running_site(tmp_path, rate=rate, **given)

    return new


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Put a row into the table at the end of the run."""
    began = time.monotonic()

    def row(fault: str, tally: Tally, *, in_flight: int = 0, note: str = "") -> None:
        seconds = round(time.monotonic() - began)
        figures = (tally.reminders, tally.messages, tally.lost, tally.twice, in_flight, seconds)
        told = f"{fault} ({note})" if note else fault
        request.node.user_properties.append(("fault", [*map(str, figures), told]))

    return row


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows = [
        row
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call"
        for name, row in report.user_properties
        if name == "fault"
    ]
    if not rows:
        return
    terminalreporter.section("Faults: what became of the reminders")
    for row in (TITLES, *rows):
        terminalreporter.write_line("".join(f"{figure:>10} " for figure in row[:-1]) + f" {row[-1]}")
