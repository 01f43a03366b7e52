"""What a due schedule row comes to at a given moment: what to remind of, what was missed, and when it is due next."""

import datetime as dt
import logging
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from habits.models import Schedule
from habits.occurrences import Occurrence, Rule, next_occurrence, occurrences

logger = logging.getLogger(__name__)

INSTANT = dt.timedelta(microseconds=1)
# A row that cannot be reckoned is tried again after this long, rather than stop everyone else's.
SET_ASIDE_FOR = dt.timedelta(hours=1)


class ScheduleRow(NamedTuple):
    """A schedule row as the planner reads it; `next_at` is not null."""

    habit_id: int
    person_id: int
    time: dt.time
    every_days: int | None
    weekdays: tuple[int, ...] | None
    starts_on: dt.date
    timezone: str
    next_at: dt.datetime

    @property
    def rule(self) -> Rule:
        return Rule(self.time, self.every_days, self.weekdays, self.starts_on, self.timezone)


@dataclass(frozen=True, slots=True)
class Due:
    """`waiting` is the one to remind of, `missed` those that no longer make sense, `error` why nothing could be told.

    With an error, `waiting` is the occurrence that failed.
    """

    waiting: Occurrence | None
    missed: tuple[Occurrence, ...]
    next_at: dt.datetime | None
    error: str | None = None


def rule_of(schedule: Schedule) -> Rule:
    return Rule(schedule.time, schedule.every_days, schedule.weekdays, schedule.starts_on, schedule.timezone)


def row_of(schedule: Schedule) -> ScheduleRow:
    """The row of a schedule whose `next_at` is known to be set."""
    if schedule.next_at is None:
        raise ValueError("a schedule without next_at is not due")
    rule = rule_of(schedule)
    return ScheduleRow(
        schedule.habit_id,
        schedule.person_id,
        rule.time,
        rule.every_days,
        rule.weekdays,
        rule.starts_on,
        rule.timezone,
        schedule.next_at,
    )


class Reckoner:
    """Reckons rows for one moment. Many people share a time and a zone, so equal rules are reckoned once."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._known: dict[tuple[object, ...], Due] = {}

    def __call__(self, row: ScheduleRow) -> Due:
        started = row.starts_on < row.next_at.date() - dt.timedelta(days=1)
        phase: object = row.starts_on
        if started:
            # Where a schedule that runs already began no longer matters, but for its place in every N days.
            phase = row.starts_on.toordinal() % row.every_days if row.every_days else None
        key = (row.time, row.every_days, row.weekdays, phase, row.timezone, row.next_at)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._reckon(row)
        return known

    def _reckon(self, row: ScheduleRow) -> Due:
        try:
            return self._due(row)
        except Exception as error:
            # A zone that this machine's data no longer knows, say. It must not keep everyone else waiting.
            logger.exception("The schedule of habit %s cannot be reckoned", row.habit_id)
            lost = Occurrence(row.next_at.date(), row.next_at)
            return Due(lost, (), self._now + SET_ASIDE_FOR, error=f"{type(error).__name__}: {error}")

    def _due(self, row: ScheduleRow) -> Due:
        rule, now = row.rule, self._now
        upcoming = next_occurrence(rule, after=now)
        # Older ones than are kept would be pruned at once.
        since = max(row.next_at, now - settings.REMINDERS_KEPT_FOR)
        due = list(occurrences(rule, after=since - INSTANT, until=now))
        if not due and since == row.next_at:
            due = self._moved_away(row, upcoming)
        next_at = upcoming.at if upcoming else None
        if due and now - due[-1].at <= settings.REMINDER_MAKES_SENSE_FOR:
            return Due(due[-1], tuple(due[:-1]), next_at)
        return Due(None, tuple(due), next_at)

    def _moved_away(self, row: ScheduleRow, upcoming: Occurrence | None) -> list[Occurrence]:
        """`next_at` is no occurrence any more: the zone's rules were changed by a newer time zone database.

        If that date's occurrence is still to come there is nothing to tell yet; else the old moment has to do.
        """
        date = row.next_at.astimezone(ZoneInfo(row.timezone)).date()
        return [] if upcoming and upcoming.date == date else [Occurrence(date, row.next_at)]
