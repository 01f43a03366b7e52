"""When a schedule is due, found in another way than the code finds it, and sharing nothing with it.

It counts dates with dateutil's rrule on local wall time, and finds instants by looking at what the zone's clock shows:
it walks along UTC and never reads a wall time back into an instant, so it needs no fold and no gap rule.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, WEEKLY, rrule

from habits.occurrences import Occurrence, Rule

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def shown(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """What the zone's clock shows at an instant."""
    return at.astimezone(zone).replace(tzinfo=None)


def oracle_instant(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """The first instant at which the clock shows `wall`, or the first at which it shows more; None for a lost date."""
    start = wall.replace(tzinfo=dt.UTC) - 27 * HOUR
    probes = [start + HOUR * n for n in range(55)]
    hits = {probe + (wall - shown(probe, zone)) for probe in probes}
    exact = sorted(at for at in hits if shown(at, zone) == wall)
    if exact:
        return exact[0]
    before = max(probe for probe in probes if shown(probe, zone) < wall)
    for step in (dt.timedelta(minutes=1), dt.timedelta(seconds=1)):
        while shown(before + step, zone) < wall:
            before += step
    end = before + step
    date_lost = shown(before, zone).date() < wall.date() < shown(end, zone).date()
    return None if date_lost else end


def oracle_dates(rule: Rule, first: dt.date, last: dt.date) -> list[dt.date]:
    begin = dt.datetime.combine(rule.starts_on, dt.time())
    if rule.every_days is not None:
        dates = rrule(DAILY, interval=rule.every_days, dtstart=begin)
    else:
        dates = rrule(WEEKLY, byweekday=[day - 1 for day in rule.weekdays or ()], dtstart=begin)
    window = dt.datetime.combine(first, dt.time()), dt.datetime.combine(last, dt.time())
    return [found.date() for found in dates.between(*window, inc=True)]


def oracle(rule: Rule, after: dt.datetime, until: dt.datetime) -> list[Occurrence]:
    zone = ZoneInfo(rule.timezone)
    dates = oracle_dates(rule, shown(after, zone).date() - 3 * DAY, shown(until, zone).date() + 3 * DAY)
    pairs = [(date, oracle_instant(dt.datetime.combine(date, rule.time), zone)) for date in dates]
    return [Occurrence(date, at) for date, at in pairs if at is not None and after < at <= until]
