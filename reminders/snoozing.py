"""Reminded again later: a snooze is a reminder of its own, in its own envelope, about the same local date."""

import datetime as dt
from collections.abc import Collection
from functools import partial
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import Conflict, FieldError, NotFound, RuleBroken
from habits.models import Habit, Schedule
from habits.queries import NO_SUCH_HABIT
from reminders import metrics, trail
from reminders.channels import current_channel
from reminders.models import Envelope, Reminder
from tracking.queries import HabitDate, answered
from tracking.rules import PLEASANT, date_problem, today

LONGEST: Final = dt.timedelta(days=1)
SECOND: Final = dt.timedelta(seconds=1)

PAST = FieldError("until", "in_past", _("That moment has passed."))
TOO_FAR = FieldError("until", "too_far", _("A reminder can be put off for a day at most."))
ANSWERED = FieldError(None, "answered", _("It is answered already, so there is nothing to remind you of."))
PAUSED = FieldError(None, "paused", _("This habit is paused. Resume it to be reminded of it."))
ALL_PAUSED = FieldError(None, "all_paused", _("All your reminders are paused."))
NOT_REACHED = FieldError(None, "not_reached", _("Reminders have no way to reach you yet: link Telegram first."))


@transaction.atomic
def snooze(*, person: Person, habit_id: int, date: dt.date, until: dt.datetime, now: dt.datetime) -> Reminder:
    """Remind once more of this habit and local date, at `until` or within the minute after; what was snoozed before
    gives way to it.

    Raises `NotFound`; `RuleBroken` for a moment that has passed or is more than a day ahead, for a date that cannot be
    answered, and for a pleasant habit; `Conflict` where the date is answered, the habit or everything is paused, or no
    channel reaches the person.
    """
    # Whoever else writes reminders of this habit, or makes them unwanted, holds its schedule too.
    if not Schedule.objects.select_for_update().filter(pk=habit_id, person=person).exists():
        pleasant = Habit.objects.filter(pk=habit_id, owner=person, is_pleasant=True).exists()
        raise RuleBroken(PLEASANT) if pleasant else NotFound(NO_SUCH_HABIT)
    _check(person, habit_id, date, until, now)
    earlier = Reminder.objects.filter(
        habit=habit_id, date=date, kind=Reminder.Kind.SNOOZE, state=Reminder.State.WAITING
    )
    cancelled = earlier.update(state=Reminder.State.CANCELLED, settled_at=now, envelope=None)
    due_at = _free_moment(habit_id, until)
    envelope = Envelope.objects.create(person_id=person.pk, due_at=due_at, available_at=due_at)
    reminder = Reminder.objects.create(
        habit_id=habit_id, envelope=envelope, due_at=due_at, date=date, kind=Reminder.Kind.SNOOZE
    )
    transaction.on_commit(partial(_count, reminder, cancelled))
    return reminder


def snoozed(dates: Collection[HabitDate], *, now: dt.datetime) -> dict[HabitDate, dt.datetime]:
    """When those of many dates that are snoozed will be reminded of again. One query."""
    waiting = Reminder.objects.filter(
        habit__in={habit for habit, _day in dates},
        due_at__gt=now,
        kind=Reminder.Kind.SNOOZE,
        state=Reminder.State.WAITING,
    )
    rows = waiting.values_list("habit_id", "date", "due_at")
    return {(habit, date): due_at for habit, date, due_at in rows if (habit, date) in dates}


def _count(reminder: Reminder, cancelled: int) -> None:
    if reminder.envelope_id is not None:
        trail.planned([(reminder.pk, reminder.envelope_id)])
    metrics.PLANNED.inc()
    metrics.CANCELLED.inc(cancelled)


def _check(person: Person, habit_id: int, date: dt.date, until: dt.datetime, now: dt.datetime) -> None:
    person = Person.objects.get(pk=person.pk)
    problem = date_problem(date, today=today(person, now))
    if until <= now:
        problem = PAST
    elif until - now > LONGEST:
        problem = TOO_FAR
    if problem:
        raise RuleBroken(problem)
    if person.pause_end(now) is not None:
        raise Conflict(ALL_PAUSED)
    if Habit.objects.filter(pk=habit_id, is_paused=True).exists():
        raise Conflict(PAUSED)
    if answered([(habit_id, date)]):
        raise Conflict(ANSWERED)
    if not Person.objects.filter(current_channel().reached(), pk=person.pk).exists():
        raise Conflict(NOT_REACHED)


def _free_moment(habit_id: int, until: dt.datetime) -> dt.datetime:
    """The first second from `until` on that is no other reminder's.

    Never a whole minute: there the planner may come yet with an occurrence, which would find its place taken.
    """
    due_at = until.replace(microsecond=0)
    if due_at < until:
        due_at += SECOND
    while due_at.second == 0 or Reminder.objects.filter(habit=habit_id, due_at=due_at).exists():
        due_at += SECOND
    return due_at
