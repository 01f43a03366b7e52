"""How answers are read."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Person
from contract.errors import FieldError, RuleBroken
from habits.queries import own_habit
from tracking.models import CheckIn
from tracking.rules import today

# A habit's id, and a local date of its person.
HabitDate = tuple[int, dt.date]

DAYS_SHOWN: Final = 30
MAX_DAYS: Final = 366
_TOO_MANY = ngettext_lazy(
    "At most %(count)s day can be shown at once.", "At most %(count)s days can be shown at once.", "count"
)

# OFFSET 0 keeps it at one look into the unique index for each pair, whatever the statistics say of a growing table.
ANSWERED = """
SELECT asked.place FROM unnest(%s::bigint[], %s::date[]) WITH ORDINALITY AS asked (habit_id, date, place)
WHERE EXISTS (
    SELECT FROM tracking_checkin answer
    WHERE answer.habit_id = asked.habit_id AND answer.date = asked.date OFFSET 0
)
"""


def answered(dates: Collection[HabitDate]) -> set[HabitDate]:
    """Those of many dates that are answered, done or skipped. One query."""
    if not dates:
        return set()
    asked = list(dates)
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, columns(asked))
        return {asked[place - 1] for (place,) in cursor.fetchall()}


def columns(asked: Sequence[HabitDate]) -> tuple[str, str]:
    """Both columns as PostgreSQL writes arrays. It is asked for every batch of reminders, and psycopg would take three
    times as long over dates that are nearly all the same."""
    said = {date: date.isoformat() for date in {date for _habit, date in asked}}
    habits, days = ",".join([str(habit) for habit, _date in asked]), ",".join([said[date] for _habit, date in asked])
    return f"{{{habits}}}", f"{{{days}}}"


def answers_of(*, person: Person, dates: Collection[HabitDate]) -> dict[HabitDate, CheckIn]:
    """The person's answers among the dates of a message; another's are not there. One query."""
    habits, days = {habit for habit, _day in dates}, {day for _habit, day in dates}
    found = CheckIn.objects.filter(habit__owner=person, habit__in=habits, date__in=days)
    return {key: answer for answer in found if (key := (answer.habit_id, answer.date)) in dates}


def check_ins(
    *, person: Person, habit_id: int, now: dt.datetime, from_: dt.date | None = None, to: dt.date | None = None
) -> list[CheckIn]:
    """The answers for one of the person's habits from one date to another, both included, the oldest first.

    Not told: to today on the person's clock, from DAYS_SHOWN days. Raises `NotFound`; `RuleBroken` for a time that is
    turned round or longer than MAX_DAYS.
    """
    habit = own_habit(person=person, habit_id=habit_id)
    to = today(person, now) if to is None else to
    from_ = to - dt.timedelta(days=DAYS_SHOWN - 1) if from_ is None else from_
    if from_ > to:
        message = _("The first date must not come after the last one, %(to)s.") % {"to": to.isoformat()}
        raise RuleBroken(FieldError("from", "after_to", message))
    if (to - from_).days >= MAX_DAYS:
        raise RuleBroken(FieldError("from", "too_many_days", _TOO_MANY % {"count": MAX_DAYS}))
    return list(habit.check_ins.filter(date__range=(from_, to)).order_by("date"))
