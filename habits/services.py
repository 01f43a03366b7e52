"""How habits are written: each change under the locks of `habits.models`, held to `habits.rules`, told upward."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any, TypedDict, Unpack
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import ChangedMeanwhile, NotFound, RuleBroken
from habits.models import Habit, Schedule
from habits.queries import NO_SUCH_HABIT
from habits.rules import RULES, Wish, checked, still_a_prize
from habits.signals import habit_deleting, habit_saved


class HabitFields(TypedDict, total=False):
    """What a person may say of a habit; `related_habit` is an id, `duration` in seconds, weekdays are ISO."""

    action: str | None
    place: str | None
    time: dt.time | None
    duration: int | None
    every_days: int | None
    weekdays: Sequence[int] | None
    starts_on: dt.date | None
    is_pleasant: bool
    is_public: bool
    is_paused: bool
    reward: str | None
    related_habit: int | None


def create_habit(*, person: Person, now: dt.datetime, **fields: Unpack[HabitFields]) -> Habit:
    """A new habit. Not told: it starts today on the person's own clock; a useful one is daily.

    Raises `RuleBroken`.
    """
    with _refusals_by_name(), transaction.atomic():
        wish = _checked_new(person, now, fields)
        habit = Habit(owner=person, created_at=now, updated_at=now)
        _write(habit, wish)
        habit.save(force_insert=True)
        habit_saved.send(sender=Habit, habit=habit, now=now)
    return habit


def update_habit(
    *,
    person: Person,
    habit_id: int,
    now: dt.datetime,
    expected_versions: Collection[int] | None = None,
    **changes: Unpack[HabitFields],
) -> Habit:
    """The person's habit with `changes`, which are held to the rules together with all that is stored.

    Setting one of `every_days` and `weekdays` clears the other. What changes nothing is no new version and no news.
    Raises `RuleBroken`; `NotFound`; `Conflict` where it is a prize and shall be useful; `ChangedMeanwhile` where its
    version is none of the expected ones.
    """
    with _refusals_by_name(), transaction.atomic():
        habit, wish = _checked_change(person, habit_id, expected_versions, changes)
        if wish == wish_of(habit):
            return habit
        _write(habit, wish)
        habit.version += 1
        habit.updated_at = now
        habit.save(force_update=True)
        habit_saved.send(sender=Habit, habit=habit, now=now)
    return habit


def delete_habit(
    *,
    person: Person,
    habit_id: int,
    now: dt.datetime,
    expected_versions: Collection[int] | None = None,
    undoable: bool = True,
) -> None:
    """Unless `undoable` is false, the person can take it back for a while.

    Raises `NotFound`; `Conflict` while useful habits point at it; `ChangedMeanwhile` as `update_habit` does.
    """
    try:
        with transaction.atomic():
            habit = _expected(_locked(person, habit_id).get(habit_id), expected_versions)
            _refuse_while_prize(habit, becoming_useful=False)
            habit_deleting.send(sender=Habit, habit=habit, now=now, undoable=undoable)
            habit.delete()
    except (IntegrityError, RestrictedError):  # a writer that took no locks was faster
        _refuse_while_prize(Habit(pk=habit_id), becoming_useful=False)
        raise


def restore_habit(*, habit: Habit, now: dt.datetime, with_history: Callable[[Habit], None]) -> None:
    """Bring back a deleted habit as it was, under its id; then what `with_history` adds to it; then the news.

    Raises `RuleBroken` where it could no longer be created so, its prize being gone.
    """
    with _refusals_by_name(), transaction.atomic():
        wish = wish_of(habit)
        _write(habit, checked(wish, prize=_prize(habit.owner, wish, _locked(habit.owner, wish.related_habit))))
        habit.save(force_insert=True)
        with_history(habit)
        habit_saved.send(sender=Habit, habit=habit, now=now)


def check_habit(
    *, person: Person, now: dt.datetime, habit_id: int | None = None, **fields: Unpack[HabitFields]
) -> None:
    """Raises what `create_habit`, or with an id `update_habit`, would raise.

    Inside a transaction the locks stay, so that nothing can come between this and the write (a form is checked first
    and saved later).
    """
    with transaction.atomic():
        if habit_id is None:
            _checked_new(person, now, fields)
        else:
            _checked_change(person, habit_id, None, fields)


def wish_of(habit: Habit) -> Wish:
    """What is stored, in the words of the rules."""
    return Wish(
        action=habit.action,
        place=habit.place,
        time=habit.time,
        duration=habit.duration,
        every_days=habit.every_days,
        weekdays=habit.weekdays,
        starts_on=habit.starts_on,
        is_pleasant=habit.is_pleasant,
        is_public=habit.is_public,
        is_paused=habit.is_paused,
        reward=habit.reward,
        related_habit=habit.related_habit_id,
    )


def _checked_new(person: Person, now: dt.datetime, fields: HabitFields) -> Wish:
    wish = _daily_if_not_told(_merged(Wish(), fields))
    if wish.starts_on is None:
        wish = replace(wish, starts_on=now.astimezone(ZoneInfo(person.timezone)).date())
    return checked(wish, prize=_prize(person, wish, _locked(person, wish.related_habit)))


def _checked_change(
    person: Person, habit_id: int, expected_versions: Collection[int] | None, changes: HabitFields
) -> tuple[Habit, Wish]:
    mine = _locked(person, habit_id, changes.get("related_habit"))
    habit = _expected(mine.get(habit_id), expected_versions)
    wish = _merged(wish_of(habit), changes)
    if "every_days" not in changes and "weekdays" not in changes:
        wish = _daily_if_not_told(wish)
    wish = checked(wish, prize=_prize(person, wish, mine, of=habit))
    if habit.is_pleasant and not wish.is_pleasant:
        _refuse_while_prize(habit, becoming_useful=True)
    return habit, wish


def _expected(habit: Habit | None, versions: Collection[int] | None) -> Habit:
    if habit is None:
        raise NotFound(NO_SUCH_HABIT)
    if versions is not None and habit.version not in versions:
        raise ChangedMeanwhile
    return habit


def _merged(stored: Wish, changes: HabitFields) -> Wish:
    told: dict[str, Any] = dict(changes)
    if told.get("weekdays") is not None:
        told["weekdays"] = tuple(told["weekdays"])
    for told_one, other in (("every_days", "weekdays"), ("weekdays", "every_days")):
        if told.get(told_one) is not None:
            told.setdefault(other, None)
    return replace(stored, **told)


def _daily_if_not_told(wish: Wish) -> Wish:
    has_frequency = wish.every_days is not None or wish.weekdays is not None
    return wish if wish.is_pleasant or has_frequency else replace(wish, every_days=1)


def _locked(person: Person, *ids: int | None) -> dict[int, Habit]:
    """The person's habits of these ids; the person, the schedule rows and the habits locked.

    The locks let the planner go on referring to them (no_key); whoever points a habit at a prize locks that prize too.
    """
    wanted = [habit_id for habit_id in ids if habit_id is not None]
    if not wanted:
        return {}
    list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))
    schedules = Schedule.objects.select_for_update().filter(habit__in=wanted, person=person).order_by("habit")
    list(schedules.values_list("habit", flat=True))
    habits = person.habits.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return {habit.pk: habit for habit in habits}


def _prize(person: Person, wish: Wish, locked: dict[int, Habit], of: Habit | None = None) -> Habit | None:
    """The person's habit that the wish points at; a habit is no prize of itself."""
    if wish.related_habit is None or (of is not None and of.pk == wish.related_habit):
        return None
    # One that was there before needs no lock: the database keeps it pleasant.
    return locked.get(wish.related_habit) or person.habits.filter(pk=wish.related_habit).first()


def _refuse_while_prize(habit: Habit, *, becoming_useful: bool) -> None:
    pointing = list(habit.useful_habits.order_by("pk"))
    if pointing and becoming_useful:
        message = _("It is the related habit of %(habits)s and has to stay pleasant while they point at it.")
        raise still_a_prize(pointing, field="is_pleasant", message=message)
    if pointing:
        message = _("It is the related habit of %(habits)s and cannot be deleted while they point at it.")
        raise still_a_prize(pointing, field=None, message=message)


def _write(habit: Habit, wish: Wish) -> None:
    for field in fields(wish):
        name = "related_habit_id" if field.name == "related_habit" else field.name
        setattr(habit, name, getattr(wish, field.name))


@contextmanager
def _refusals_by_name() -> Iterator[None]:
    """What only the database could refuse (a writer that took no locks was faster), said as the rule of that name."""
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if name in RULES:
            raise RuleBroken(*RULES[name]) from error
        if name.endswith("_fk_accounts_person_id"):  # the person was erased meanwhile
            raise NotFound(NO_SUCH_HABIT) from error
        raise
    except Person.DoesNotExist as error:  # likewise, found out by who heard of the habit
        raise NotFound(NO_SUCH_HABIT) from error
