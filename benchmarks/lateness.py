"""Lateness, and taps during a peak: beat, a worker of two slots and the bot's polling, as `make run` starts them."""

import datetime as dt
import random
import time
from typing import Final

from django.utils import timezone

from benchmarks import crowd
from benchmarks.ground import LATENCY, Ground
from benchmarks.section import Section, Table, count, percentile
from benchmarks.size import Size

ABOUT: Final = """\
Beat, one worker of two slots and the bot's polling as `make run` starts them, with `TELEGRAM_RATE` as shown. A
*minute* is people whose habits are due at one moment, half a second's quota of them; the moments lie anywhere between
two ticks of beat, and are counted until the message arrives at the Bot API. In the *peak* everybody is due at once,
while people tap buttons: a tap is answered when the answer arrives there, having come to the bot by polling after 80
ms.
"""
MARGIN: Final = 1.5  # seconds that anything may be late beyond what the rate makes it
APART: Final = 2.6  # seconds between two minutes, at least
PATIENCE: Final = 60.0  # seconds
# Seconds between two taps, by rate: they take from the same quota.
TAPS: Final = {30: 1.0, 1000: 0.1}
NEVER: Final = float("inf")


def run(ground: Ground, size: Size) -> Section:
    section = Section("Lateness", ABOUT)
    minutes = section.table(
        "Minutes, in seconds after the due moment", "rate", "minutes", "messages", "median", "p99", "last"
    )
    peaks = section.table(
        "Peak, in seconds after the due moment", "rate", "messages", "taps", "last message", "allowed", "lost", "twice"
    )
    taps = section.table("Taps answered during the peak, in seconds", "rate", "taps", "median", "p95", "slowest")
    for rate, messages in size.peak.items():
        with ground.connect() as database:
            crowd.clear(database)
        ground.stub.reset(latency=LATENCY)
        limit = {"TELEGRAM_RATE": str(rate)}
        with ground.running(*(ground.part(name, **limit) for name in ("beat", "worker", "bot"))):
            wait_until_awake(ground)
            small_minutes(ground, section, minutes, rate, size.minutes)
            peak(ground, section, (peaks, taps), rate, messages)
    return section


def wait_until_awake(ground: Ground) -> None:
    """Every part has shown itself: a reminder has come, and a tap was answered."""
    with ground.connect() as database, ground.console.status("Starting beat, worker and bot"):
        crowd.due(database, 1, timezone.now())
        ground.stub.tap(1)
        until = time.monotonic() + PATIENCE
        while {"sendMessage", "answerCallbackQuery"} - {call.method for call in ground.stub.calls()}:
            if time.monotonic() > until:
                raise RuntimeError("beat, worker and bot did not start")
            time.sleep(0.1)


def small_minutes(ground: Ground, section: Section, table: Table, rate: int, minutes: int) -> None:
    quota = rate // 2
    first = timezone.now() + dt.timedelta(seconds=4 + minutes * quota / 1500)  # making them takes time, too
    due: dict[str, dt.datetime] = {}
    with ground.connect() as database:
        for number in range(minutes):
            at = first + dt.timedelta(seconds=number * APART + random.uniform(0, 1))
            due |= dict.fromkeys(map(str, crowd.due(database, quota, at)), at)
        crowd.tidy(database)
    ground.stub.reset(latency=LATENCY)
    late = arrivals(ground, due, f"minutes at {count(rate)} a second")
    found = percentile(late, 0.99)
    table.add(
        count(rate), minutes, count(len(late)), f"{percentile(late, 0.5):.2f}", f"{found:.2f}", f"{max(late):.2f}"
    )
    section.hold(
        f"minutes of half a second's quota at {count(rate)}: p99 at most {MARGIN} s", f"{found:.2f} s", found <= MARGIN
    )


def peak(ground: Ground, section: Section, tables: tuple[Table, Table], rate: int, messages: int) -> None:
    at = timezone.now() + dt.timedelta(seconds=4 + messages / 1500)
    with ground.connect() as database:
        due = dict.fromkeys(map(str, crowd.due(database, messages, at)), at)
        crowd.tidy(database)
    ground.stub.reset(latency=LATENCY)
    taps: dict[str, float] = {}
    late = arrivals(ground, due, f"peak at {count(rate)} a second", taps=taps, every=TAPS[rate])
    answered = answers(ground, len(taps))
    waits = [answered.get(name, NEVER) - tapped for name, tapped in taps.items()]
    sent = [call.whose for call in ground.stub.calls("sendMessage")]
    allowed = (messages + len(taps)) / rate + MARGIN
    lost, twice = len(due.keys() - set(sent)), len(sent) - len(set(sent))
    tables[0].add(count(rate), count(messages), len(taps), f"{max(late):.1f}", f"{allowed:.1f}", lost, twice)
    found = percentile(waits, 0.95)
    tables[1].add(count(rate), len(taps), f"{percentile(waits, 0.5):.2f}", f"{found:.2f}", f"{max(waits):.2f}")
    what = f"{count(messages)} in one minute at {count(rate)}: the last within N / rate + {MARGIN} s (N counts answers)"
    section.hold(what, f"{max(late):.1f} of {allowed:.1f} s", max(late) <= allowed)
    section.hold(f"taps during the peak at {count(rate)}: p95 at most 1 s", f"{found:.2f} s", found <= 1)


def arrivals(
    ground: Ground,
    due: dict[str, dt.datetime],
    what: str,
    *,
    taps: dict[str, float] | None = None,
    every: float = 0.2,
) -> list[float]:
    """Seconds that the messages were late, once all have come. Meanwhile somebody taps `every` so many seconds."""
    begin, end = min(due.values()).timestamp(), max(due.values()).timestamp()
    until = end + PATIENCE + len(due) / 25
    with ground.progress(what, len(due)) as done:
        while (there := ground.stub.arrived()) < len(due) and time.time() < until:
            done(there)
            if taps is not None and time.time() >= begin:
                name, tapped = ground.stub.tap(random.randint(1, len(due)))
                taps[name] = tapped
            time.sleep(every)
    came = {call.whose: call.at for call in ground.stub.calls("sendMessage")}
    return [came.get(chat, NEVER) - at.timestamp() for chat, at in due.items()]


def answers(ground: Ground, taps: int) -> dict[str, float]:
    """When each tap was answered; the last ones get a few seconds."""
    for _ in range(50):
        found = {call.whose: call.at for call in ground.stub.calls("answerCallbackQuery")}
        if len(found) >= taps:
            break
        time.sleep(0.1)
    return found
