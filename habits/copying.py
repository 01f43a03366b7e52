"""Taking over somebody's public habit: a private copy of one's own, and its prize with it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import FieldError, NotFound, RuleBroken
from habits.models import SHOWN, Habit
from habits.queries import NO_SUCH_HABIT
from habits.services import create_habit

_PRIVATE = _("The prize of this habit is private. Give a reward of your own, or one of your pleasant habits.")
PRIZE_IS_PRIVATE = (
    FieldError("reward", "prize_is_private", _PRIVATE),
    FieldError("related_habit", "prize_is_private", _PRIVATE),
)


@transaction.atomic
def copy_habit(
    *, person: Person, habit_id: int, now: dt.datetime, reward: str | None = None, related_habit: int | None = None
) -> Habit:
    """The person's own copy of a public habit: private, from today on their clock on, at the same time of day.

    `reward` or `related_habit` (an id) take the place of the original's prize. Without them a reward is copied, and of
    a public related habit a pleasant habit of the person's own is made, or used again where they have one of the same
    words. Raises `NotFound` for a habit that is not public; `RuleBroken`.
    """
    # First of all locks: no other writer of this person's habits makes, changes or deletes the prize meanwhile.
    owner = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    # Read in one statement, the prize too, so that it is the habit as it stood at a moment when it was public. The copy
    # does not hang on the original, so nobody has to wait for its owner, nor the owner for those who copy.
    original = Habit.objects.select_related("related_habit").filter(SHOWN, pk=habit_id).first()
    if owner is None or original is None:
        raise NotFound(NO_SUCH_HABIT)
    if reward is None and related_habit is None:
        reward = original.reward
        related_habit = _own_prize(owner, original.related_habit, now) if original.related_habit else None
    return _copied(original, owner, now, reward=reward, related_habit=related_habit)


def _own_prize(owner: Person, prize: Habit, now: dt.datetime) -> int:
    if prize.owner_id == owner.pk:
        return prize.pk
    if not prize.is_shown:
        raise RuleBroken(*PRIZE_IS_PRIVATE)
    same_words = owner.habits.filter(is_pleasant=True, action__iexact=prize.action, place__iexact=prize.place)
    own = same_words.order_by("pk").first()
    return (own or _copied(prize, owner, now)).pk


def _copied(
    original: Habit, owner: Person, now: dt.datetime, *, reward: str | None = None, related_habit: int | None = None
) -> Habit:
    return create_habit(
        person=owner,
        now=now,
        action=original.action,
        place=original.place,
        time=original.time,
        duration=original.duration,
        every_days=original.every_days,
        weekdays=original.weekdays,
        is_pleasant=original.is_pleasant,
        reward=reward,
        related_habit=related_habit,
    )
