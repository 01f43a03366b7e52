"""The morning peak, simulated: how late the last message of the day is, with and without envelopes. Nothing is sent."""

import random
from collections.abc import Callable
from typing import Final, TypeVar

from django.conf import settings

from benchmarks.ground import Ground
from benchmarks.section import Section, count
from benchmarks.size import Size
from telegram.shared_bucket import USED

T = TypeVar("T")

ABOUT: Final = """\
A simulation of one day, of arithmetic alone: messages wait in the order of their due moment for a limit that is used
as far as the limiter uses it, and what is an hour late is missed; a tick adds up to a second to what is shown.
Assumed: people live in ten offsets around Moscow and Europe; they have one to five habits due a day, 2.5 on average;
three of five are in the morning around 7, one in four in the evening around 21, the rest around 13; 55 % at the full
hour, 25 % at the half, 12 % at the quarter, the rest at five minutes; a further habit of a person falls with
probability 0.4 on the moment of the one before, as habits that are stacked do.
"""
# Offsets from UTC in minutes, and how many in a hundred live there.
OFFSETS: Final = {180: 45, 300: 12, 60: 10, 420: 6, 240: 6, -300: 6, 120: 5, 0: 5, -480: 3, 330: 2}
HABITS: Final = {1: 30, 2: 25, 3: 20, 4: 15, 5: 10}
# Minutes of the local day: the middle, the spread, how many in a hundred.
TIMES: Final = {(7 * 60, 60): 60, (21 * 60, 75): 25, (13 * 60, 90): 15}
ROUNDED_TO: Final = {60: 55, 30: 25, 15: 12, 5: 8}
STACKED: Final = 0.4
DAY: Final = 24 * 60  # minutes
RATES: Final = (30, 1000)
STEPS: Final = 50


def run(ground: Ground, size: Size) -> Section:
    section = Section("The morning peak, simulated", ABOUT)
    table = section.table(
        "",
        "people",
        "messages a day",
        "in the fullest minute",
        "rate",
        "last message late",
        "over a minute late",
        "missed",
    )
    for people in size.people:
        with ground.progress(f"a day of {count(people)} people", people) as done:
            reminders, envelopes = day(people, done)
        for rate in RATES:
            for what, minutes in (("envelopes", envelopes), ("single reminders", reminders)):
                last, late, missed = queued(minutes, rate * USED)
                total = sum(minutes)
                table.add(
                    f"{count(people)}, {what}", count(total), count(max(minutes)), count(rate), told(last),
                    f"{late / total:.1%}", f"{missed / total:.1%}",
                )  # fmt: skip
    return section


def day(people: int, done: Callable[[int], None]) -> tuple[list[int], list[int]]:
    """Reminders, and envelopes, of each minute of a day in UTC."""
    chance = random.Random(20260114)
    reminders, envelopes = [0] * DAY, [0] * DAY
    for person in range(people):
        offset = drawn(chance, OFFSETS)
        moments: list[int] = []
        for _ in range(drawn(chance, HABITS)):
            stacked = moments and chance.random() < STACKED
            moments.append(moments[-1] if stacked else (local_time(chance) - offset) % DAY)
        for moment in moments:
            reminders[moment] += 1
        for moment in set(moments):
            envelopes[moment] += 1
        if person % (people // STEPS) == 0:
            done(person)
    return reminders, envelopes


def local_time(chance: random.Random) -> int:
    middle, spread = drawn(chance, TIMES)
    grain = drawn(chance, ROUNDED_TO)
    return round(chance.gauss(middle, spread) / grain) * grain % DAY


def drawn(chance: random.Random, weights: dict[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


def queued(minutes: list[int], rate: float) -> tuple[float, float, float]:
    """Seconds that the last message is late; how many are more than a minute late, and how many are missed.

    The day before fills the queue that this one begins with.
    """
    sense = settings.REMINDER_MAKES_SENSE_FOR.total_seconds()
    free = last = late = missed = 0.0
    for minute, messages in enumerate([*minutes, *minutes]):
        due = minute * 60.0
        start = max(free, due)
        sent = min(messages, max(0.0, (due + sense - start) * rate))
        free = start + sent / rate
        if minute >= DAY and messages:
            missed += messages - sent
            last = max(last, free - due if sent else sense)
            late += min(sent, max(0.0, (free - due - 60) * rate))
    return last, late, missed


def told(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"
