"""Keeps the phases of habits: since when which rule has held, so that no edit and no pause rewrites what was before.

Heard in the writer's transaction. A habit's writers hold its schedule row; who changes all of a person's habits takes
the person's turn and then their schedule rows, as `reminders.schedule` does, in whichever order the two are called.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import pause_changed, timezone_changed
from habits.models import Habit, Schedule
from habits.occurrences import Rule
from habits.signals import habit_saved
from habits.turns import take_turn
from tracking.models import Phase
from tracking.spans import Span, first_span, followed, presumed


@dataclass(slots=True)
class Changes:
    """Rows to be written for many habits at once, in this order: phases of a habit never overlap."""

    gone: list[int] = field(default_factory=list)
    moved: list[Phase] = field(default_factory=list)
    new: list[Phase] = field(default_factory=list)

    def write(self) -> None:
        if self.gone:
            Phase.objects.filter(pk__in=self.gone).delete()
        if self.moved:
            Phase.objects.bulk_update(self.moved, ["ends"])
        if self.new:
            Phase.objects.bulk_create(self.new)


@receiver(habit_saved, dispatch_uid="tracking.follow_habit")
def follow_habit(*, habit: Habit, now: dt.datetime, **_: object) -> None:
    """Let the phases follow a habit that was made, edited, paused or taken up again."""
    if not habit.is_pleasant and not Schedule.objects.filter(pk=habit.pk).exists():
        take_turn(habit.owner_id)
    _follow([habit], Person.objects.only("timezone", "paused_until").get(pk=habit.owner_id), now=now)


@receiver(timezone_changed, dispatch_uid="tracking.follow_person")
@receiver(pause_changed, dispatch_uid="tracking.follow_person")
def follow_person(*, person: Person, now: dt.datetime, **_: object) -> None:
    """Let the phases of all a person's habits follow their clock and the pause of everything."""
    take_turn(person.pk)
    schedules = Schedule.objects.select_for_update().filter(person=person).order_by("habit")
    locked = list(schedules.values_list("habit", flat=True))
    # Read under the locks, which every writer of a useful habit takes before.
    habits = Habit.objects.filter(pk__in=locked, is_pleasant=False)
    _follow(list(habits), Person.objects.only("timezone", "paused_until").get(pk=person.pk), now=now)


def span_of(phase: Phase) -> Span:
    rule = Rule(phase.time, phase.every_days, phase.weekdays, phase.counted_from, phase.timezone)
    return Span(phase.starts, phase.ends, rule)


def rule_of(habit: Habit, timezone: str) -> Rule | None:
    """What a habit is due by; None for a pleasant one, which never is."""
    if habit.is_pleasant or habit.time is None:
        return None
    return Rule(habit.time, habit.every_days, habit.weekdays, habit.starts_on, timezone)


def presumed_spans(habit: Habit, person: Person, *, today: dt.date) -> Sequence[Span]:
    """What a habit without any phase is counted by, from its rule and its person's clock and pause."""
    rule = rule_of(habit, person.timezone)
    if rule is None:
        return ()
    resting = habit.is_paused or (person.paused_until is not None and person.paused_until > today)
    return presumed(rule, made_at=habit.created_at, resting=resting)


def _follow(habits: Sequence[Habit], person: Person, *, now: dt.datetime) -> None:
    phases: dict[int, list[Phase]] = {habit.pk: [] for habit in habits}
    for phase in _last_two(phases):
        phases[phase.habit_id].append(phase)
    changes = Changes()
    for habit in habits:
        rows, rule = phases[habit.pk], rule_of(habit, person.timezone)
        spans: Sequence[Span] = [span_of(row) for row in rows]
        if rule and not rows and habit.created_at == now:
            spans = first_span(rule, now=now)
        resting = habit.is_paused or rule is None
        _compare(
            habit, rows, followed(spans, None if resting else rule, now=now, resumes=person.pause_end(now)), changes
        )
    changes.write()


def _last_two(habits: Iterable[int]) -> Iterable[Phase]:
    """The phase that goes on, if any, and the one before it: no others can change. In order."""
    place = Window(RowNumber(), partition_by="habit", order_by=F("starts").desc())
    return Phase.objects.filter(habit__in=habits).alias(place=place).filter(place__lte=2).order_by("habit", "starts")


def _compare(habit: Habit, rows: Iterable[Phase], wanted: Iterable[Span], changes: Changes) -> None:
    spans = {span.starts: span for span in wanted}
    for row in rows:
        span = spans.get(row.starts)
        if span is None or span.rule != span_of(row).rule:
            changes.gone.append(row.pk)
            continue
        del spans[row.starts]
        if span.ends != row.ends:
            row.ends = span.ends
            changes.moved.append(row)
    changes.new += [_phase(habit, span) for span in spans.values()]


def _phase(habit: Habit, span: Span) -> Phase:
    rule = span.rule
    return Phase(
        habit=habit,
        starts=span.starts,
        ends=span.ends,
        every_days=rule.every_days,
        weekdays=rule.weekdays,
        counted_from=rule.starts_on,
        time=rule.time,
        timezone=rule.timezone,
    )
