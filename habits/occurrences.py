"""When a schedule is due: pure date arithmetic, no ORM, no clock of its own.

A schedule is wall-clock time in the person's IANA zone, so an occurrence is found in two steps: the local date by
counting days, then the instant (UTC) of that date's wall time. Where a zone's clocks are changed:

- a time that happens twice fires the first time only;
- a time that is skipped fires at the first instant after the gap;
- a date that the zone never had (Apia, 30 December 2011) is dropped.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from habits.weekdays import Weekdays

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A local time of day, every N days counted from `starts_on` or on named ISO weekdays (exactly one of the two)."""

    time: dt.time
    every_days: int | None
    weekdays: Weekdays | None
    starts_on: dt.date
    timezone: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due moment: the local date that it belongs to, and the instant in UTC."""

    date: dt.date
    at: dt.datetime


def next_occurrence(rule: Rule, *, after: dt.datetime) -> Occurrence | None:
    """The first occurrence strictly after the instant `after`; None only past the year 9999."""
    zone = ZoneInfo(rule.timezone)
    try:
        # A skipped time is moved forward at most to the next date, so yesterday's may still be to come.
        date = _due_date(rule, max(after.astimezone(zone).date() - DAY, rule.starts_on))
        while True:
            at = instant(date, rule.time, zone)
            if at is not None and at > after:
                return Occurrence(date, at)
            date = _due_date(rule, date + DAY)
    except OverflowError:
        return None


def occurrences(rule: Rule, *, after: dt.datetime, until: dt.datetime) -> Iterator[Occurrence]:
    """The occurrences with after < at <= until, in order."""
    found = next_occurrence(rule, after=after)
    while found is not None and found.at <= until:
        yield found
        found = next_occurrence(rule, after=found.at)


def is_due_on(rule: Rule, date: dt.date) -> bool:
    """Whether the schedule names this local date."""
    return date >= rule.starts_on and _due_date(rule, date) == date


def _due_date(rule: Rule, date: dt.date) -> dt.date:
    """The first date on or after `date` (itself on or after `starts_on`) that the schedule names."""
    if rule.every_days is not None:
        return date + DAY * ((rule.starts_on - date).days % rule.every_days)
    weekdays = rule.weekdays or ()
    today = date.isoweekday()
    return date + DAY * min((day - today) % 7 for day in weekdays)


def instant(date: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime | None:
    """The instant (UTC) of a wall time; the end of the gap where it was skipped; None where the whole date was."""
    wall = dt.datetime.combine(date, time, tzinfo=zone)
    at = wall.astimezone(dt.UTC)
    if _wall_clock(at, zone) == wall.replace(tzinfo=None):
        return at
    end = _end_of_gap(wall)
    before = _wall_clock(end - SECOND, zone)
    after = _wall_clock(end, zone)
    return None if before.date() < date < after.date() else end


def _end_of_gap(wall: dt.datetime) -> dt.datetime:
    """The first instant whose wall clock is past the skipped time `wall`, to the second.

    PEP 495: in a gap, fold=1 reads the wall time with the offset after the change, which is an instant before it, and
    fold=0 the other way round. The change lies between the two.
    """
    zone = wall.tzinfo
    assert isinstance(zone, ZoneInfo)  # noqa: S101 (narrows the type)
    low = wall.replace(fold=1).astimezone(dt.UTC)
    high = wall.replace(fold=0).astimezone(dt.UTC)
    while high - low > SECOND:
        middle = low + SECOND * ((high - low) // SECOND // 2)
        if _wall_clock(middle, zone) > wall.replace(tzinfo=None):
            high = middle
        else:
            low = middle
    return high


def _wall_clock(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return at.astimezone(zone).replace(tzinfo=None)
