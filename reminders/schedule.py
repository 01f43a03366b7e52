"""Keeps the schedule rows and their `next_at`, whatever changes: a habit, a zone, a pause, a chat, the channel.

What fell due under the old rule is never forgotten: it is planned first, and then cancelled only if the new rule would
not have made it due at that very moment. So an edit of the reward leaves today's reminder alone, and so does a new zone
with the same clock. Texts are read when they are sent.

While a person pauses everything, `next_at` is the first occurrence from the end of the pause on. So the planner need
not know of pauses, and nothing has to happen when one ends.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.dispatch import receiver

from accounts.models import Person
from accounts.pauses import pause_end
from accounts.signals import pause_changed, person_erasing, timezone_changed
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
    """A locked schedule row as it stands, and as it shall be. One that is `idle` (paused, not reached) has no next.

    `resumes` is when the pause of everything ends that its person is in; `repaused`, that this is what changed.
    """

    schedule: Schedule
    rule: Rule
    idle: bool
    resumes: dt.datetime | None = None
    repaused: bool = False

    @property
    def moved(self) -> bool:
        return self.rule != rule_of(self.schedule)

    def next_at(self, now: dt.datetime) -> dt.datetime | None:
        """When it shall be due next; what is due by now under the same rule stays so, for the planner to find."""
        if self.idle:
            return None
        stands = None if self.moved else self.schedule.next_at
        if self.resumes is not None:
            keeps = stands is not None and stands >= self.resumes and not self.repaused
            return stands if keeps else _next(self.rule, self.resumes - INSTANT)
        keeps = stands is not None and (stands <= now or not self.repaused)
        return stands if keeps else _next(self.rule, now)

    def withdraws(self, due_at: dt.datetime, kind: str) -> bool:
        """Whether a reminder that waits is not to be sent any more."""
        if self.idle or (self.resumes is not None and due_at < self.resumes):
            return True
        # A snooze was asked for, whatever the rule says.
        return kind == Reminder.Kind.OCCURRENCE and self.moved and _next(self.rule, due_at - INSTANT) != due_at


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
    zone, paused_until = Person.objects.values_list("timezone", "paused_until").get(pk=habit.owner_id)
    rule = _rule(habit, zone)
    idle = habit.is_paused or not _reached([habit.owner_id])
    resumes = pause_end(paused_until, zone, now=now)
    if schedule:
        _apply([Change(schedule, rule, idle, resumes)], now=now)
        return
    schedule = Schedule(
        habit=habit,
        person_id=habit.owner_id,
        time=rule.time,
        every_days=rule.every_days,
        weekdays=rule.weekdays,
        starts_on=rule.starts_on,
        timezone=rule.timezone,
    )
    schedule.next_at = Change(schedule, rule, idle, resumes).next_at(now)
    schedule.save(force_insert=True)


@receiver(timezone_changed, dispatch_uid="reminders.replan_person")
@receiver(chat_linked, dispatch_uid="reminders.replan_person")
@receiver(chat_lost, dispatch_uid="reminders.replan_person")
def replan_person(*, person: Person, now: dt.datetime, **_: object) -> None:
    """Bring all schedules of a person into line with their zone, and with whether the channel reaches them."""
    take_turn(person.pk)
    zone = Person.objects.values_list("timezone", flat=True).get(pk=person.pk)
    replan(Schedule.objects.filter(person=person), now=now, zones={person.pk: zone})


@receiver(pause_changed, dispatch_uid="reminders.pause_person")
def pause_person(*, person: Person, now: dt.datetime, **_: object) -> None:
    """Cancel what would come before the end of a person's pause, and plan for after it; or from now on, without one."""
    take_turn(person.pk)
    replan(Schedule.objects.filter(person=person), now=now, repaused=True)


@receiver(person_erasing, dispatch_uid="reminders.stand_aside")
def stand_aside(*, person: Person, **_: object) -> None:
    """Take the locks of everything that will vanish, in the order that planners and workers take them."""
    list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))
    list(Schedule.objects.select_for_update().filter(person=person).order_by("habit").values_list("pk"))
    list(Envelope.objects.select_for_update().filter(person=person).order_by("pk").values_list("pk"))


def replan(
    schedules: QuerySet[Schedule],
    *,
    now: dt.datetime,
    zones: Mapping[int, str] | None = None,
    repaused: bool = False,
) -> int:
    """Lock these schedules, bring them into line, and say how many they were.

    `zones` are new ones, by person; `repaused` is whether their people's pauses are new.
    """
    rows = list(schedules.select_for_update().order_by("habit"))
    # Read under the locks, which every writer of a habit takes before.
    paused = set(Habit.objects.filter(pk__in=[row.pk for row in rows], is_paused=True).values_list("pk", flat=True))
    people = {row.person_id for row in rows}
    reached = _reached(people)
    pauses = dict(Person.objects.filter(pk__in=people).values_list("pk", "paused_until"))
    zones = zones or {}
    changes = []
    for row in rows:
        old = rule_of(row)
        zone = zones.get(row.person_id, row.timezone)
        rule = Rule(old.time, old.every_days, old.weekdays, old.starts_on, zone)
        idle = row.pk in paused or row.person_id not in reached
        resumes = pause_end(pauses.get(row.person_id), zone, now=now)
        changes.append(Change(row, rule, idle, resumes, repaused))
    _apply(changes, now=now)
    return len(rows)


def _apply(changes: Sequence[Change], *, now: dt.datetime) -> None:
    touched = [change for change in changes if change.moved or change.idle or change.resumes]
    stale = [change.schedule for change in touched]
    plan_rows([row_of(row) for row in stale if row.next_at is not None and row.next_at <= now], now=now)
    _write(changes, now=now)
    _cancel({change.schedule.pk: change for change in touched}, now=now)


def _write(changes: Sequence[Change], *, now: dt.datetime) -> None:
    rows: list[tuple[Any, ...]] = []
    for change in changes:
        schedule, rule, next_at = change.schedule, change.rule, change.next_at(now)
        if change.moved or next_at != schedule.next_at:
            weekdays = None if rule.weekdays is None else to_bits(rule.weekdays)
            rows.append((schedule.pk, rule.time, rule.every_days, weekdays, rule.starts_on, rule.timezone, next_at))
    if not rows:
        return
    names = ("habits", "times", "every_days", "weekdays", "starts_on", "timezones", "next")
    with connection.cursor() as cursor:
        cursor.execute(MOVE, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _cancel(changes: Mapping[int, Change], *, now: dt.datetime) -> None:
    """Cancel what waits for these habits and is not wanted any more."""
    if not changes:
        return
    waiting = Reminder.objects.filter(state=Reminder.State.WAITING)
    found = waiting.filter(habit__in=changes).values_list("pk", "habit_id", "due_at", "kind")
    gone = [pk for pk, habit_id, due_at, kind in found if changes[habit_id].withdraws(due_at, kind)]
    if gone:
        cancelled = waiting.filter(pk__in=gone).update(state=Reminder.State.CANCELLED, settled_at=now, envelope=None)
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
