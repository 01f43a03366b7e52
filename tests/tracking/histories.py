"""Histories of one habit, drawn at random: what its person does to it, to their clock and to their pauses."""

import datetime as dt
from dataclasses import replace
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from accounts.pauses import pause_end
from habits.occurrences import Rule
from tests.tracking.oracle import DAY, Change
from tracking.counted import Answer

T = TypeVar("T")
MINUTE = dt.timedelta(minutes=1)
# An ordinary evening, and those before the clocks change in Europe, in New York, and before Apia's lost date.
MOMENTS = ((2026, 7, 1, 20), (2026, 3, 28, 20), (2026, 11, 1, 2), (2011, 12, 26, 5))
STARTS = [dt.datetime(*moment, tzinfo=dt.UTC) for moment in MOMENTS]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Pacific/Pago_Pago", "Pacific/Kiritimati"]
TIMES = [dt.time(7), dt.time(7), dt.time(2, 30), dt.time(0), dt.time(21), dt.time(23, 59)]
FREQUENCIES: list[dict[str, Any]] = [
    {"every_days": 1, "weekdays": None},
    {"every_days": 1, "weekdays": None},
    *({"every_days": days, "weekdays": None} for days in (2, 3, 7)),
    *({"every_days": None, "weekdays": days} for days in ((1, 3, 5), (6, 7), (4,), (1, 2, 3, 4, 5, 6, 7))),
]
STEPS = [1 * MINUTE, 59 * MINUTE, 6 * 60 * MINUTE, DAY, DAY, 2 * DAY, 3 * DAY, 8 * DAY, 30 * DAY]


class Draw(Protocol):
    """What `st.composite` and `st.data` both give."""

    def __call__(self, strategy: st.SearchStrategy[T], /) -> T: ...


class Story:
    """One habit's history as it goes on. Whoever tells it takes each `Change` for what has just happened."""

    def __init__(self, rule: Rule, at: dt.datetime, *, is_paused: bool) -> None:
        self.now, self.rule, self.is_paused, self.is_pleasant = at, rule, is_paused, False
        self.paused_until: dt.date | None = None
        self.answers: dict[dt.date, Answer] = {}
        self.history: list[Change] = []
        self.changed()

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(ZoneInfo(self.rule.timezone)).date()

    def changed(self) -> None:
        rule = None if self.is_paused or self.is_pleasant else self.rule
        resumes = pause_end(self.paused_until, self.rule.timezone, now=self.now)
        self.history.append(Change(self.now, rule, resumes, self.rule))

    def happen(self, what: str, draw: Draw) -> dict[str, Any]:
        """One thing that happens, by its name; what the services are to be told of it."""
        told: dict[str, Any] = {}
        if what == "time":
            told = {"time": draw(st.sampled_from(TIMES))}
        elif what == "frequency":
            told = draw(st.sampled_from(FREQUENCIES))
        elif what == "starts_on":
            told = {"starts_on": self.today + DAY * draw(st.integers(-10, 10))}
        elif what == "zone":
            told = {"timezone": draw(st.sampled_from(ZONES))}
        elif what == "pause":
            self.is_paused = not self.is_paused
        elif what == "pleasant":
            self.is_pleasant = not self.is_pleasant
        elif what == "pause all":
            later = draw(st.sampled_from([None, 1, 2, 10]))
            self.paused_until = self.today + DAY * later if later else None
        self.rule = replace(self.rule, **told)
        self.changed()
        return told


WHAT = ["time", "frequency", "starts_on", "zone", "zone", "pause", "pause", "pause all", "pleasant", "reward"]


@st.composite
def stories(draw: st.DrawFn, *, most: int = 12) -> tuple[Story, list[Change]]:
    """A whole history, and all that changed in it, one after the other."""
    story = begun(draw)
    for _ in range(draw(st.integers(0, most))):
        story.now += draw(st.sampled_from(STEPS))
        answered(story, draw)
        if draw(st.booleans()):
            story.happen(draw(st.sampled_from(WHAT)), draw)
    story.now += draw(st.sampled_from([0 * MINUTE, *STEPS]))
    answered(story, draw)
    return story, story.history


def begun(draw: Draw) -> Story:
    at = draw(st.sampled_from(STARTS)) + MINUTE * draw(st.sampled_from([0, 1, 300, 1440, 2000, 3000, 4320]))
    zone = draw(st.sampled_from(ZONES))
    starts_on = at.astimezone(ZoneInfo(zone)).date() + DAY * draw(st.sampled_from([0, 0, 0, -1, -20, 3]))
    frequency = draw(st.sampled_from(FREQUENCIES))
    rule = Rule(time=draw(st.sampled_from(TIMES)), starts_on=starts_on, timezone=zone, **frequency)
    return Story(rule, at, is_paused=draw(st.sampled_from([False] * 5 + [True])))


def answered(story: Story, draw: Draw) -> None:
    """Some of the last eight days are answered."""
    for back in draw(st.sets(st.integers(0, 7), max_size=6)):
        answer: Answer = draw(st.sampled_from(["done", "done", "skipped"]))
        story.answers[story.today - DAY * back] = answer
