"""Processes of the service that are killed, or told to stop."""

import random
import time

import pytest

from tests.faults.conftest import NewSite, Report

pytestmark = pytest.mark.faults

# At 100 messages a second a courier has at most 100 envelopes under way, and a worker of two slots two couriers.
RATE = 100
WINDOW = 2 * RATE
LEASE = 30  # seconds


def test_nothing_is_lost_when_a_worker_is_killed_ten_times(new_site: NewSite, report: Report) -> None:
    moments = random.Random(20260131)
    with new_site(rate=RATE) as site:
        site.start("beat", "worker")
        for _ in range(10):
            site.fall_due(160)
            site.wait_until_sending()
            time.sleep(moments.uniform(0, 1.5))
            flying = site.in_flight.copy()
            site.kill("worker")
            assert len(site.in_flight - flying) <= WINDOW
            site.start("worker")
        # The last claims have to run out, and to be tried again.
        site.wait_until_done(within=3 * LEASE)
        tally = site.tally()
    report("worker killed ten times", tally, in_flight=len(site.in_flight))
    assert (tally.reminders, tally.lost, tally.torn) == (2000, 0, 0)
    # Nobody hears twice of what was not on its way when the worker died.
    assert tally.repeated <= site.in_flight
    assert tally.twice <= len(site.in_flight)
