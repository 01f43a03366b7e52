"""When a person is reminded next: not of what is answered for today already, though its time is still to come."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from accounts.models import Person
from habits.models import Schedule
from habits.occurrences import next_occurrence
from reminders.reckoning import rule_of
from tracking.queries import answered
from tracking.rules import today


def next_reminder(schedules: Iterable[Schedule], *, person: Person, now: dt.datetime) -> dt.datetime | None:
    """The first moment that one of these schedules of the person reminds; None where none of them does. One query."""
    planned = [(schedule, schedule.next_at) for schedule in schedules if schedule.next_at is not None]
    date, zone = today(person, now), ZoneInfo(person.timezone)
    done = answered([(schedule.pk, date) for schedule, at in planned if at.astimezone(zone).date() == date])
    moments = [_behind(schedule, at) if (schedule.pk, date) in done else at for schedule, at in planned]
    return min(filter(None, moments), default=None)


def _behind(schedule: Schedule, at: dt.datetime) -> dt.datetime | None:
    occurrence = next_occurrence(rule_of(schedule), after=at)
    return occurrence.at if occurrence else None
