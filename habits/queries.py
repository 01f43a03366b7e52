"""How habits are read. Another person's private habit does not exist here."""

from django.db.models import QuerySet, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import FieldError, NotFound
from contract.pages import Position, Stretch
from habits.models import SHOWN, Habit
from habits.search import SearchText, nearest_matches

NO_SUCH_HABIT = FieldError(None, "not_found", _("There is no such habit."))


def own_habits(*, person: Person, is_pleasant: bool | None = None, search: str | None = None) -> QuerySet[Habit]:
    """The person's habits, newest first, each with its schedule row."""
    habits = person.habits.select_related("schedule").order_by("-pk")
    if is_pleasant is not None:
        habits = habits.filter(is_pleasant=is_pleasant)
    if search is not None:
        habits = habits.alias(text=SearchText()).filter(text__contains=Upper(Value(search)))
    return habits


def own_habit(*, person: Person, habit_id: int) -> Habit:
    """One of the person's habits with its schedule row. Raises `NotFound`."""
    return _one(own_habits(person=person).filter(pk=habit_id))


def public_habits(at: Position, limit: int, *, search: str | None = None) -> Stretch[Habit]:
    """At most `limit` public habits nearest to a position of the feed, newest first, with owner and related habit.

    A search that takes too long stops before.
    """
    habits = _public()
    if search is not None:
        found = nearest_matches(search, limit=limit, older_than=at.older_than, newer_than=at.newer_than)
        rows = habits.filter(pk__in=found.ids).order_by("-pk") if found.ids else habits.none()
        return Stretch(list(rows), found.stopped_at)
    if at.newer_than is not None:
        return Stretch(list(habits.filter(pk__gt=at.newer_than).order_by("pk")[:limit])[::-1])
    if at.older_than is not None:
        habits = habits.filter(pk__lt=at.older_than)
    return Stretch(list(habits.order_by("-pk")[:limit]))


def public_habit(*, habit_id: int) -> Habit:
    """One public habit with its owner and its related habit. Raises `NotFound`."""
    return _one(_public().filter(pk=habit_id))


# What a public habit shows, and no more of its owner is read.
_SHOWN = (
    "action",
    "place",
    "time",
    "duration",
    "every_days",
    "weekdays",
    "is_pleasant",
    "reward",
    "created_at",
    "owner__display_name",
    "related_habit__is_public",
    "related_habit__hidden_at",
)


def _public() -> QuerySet[Habit]:
    return Habit.objects.filter(SHOWN).select_related("owner", "related_habit").only(*_SHOWN)


def _one(habits: QuerySet[Habit]) -> Habit:
    habit = habits.first()
    if habit is None:
        raise NotFound(NO_SUCH_HABIT)
    return habit
