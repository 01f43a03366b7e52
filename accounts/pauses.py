"""A pause of all reminders: until a date on the person's own clock, the first one that is reminded of again."""

import datetime as dt
from zoneinfo import ZoneInfo


def pause_end(until: dt.date | None, timezone: str, *, now: dt.datetime) -> dt.datetime | None:
    """When (UTC) a pause until that date ends: at its start in that zone. None where it is over at `now`."""
    if until is None:
        return None
    end = dt.datetime.combine(until, dt.time(), tzinfo=ZoneInfo(timezone)).astimezone(dt.UTC)
    return end if end > now else None
