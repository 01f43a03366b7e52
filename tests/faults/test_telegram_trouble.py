"""Telegram away, hanging, flooded, and answering nonsense."""

import random
import time
from collections import Counter
from typing import Any

import pytest

from tests.acceptance.stack import wait_for
from tests.faults.conftest import NewSite, Report

pytestmark = pytest.mark.faults

# A courier has at most a second's worth under way, and a worker of two slots two couriers.
RATE = 300
WINDOW = 2 * RATE
AWAY = 60.0  # seconds
LONGEST_BACKOFF = 120.0  # seconds
STOP = 10  # seconds of a 429
SET_OUT = 4.0  # seconds after it in which calls arrive that had set out before, on a busy machine


def test_reminders_outlive_a_minute_without_telegram(new_site: NewSite, report: Report) -> None:
    with new_site(rate=RATE) as site:
        site.start("beat", "worker")
        site.fall_due(800)
        site.wait_until_sending()
        moment = time.time()
        held = site.claimed()
        site.kill_telegram()
        # What it had taken by then, and the workers may not have heard of.
        unheard = {chat for at, chat in site.journal().taken_at if chat in held or at >= moment}
        site.fall_due(800)
        time.sleep(AWAY)
        site.start_telegram()
        site.wait_until_done(within=5 * LONGEST_BACKOFF)
        tally = site.tally()
    report("Telegram away for a minute", tally, in_flight=len(unheard), note="refusing connections")
    assert (tally.reminders, tally.lost, tally.torn) == (2000, 0, 0)
    # Messages that it took in its last moment without a word.
    assert tally.repeated <= Counter(unheard)


def test_reminders_outlive_a_minute_of_silence(new_site: NewSite, report: Report) -> None:
    with new_site(rate=RATE) as site:
        site.start("beat", "worker")
        site.fall_due(800)
        site.wait_until_sending()
        site.freeze_telegram()
        site.fall_due(800)
        swallowed = set()
        until = time.monotonic() + AWAY
        time.sleep(5)  # what it answered before is settled; what it swallows is held for four times as long
        while time.monotonic() < until:
            swallowed |= site.claimed()
            time.sleep(1)
        site.freeze_telegram(False)
        site.wait_until_done(within=5 * LONGEST_BACKOFF)
        tally = site.tally()
    report("Telegram silent for a minute", tally, in_flight=len(swallowed), note="connections hang")
    assert (tally.reminders, tally.lost, tally.torn) == (2000, 0, 0)
    # Messages that it woke up to and took, when nobody waited for the answer any more: what the two couriers had under
    # way when it fell silent, and the few by which they tried whether it was back.
    assert tally.repeated.keys() <= swallowed
    assert len(swallowed) <= WINDOW + AWAY / 10


def test_a_storm_of_429_is_waited_out(new_site: NewSite, report: Report) -> None:
    with new_site(rate=RATE) as site:
        site.start("beat", "worker")
        for _ in range(3):
            site.bot_api.set_limits(rate=1, retry_after=STOP)
            refused = len(site.journal().refused)
            site.fall_due(536)
            wait_for(lambda: len(site.journal().refused) > refused, what="a 429")  # noqa: B023
            site.bot_api.set_limits(rate=None)
            time.sleep(1)
            # Neither an attempt nor an error is anybody's fault here.
            assert not site.ask("SELECT * FROM reminders_envelope WHERE attempts > 0")
            site.wait_until_sending()
        site.wait_until_done(within=300)
        tally = site.tally()
        journal = site.journal()
    report("429 three times", tally, note=f"{len(journal.refused)} calls refused")
    assert (tally.reminders, tally.lost, tally.twice, tally.torn) == (2010, 0, 0, 0)
    for first in first_refusals(journal.refused):
        # What had set out before the answer came was refused as well; nothing else comes before its time.
        early = [at for at in journal.arrived if first + SET_OUT < at < first + STOP - 0.5]
        assert not early, (first, early)


def first_refusals(moments: list[float]) -> list[float]:
    """The first one of each storm."""
    found: list[float] = []
    for at in moments:
        if not found or at > found[-1] + STOP - 0.5:
            found.append(at)
    return found


# What each fault is, and whether Telegram takes the message all the same.
FAULTS: dict[str, dict[str, Any]] = {
    "it hangs": {"hang": True},
    "it resets the connection": {"reset": True, "body": ""},
    "500 of its own": {"status": 500, "answer": {"ok": False, "error_code": 500, "description": "Internal"}},
    "502 of a gateway": {"status": 502, "body": "<html>Bad Gateway</html>", "content_type": "text/html"},
    "503 without a word": {"status": 503, "body": ""},
    "200 with a page": {"body": "<html>Sign in to this network</html>", "content_type": "text/html"},
    "200 with half a document": {"body": '{"ok": tr'},
    "200 with another document": {"body": "[1, 2]"},
    "429 without a number": {"status": 429, "body": "slow down", "content_type": "text/plain"},
    "it takes the message and resets": {"carried_out": True, "reset": True},
    "it takes the message and answers 500": {"carried_out": True, "status": 500, "body": ""},
}
TIMES = 10  # that each happens


def test_reminders_outlive_any_mixture_of_faults(new_site: NewSite, report: Report) -> None:
    faults = [name for name in FAULTS for _ in range(TIMES)]
    random.Random(20260331).shuffle(faults)
    unheard = sum(TIMES for fault in FAULTS.values() if "carried_out" in fault)
    with new_site(rate=RATE) as site:
        for name in faults:
            site.bot_api.fail("sendMessage", **FAULTS[name])
        site.start("beat", "worker")
        site.fall_due(1600)
        site.wait_until_done(within=5 * LONGEST_BACKOFF)
        tally = site.tally()
    report("hanging, reset, garbled and 5xx, mixed", tally, in_flight=unheard, note=f"{len(faults)} calls")
    assert (tally.reminders, tally.lost, tally.torn) == (2000, 0, 0)
    assert tally.twice <= unheard
