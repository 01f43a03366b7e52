"""What a worker holds after many reminders is what it held after a few."""

import os
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import NewSite, Report
from tests.faults.crowd import Crowd
from tests.faults.site import Site

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

FEW, MANY = 1000, 100_000  # reminders
GROWTH = 1.10


def resident(site: Site, name: str) -> float:
    """Megabytes that the processes of a part hold together."""
    group = site.stack.parts[name].process.pid
    pages = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if os.getpgid(int(folder.name)) == group:
                    pages += int((folder / "statm").read_text().split()[1])
            except (ProcessLookupError, FileNotFoundError):
                continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_a_worker_does_not_grow(new_site: NewSite, report: Report) -> None:
    with new_site(rate=1000) as site:
        # Everybody has two, so that half as many messages do.
        site.crowd = Crowd(pairs=1)
        site.start("beat", "worker")
        site.fall_due(FEW // 2)
        site.wait_until_done(within=300)
        few = resident(site, "worker")
        site.fall_due((MANY - FEW) // 2)
        site.wait_until_done(within=1200)
        many = resident(site, "worker")
        tally = site.tally()
    report("none: a worker's memory", tally, note=f"{few:.0f} MB after {FEW}, {many:.0f} MB after {MANY}")
    assert (tally.lost, tally.twice, tally.torn) == (0, 0, 0)
    assert many <= few * GROWTH
