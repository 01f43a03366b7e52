"""Valkey and PostgreSQL, emptied, killed and started again, below an installation at work."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from devservices.processes import Launcher
from tests.acceptance.stack import wait_for
from tests.faults.conftest import NewSite, Report
from tests.faults.servers import Postgres, Valkey

pytestmark = pytest.mark.faults

RATE = 300
AWAY = 60.0  # seconds
LEFT_ALONE = 120.0  # seconds that a process may need without Valkey
BACK_AT_WORK_WITHIN = 5.0  # seconds after the return


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with Launcher() as launcher:
        yield launcher


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody may pass through, as `nobody` may have to."""
    with tempfile.TemporaryDirectory(prefix="habits-faults-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o711)
        yield Path(made)


def test_reminders_outlive_valkey(new_site: NewSite, report: Report, launcher: Launcher, folder: Path) -> None:
    server = Valkey(launcher, folder)
    with new_site(rate=RATE, redis_url=server.url) as site:
        site.start("beat", "worker")
        site.fall_due(400)
        site.wait_until_sending()
        with redis.Redis.from_url(server.url) as valkey:
            for _ in range(10):
                valkey.flushall()
                time.sleep(0.1)
        site.fall_due(400)
        site.wait_until_sending()
        wait_for(lambda: site.planned() == site.crowd.reminders, what="everything is planned")
        server.kill()
        killed = time.monotonic()
        site.fall_due(400)
        # Workers tick by themselves, and send at a part of the rate.
        due = site.crowd.reminders
        wait_for(lambda: site.planned() == due, what="everything is planned without", within=LEFT_ALONE)
        alone = time.monotonic() - killed
        wait_for(lambda: site.final() == due, what="everything is delivered without", within=LEFT_ALONE)
        time.sleep(max(0.0, killed + AWAY - time.monotonic()))
        server.start()
        back = time.monotonic()
        site.fall_due(400)
        wait_for(lambda: site.planned() == site.crowd.reminders, what="everything is planned again")
        pause = time.monotonic() - back
        site.wait_until_done(within=300)
        tally = site.tally()
    note = f"planned without it {alone:.1f} s after it went, with it {pause:.1f} s after they fell due"
    report("Valkey emptied ten times, then away for a minute", tally, note=note)
    assert (tally.reminders, tally.lost, tally.twice, tally.torn) == (2000, 0, 0, 0)
    assert pause <= BACK_AT_WORK_WITHIN


def test_reminders_outlive_crashes_of_postgresql(
    new_site: NewSite, report: Report, launcher: Launcher, folder: Path
) -> None:
    server = Postgres(launcher, folder)
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env={**os.environ, "DATABASE_URL": server.url}, cwd=settings.BASE_DIR, check=True)
    with new_site(rate=RATE, database_url=server.url) as site:
        site.start("beat", "worker")
        for _ in range(4):
            site.fall_due(400)
            site.wait_until_sending()
            server.crash()
            time.sleep(3)
            server.start()
        site.wait_until_done(within=600)
        tally = site.tally()
    report("PostgreSQL crashed four times", tally)
    # The workers remember what they have sent until it is written.
    assert (tally.reminders, tally.lost, tally.twice, tally.torn) == (2000, 0, 0, 0)
