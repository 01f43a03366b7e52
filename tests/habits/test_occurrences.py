"""The schedule's arithmetic, against an oracle that shares nothing with it."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from habits.occurrences import Occurrence, Rule, is_due_on, next_occurrence, occurrences
from tests.habits.oracle import DAY, oracle, oracle_dates

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
FIRST = dt.datetime(1970, 1, 3, tzinfo=dt.UTC)
LAST = dt.datetime(2037, 12, 1, tzinfo=dt.UTC)


@cache
def clock_changes(name: str) -> list[dt.datetime]:
    """About when (to the day) the zone's offset changes."""
    zone, found, at = ZoneInfo(name), [], FIRST
    while at < LAST:
        if at.astimezone(zone).utcoffset() != (at + 7 * DAY).astimezone(zone).utcoffset():
            found.append(at + 3 * DAY)
        at += 7 * DAY
    return found


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rule, dt.datetime]:
    name = draw(st.sampled_from(ZONES))
    changes = clock_changes(name)
    near_a_change: bool = draw(st.sampled_from([True, True, True, False]))
    if changes and near_a_change:
        change: dt.datetime = draw(st.sampled_from(changes))
        after = change + dt.timedelta(seconds=draw(st.integers(-6 * 86400, 5 * 86400)))
    else:
        seconds = int((LAST - FIRST).total_seconds())
        after = FIRST + dt.timedelta(seconds=draw(st.integers(0, seconds)))
    minute = draw(st.one_of(st.integers(0, 1439), st.integers(0, 8).map(lambda half: half * 30)))
    by_weekdays = draw(st.booleans())
    rule = Rule(
        time=dt.time(*divmod(minute, 60)),
        every_days=None if by_weekdays else draw(st.integers(1, 7)),
        weekdays=tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1)))) if by_weekdays else None,
        starts_on=after.date() + DAY * draw(st.integers(-800, 9)),
        timezone=name,
    )
    return rule, after


# In CI 20,000 cases, the promise of this module: some 40 seconds, spread over four items so that workers share them.
CASES = 500 if settings.get_current_profile_name() == "dev" else 5_000


@pytest.mark.parametrize("part", range(4))
def test_it_agrees_with_the_oracle_in_every_zone(part: int) -> None:
    seen = 0

    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(cases())
    @example(
        (Rule(dt.time(12), 1, None, dt.date(2011, 12, 20), "Pacific/Apia"), dt.datetime(2011, 12, 28, tzinfo=dt.UTC))
    )
    def agrees(case: tuple[Rule, dt.datetime]) -> None:
        nonlocal seen
        seen += 1
        rule, after = case
        until = after + 10 * DAY
        expected = oracle(rule, after, until)
        assert list(occurrences(rule, after=after, until=until)) == expected
        first = next_occurrence(rule, after=after)
        assert first is not None
        if expected:
            assert first == expected[0]
        else:
            assert first.at > until

    agrees()
    assert seen >= CASES


@settings(max_examples=500, deadline=None)
@given(cases(), st.integers(0, 40))
def test_it_says_of_each_date_whether_the_schedule_names_it(case: tuple[Rule, dt.datetime], days: int) -> None:
    rule, after = case
    date = after.date() + DAY * (days - 20)
    assert is_due_on(rule, date) == (date in oracle_dates(rule, date, date))


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "time", "after", "expected"),
    [
        # Moscow moved to UTC+4 for good in 2011 and to UTC+3 in 2014.
        ("Europe/Moscow", "02:30", utc(2011, 3, 26, 12), [utc(2011, 3, 26, 23), utc(2011, 3, 27, 22, 30)]),
        ("Europe/Moscow", "01:30", utc(2014, 10, 25, 12), [utc(2014, 10, 25, 21, 30), utc(2014, 10, 26, 22, 30)]),
        # New York: 02:30 is skipped on 8 March 2026, 01:30 happens twice on 1 November 2026.
        ("America/New_York", "02:30", utc(2026, 3, 7, 12), [utc(2026, 3, 8, 7), utc(2026, 3, 9, 6, 30)]),
        ("America/New_York", "01:30", utc(2026, 10, 31, 12), [utc(2026, 11, 1, 5, 30), utc(2026, 11, 2, 6, 30)]),
        # Berlin: 02:30 is skipped on 29 March 2026 and happens twice on 25 October 2026.
        ("Europe/Berlin", "02:30", utc(2026, 3, 28, 12), [utc(2026, 3, 29, 1), utc(2026, 3, 30, 0, 30)]),
        ("Europe/Berlin", "02:30", utc(2026, 10, 24, 12), [utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)]),
        # Lord Howe moves by half an hour: 02:15 is skipped on 4 October 2026, 01:45 happens twice on 5 April 2026.
        ("Australia/Lord_Howe", "02:15", utc(2026, 10, 3, 12), [utc(2026, 10, 3, 15, 30), utc(2026, 10, 4, 15, 15)]),
        ("Australia/Lord_Howe", "01:45", utc(2026, 4, 4, 12), [utc(2026, 4, 4, 14, 45), utc(2026, 4, 5, 15, 15)]),
        # Apia went from 29 to 31 December 2011.
        ("Pacific/Apia", "07:00", utc(2011, 12, 29, 12), [utc(2011, 12, 29, 17), utc(2011, 12, 30, 17)]),
        # Havana skips midnight itself: 8 March 2026 begins at 01:00.
        ("America/Havana", "00:00", utc(2026, 3, 7, 12), [utc(2026, 3, 8, 5), utc(2026, 3, 9, 4)]),
        # A leap day is a day like any other.
        ("UTC", "07:00", utc(2028, 2, 28, 7), [utc(2028, 2, 29, 7), utc(2028, 3, 1, 7)]),
    ],
)
def test_it_keeps_wall_time_through_clock_changes(
    zone: str, time: str, after: dt.datetime, expected: list[dt.datetime]
) -> None:
    rule = Rule(dt.time.fromisoformat(time), 1, None, dt.date(2000, 1, 1), zone)
    assert [found.at for found in occurrences(rule, after=after, until=expected[-1])] == expected


def test_an_occurrence_belongs_to_its_local_date() -> None:
    rule = Rule(dt.time(6), 1, None, dt.date(2026, 1, 1), "Pacific/Auckland")
    assert next_occurrence(rule, after=utc(2026, 6, 1, 12)) == Occurrence(dt.date(2026, 6, 2), utc(2026, 6, 1, 18))


def test_every_third_day_is_counted_from_the_start_date_across_a_leap_day() -> None:
    rule = Rule(dt.time(7), 3, None, dt.date(2028, 2, 26), "UTC")
    found = occurrences(rule, after=utc(2028, 2, 26), until=utc(2028, 3, 7))
    assert [each.date.isoformat() for each in found] == ["2028-02-26", "2028-02-29", "2028-03-03", "2028-03-06"]


def test_it_is_strictly_after_the_instant() -> None:
    rule = Rule(dt.time(7), 1, None, dt.date(2026, 1, 1), "UTC")
    due = utc(2026, 5, 5, 7)
    assert next_occurrence(rule, after=due - dt.timedelta(microseconds=1)) == Occurrence(due.date(), due)
    assert next_occurrence(rule, after=due) == Occurrence(due.date() + DAY, due + DAY)


def test_it_ends_with_the_calendar() -> None:
    rule = Rule(dt.time(7), 7, None, dt.date(2026, 1, 1), "UTC")
    assert next_occurrence(rule, after=utc(9999, 12, 31, 8)) is None
