"""Keeps the schedule rows and their `next_at`, whatever changes: a habit, a zone, a chat, the channel.

What fell due under the old rule is never forgotten: it is planned first, and then cancelled only if the new rule would
not have made it due at that very moment. So an edit of the reward leaves today's reminder alone, and so does a new zone
with the same clock. Texts are read when they are sent.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import person_erasing, timezone_changed
from habits.models import Habit, Schedule
from habits.occurrences import Rule, next_occurrence
from habits.signals import habit_saved
from habits.turns import take_turn
from habits.weekdays import to_bits
from reminders import metrics
from reminders.channels import current_channel
from reminders.models import Envelope, Reminder
from reminders.planner import plan_rows
from reminders.reckoning import INSTANT, row_of, rule_of
from telegram.signals import chat_linked, chat_lost

MOVE = """
UPDATE habits_schedule s
SET time = v.time, every_days = v.every_days, weekdays = v.weekdays, starts_on = v.starts_on, timezone = v.timezone,
    next_at = v.next_at
FROM unnest(
    %(habits)s::bigint[], %(times)s::time[], %(every_days)s::smallint[], %(weekdays)s::smallint[],
    %(starts_on)s::date[], %(timezones)s::text[], %(next)s::timestamptz[]
) AS v (habit_id, time, every_days, weekdays, starts_on, timezone, next_at)
WHERE s.habit_id = v.habit_id
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A locked schedule row as it stands, and as it shall be. One that is `idle` (paused, not reached) has no next."""

    schedule: Schedule
    rule: Rule
    idle: bool


@receiver(habit_saved, dispatch_uid="reminders.keep_schedule")
def keep_schedule(*, habit: Habit, now: dt.datetime, **_: object) -> None:
    """Write the schedule row of a useful habit, remove that of a pleasant one. In the writer's transaction."""
    schedule = Schedule.objects.select_for_update().filter(pk=habit.pk).first()
    if habit.is_pleasant:
        if schedule:
            _apply([Change(schedule, rule_of(schedule), idle=True)], now=now)
            schedule.delete()
        return
    if schedule is None:
        # The row that others cannot see yet must not miss a zone or a chat that changes meanwhile.
        take_turn(habit.owner_id)
    zone = Person.objects.values_list("timezone", flat=True).get(pk=habit.owner_id)
    rule = _rule(habit, zone)
    idle = habit.is_paused or not _reached([habit.owner_id])
    if schedule:
        _apply([Change(schedule, rule, idle)], now=now)
    else:
        Schedule.objects.create(
            habit=habit,
            person_id=habit.owner_id,
            time=rule.time,
            every_days=rule.every_days,
            weekdays=rule.weekdays,
            starts_on=rule.starts_on,
            timezone=rule.timezone,
            next_at=None if idle else _next(rule, now),
        )


@receiver(timezone_changed, dispatch_uid="reminders.replan_person")
@receiver(chat_linked, dispatch_uid="reminders.replan_person")
@receiver(chat_lost, dispatch_uid="reminders.replan_person")
def replan_person(*, person: Person, now: dt.datetime, **_: object) -> None:
    """Bring all schedules of a person into line with their zone, and with whether the channel reaches them."""
    take_turn(person.pk)
    zone = Person.objects.values_list("timezone", flat=True).get(pk=person.pk)
    replan(Schedule.objects.filter(person=person), now=now, zones={person.pk: zone})


@receiver(person_erasing, dispatch_uid="reminders.stand_aside")
def stand_aside(*, person: Person, **_: object) -> None:
    """Take the locks of everything that will vanish, in the order that planners and workers take them."""
    list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))
    list(Schedule.objects.select_for_update().filter(person=person).order_by("habit").values_list("pk"))
    list(Envelope.objects.select_for_update().filter(person=person).order_by("pk").values_list("pk"))


def replan(schedules: QuerySet[Schedule], *, now: dt.datetime, zones: Mapping[int, str] | None = None) -> int:
    """Lock these schedules, bring them into line, and say how many they were. `zones` are new ones, by person."""
    rows = list(schedules.select_for_update().order_by("habit"))
    # Read under the locks, which every writer of a habit takes before.
    paused = set(Habit.objects.filter(pk__in=[row.pk for row in rows], is_paused=True).values_list("pk", flat=True))
    reached = _reached({row.person_id for row in rows})
    zones = zones or {}
    changes = []
    for row in rows:
        old = rule_of(row)
        zone = zones.get(row.person_id, row.timezone)
        rule = Rule(old.time, old.every_days, old.weekdays, old.starts_on, zone)
        changes.append(Change(row, rule, idle=row.pk in paused or row.person_id not in reached))
    _apply(changes, now=now)
    return len(rows)


def _apply(changes: Sequence[Change], *, now: dt.datetime) -> None:
    moved = [change for change in changes if change.rule != rule_of(change.schedule)]
    idle = [change for change in changes if change.idle]
    stale = {change.schedule.pk: change.schedule for change in (*moved, *idle)}.values()
    plan_rows([row_of(row) for row in stale if row.next_at is not None and row.next_at <= now], now=now)
    _write(changes, now=now)
    _cancel(idle=[change.schedule.pk for change in idle], moved={c.schedule.pk: c.rule for c in moved}, now=now)


def _write(changes: Sequence[Change], *, now: dt.datetime) -> None:
    rows: list[tuple[Any, ...]] = []
    for change in changes:
        schedule, rule = change.schedule, change.rule
        unmoved = rule == rule_of(schedule)
        if change.idle:
            next_at = None
        elif unmoved and schedule.next_at is not None:
            next_at = schedule.next_at
        else:
            next_at = _next(rule, now)
        if not unmoved or next_at != schedule.next_at:
            weekdays = None if rule.weekdays is None else to_bits(rule.weekdays)
            rows.append((schedule.pk, rule.time, rule.every_days, weekdays, rule.starts_on, rule.timezone, next_at))
    if not rows:
        return
    names = ("habits", "times", "every_days", "weekdays", "starts_on", "timezones", "next")
    with connection.cursor() as cursor:
        cursor.execute(MOVE, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _cancel(*, idle: Collection[int], moved: Mapping[int, Rule], now: dt.datetime) -> None:
    """Cancel what waits for habits that are idle, and what waits for moved ones but is not due by their new rule."""
    waiting = Reminder.objects.filter(state=Reminder.State.WAITING)
    gone = []
    if moved:
        due = waiting.filter(habit__in=moved, kind=Reminder.Kind.OCCURRENCE)
        gone = [
            pk
            for pk, habit_id, due_at in due.values_list("pk", "habit_id", "due_at")
            if _next(moved[habit_id], due_at - INSTANT) != due_at
        ]
    if idle or gone:
        doomed = waiting.filter(Q(habit__in=idle) | Q(pk__in=gone))
        cancelled = doomed.update(state=Reminder.State.CANCELLED, settled_at=now, envelope=None)
        transaction.on_commit(partial(metrics.CANCELLED.inc, cancelled))


def _rule(habit: Habit, zone: str) -> Rule:
    if habit.time is None:
        raise ValueError("a useful habit has a time")
    return Rule(habit.time, habit.every_days, habit.weekdays, habit.starts_on, zone)


def _next(rule: Rule, after: dt.datetime) -> dt.datetime | None:
    found = next_occurrence(rule, after=after)
    return found.at if found else None


def _reached(people: Collection[int]) -> set[int]:
    reached = Person.objects.filter(current_channel().reached(), pk__in=people)
    return set(reached.values_list("pk", flat=True))
