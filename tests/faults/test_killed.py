"""Processes of the service that are killed, or told to stop."""

import random
import time

import pytest
import redis

from reminders.alive import seen_lately
from tests.acceptance.stack import wait_for
from tests.faults.conftest import NewSite, Report

pytestmark = pytest.mark.faults

# At 100 messages a second a courier has at most 100 envelopes under way, and a worker of two slots two couriers.
RATE = 100
WINDOW = 2 * RATE


def test_nothing_is_lost_when_a_worker_is_killed_ten_times(new_site: NewSite, report: Report) -> None:
    moments = random.Random(20260131)
    with new_site(rate=RATE) as site:
        site.start("beat", "worker")
        for _ in range(10):
            site.fall_due(160)
            site.wait_until_sending()
            time.sleep(moments.uniform(0, 1.5))
            before = site.in_flight.total()
            site.kill("worker")
            assert site.in_flight.total() - before <= WINDOW
            site.start("worker")
        # The last claims have to run out; who lost one for the third time waits two minutes more.
        site.wait_until_done(within=600)
        tally = site.tally()
    report("worker killed ten times", tally, in_flight=site.in_flight.total())
    assert (tally.reminders, tally.lost, tally.torn) == (2000, 0, 0)
    # Nobody hears twice of what was not on its way when the worker died.
    assert tally.repeated <= site.in_flight


def test_a_worker_that_is_told_to_stop_repeats_nothing_and_gives_back_what_it_holds(
    new_site: NewSite, report: Report
) -> None:
    slowest = 0.0
    with new_site(rate=RATE) as site:
        site.start("beat", "worker")
        site.fall_due(1600)
        for _ in range(3):
            site.wait_until_sending()
            assert site.claimed()
            began = time.monotonic()
            site.stop("worker")
            slowest = max(slowest, time.monotonic() - began)
            # No lease has to run out, and nothing has to wait longer for it.
            assert not site.claimed()
            assert not site.ask("SELECT * FROM reminders_envelope WHERE attempts > 0 OR available_at > due_at")
            site.start("worker")
        site.wait_until_done(within=300)
        tally = site.tally()
    report("worker told to stop three times", tally, note=f"it took {slowest:.1f} s at most")
    assert (tally.reminders, tally.lost, tally.twice, tally.torn) == (2000, 0, 0, 0)


def test_workers_tick_by_themselves_while_beat_is_killed(
    new_site: NewSite, report: Report, valkey: "redis.Redis"
) -> None:
    with new_site(rate=300) as site:
        site.start("beat", "worker")
        for _ in range(2):
            site.fall_due(400)
            site.wait_until_sending()
            site.stack.kill("beat")
            # More than the ticks that are still on their way live.
            time.sleep(4)
            site.fall_due(400)
            wait_for(lambda: site.planned() == site.crowd.reminders, what="everything is planned without beat")
            valkey.flushdb()  # and with it that beat was seen
            site.start("beat")
            wait_for(lambda: seen_lately("beat"), what="beat ticks again")
            # It makes up for nothing: one tick does for all that it left out.
            assert valkey.llen("wakes") <= 2
        site.wait_until_done(within=120)
        tally = site.tally()
    report("beat killed twice", tally)
    assert (tally.reminders, tally.lost, tally.twice, tally.torn) == (2000, 0, 0, 0)


def test_planners_and_workers_race_without_a_repeat(new_site: NewSite, report: Report) -> None:
    with new_site(rate=300) as site:
        site.fall_due(400)
        site.start("beat", "beat-2", "worker", "worker-2", "worker-3", "worker-4")
        for _ in range(3):
            site.wait_until_sending()
            site.fall_due(400)
        site.wait_until_done(within=300)
        tally = site.tally()
    report("two planners and four workers racing", tally)
    assert (tally.reminders, tally.lost, tally.twice, tally.torn) == (2000, 0, 0, 0)
