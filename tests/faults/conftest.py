"""Each test breaks an installation of its own, and tells what became of the reminders at the end of the run."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest
import redis
from django.conf import settings

from tests.faults.site import Site, Tally, running_site


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
def report(record_property: Callable[[str, object], None]) -> Report:
    """Tell the figures at the end of the run (tests/conftest.py)."""
    began = time.monotonic()

    def tell(fault: str, tally: Tally, *, in_flight: int = 0, note: str = "") -> None:
        told = f"{fault} ({note})" if note else fault
        record_property(
            "figure",
            f"{told}: {tally.reminders} reminders in {tally.messages} messages; lost {tally.lost}, "
            f"sent twice {tally.twice}, in flight {in_flight}; {time.monotonic() - began:.0f} s",
        )

    return tell
