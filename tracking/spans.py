"""Since when which rule has held for a habit: pure date arithmetic, no ORM, no clock of its own.

A span is a stretch of local dates on which a habit was due by one rule. Spans follow the engine: what counts as due is
what it has reminded of, or would have, had a channel reached the person. So a change never rewrites the past: the
span that goes on is cut to what has come, and the next one begins with the next occurrence that is to come. Between two
spans nothing is due: the habit rested.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from habits.occurrences import DAY, Rule, instant, next_occurrence

NOON: Final = dt.time(12)
INSTANT: Final = dt.timedelta(microseconds=1)
HALF_A_DAY: Final = dt.timedelta(hours=12)
# In which clocks are known to have been changed, or are foretold to be.
YEARS: Final = range(1970, 2038)


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts` until before `ends` (None: it goes on) the habit was due by the rule."""

    starts: dt.date
    ends: dt.date | None
    rule: Rule


def first_span(rule: Rule, *, now: dt.datetime) -> tuple[Span, ...]:
    """What a habit that is made now begins with: nothing, unless it is said to have started before today."""
    today = now.astimezone(ZoneInfo(rule.timezone)).date()
    return (Span(rule.starts_on, None, rule),) if rule.starts_on < today else ()


def followed(
    spans: Sequence[Span], rule: Rule | None, *, now: dt.datetime, resumes: dt.datetime | None = None
) -> tuple[Span, ...]:
    """The spans (in order, all of them or the last two) after a change at `now`.

    `rule` is the one that holds from now on, None where nothing is due any more: the habit is paused, or pleasant now.
    With `resumes`, nothing is due before that instant. Dates only go forward: one that was due is not due again where
    its person flies back over midnight.
    """
    kept = list(spans)
    going_on = kept.pop() if kept and kept[-1].ends is None else None
    came = _last_that_came(going_on, now) if going_on else None
    if going_on and came:
        kept.append(replace(going_on, ends=came + DAY))
    upcoming = _upcoming(rule, now=now, resumes=resumes)
    if rule is None or upcoming is None:
        return tuple(kept)
    starts = due_from(rule, max(upcoming, kept[-1].ends or upcoming)) if kept else upcoming
    if kept and kept[-1].rule == rule and due_from(rule, kept[-1].ends or starts) == starts:
        # The same rule goes on, and no date that it names is left out in between.
        kept[-1] = replace(kept[-1], ends=None)
    elif going_on and not came and going_on.rule == rule and due_from(rule, going_on.starts) == starts:
        kept.append(going_on)
    else:
        kept.append(Span(starts, None, rule))
    return tuple(kept)


def presumed(rule: Rule, *, made_at: dt.datetime, resting: bool) -> tuple[Span, ...]:
    """What is taken for the spans of a habit that nobody has followed (it was made past the services, or paused).

    As if the rule had held since the habit was made; while it rests, nothing is held against it.
    """
    if resting:
        return (Span(rule.starts_on, rule.starts_on, rule),)
    return followed(first_span(rule, now=made_at), rule, now=made_at)


def names(rule: Rule, date: dt.date) -> bool:
    """Whether the rule names this date, also before it began."""
    if rule.every_days is not None:
        named = (date - rule.starts_on).days % rule.every_days == 0
    else:
        named = date.isoweekday() in (rule.weekdays or ())
    return named and date not in lost_dates(rule.timezone)


def due_from(rule: Rule, date: dt.date) -> dt.date:
    """The first date on or after this one that the rule names."""
    while not names(rule, date):
        date += DAY
    return date


def due_until(rule: Rule, date: dt.date) -> dt.date:
    """The last date on or before this one that the rule names."""
    while not names(rule, date):
        date -= DAY
    return date


@cache
def lost_dates(timezone: str) -> frozenset[dt.date]:
    """The dates that the zone never had, its clocks having jumped a day ahead (Apia: 30 December 2011)."""
    zone = ZoneInfo(timezone)
    lost: list[dt.date] = []
    for first, last in pairwise(dt.date(year, 1, 1) for year in YEARS):
        days = (last - first).days
        begin, end = (dt.datetime.combine(date, NOON, tzinfo=zone).astimezone(dt.UTC) for date in (first, last))
        if end - begin < DAY * days - HALF_A_DAY:
            lost += (date for n in range(days + 1) if instant(date := first + DAY * n, NOON, zone) is None)
    return frozenset(lost)


def _last_that_came(span: Span, now: dt.datetime) -> dt.date | None:
    """The last date of the span whose moment has come at `now`."""
    zone = ZoneInfo(span.rule.timezone)
    # Clocks that are set back over midnight show yesterday's date after today's first moments.
    date = due_until(span.rule, now.astimezone(zone).date() + DAY)
    while date >= span.starts:
        at = instant(date, span.rule.time, zone)
        if at is not None and at <= now:
            return date
        date = due_until(span.rule, date - DAY)
    return None


def _upcoming(rule: Rule | None, *, now: dt.datetime, resumes: dt.datetime | None) -> dt.date | None:
    if rule is None:
        return None
    after = max(now, resumes - INSTANT) if resumes else now
    found = next_occurrence(rule, after=after)
    return found.date if found else None
