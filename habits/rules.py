"""What a habit may be. Every face (API, admin, bot) asks here; the database holds the same under the same names.

A rule is named by its constraint in `habits.models`. `RULES` gives each what is wrong in the words of people, for the
check here and for the rare write that only the database could refuse.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, replace

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract.errors import Conflict, FieldError, RuleBroken, Text
from contract.text import line_problem, tidy
from habits.models import DEFAULT_DURATION, FIRST_DAY, LAST_DAY, MAX_DURATION, TEXT_LENGTH, Habit

REQUIRED = _("This field is required.")
_ONE_PRIZE = _("A useful habit earns exactly one of a reward and a related habit.")
_NO_PRIZE = _("A pleasant habit is a prize itself: it has neither a reward nor a related habit.")
_ONE_FREQUENCY = _("A habit is due every N days or on weekdays, never both.")
_EVERY_DAYS = _("Every N days: N is from 1 (daily) to 7 (weekly).")
_WEEKDAYS = _("Weekdays are a list of different days from 1 (Monday) to 7 (Sunday), at least one.")
_FREQUENCY = _("A useful habit is due at least once in 7 days: give every_days or weekdays.")

RULES: dict[str, tuple[FieldError, ...]] = {
    "useful_habit_has_exactly_one_of_reward_and_related_habit": (
        FieldError("reward", "exactly_one_prize", _ONE_PRIZE),
        FieldError("related_habit", "exactly_one_prize", _ONE_PRIZE),
    ),
    "pleasant_habit_has_neither_reward_nor_related_habit": (
        FieldError("reward", "pleasant_has_no_prize", _NO_PRIZE),
        FieldError("related_habit", "pleasant_has_no_prize", _NO_PRIZE),
    ),
    "related_habit_is_pleasant_and_own": (
        FieldError("related_habit", "not_own_pleasant_habit", _("Choose one of your own pleasant habits.")),
    ),
    "duration_is_1_to_120_seconds": (
        FieldError("duration", "out_of_range", _("The duration is from 1 to 120 seconds.")),
    ),
    "every_days_is_1_to_7": (FieldError("every_days", "out_of_range", _EVERY_DAYS),),
    "weekdays_are_a_non_empty_set": (FieldError("weekdays", "invalid_weekdays", _WEEKDAYS),),
    "frequency_is_every_days_or_weekdays_never_both": (
        FieldError("every_days", "never_both", _ONE_FREQUENCY),
        FieldError("weekdays", "never_both", _ONE_FREQUENCY),
    ),
    "useful_habit_has_time_place_and_frequency": (
        FieldError("time", "required", _("A useful habit has a time.")),
        FieldError("place", "required", _("A useful habit has a place.")),
        FieldError("every_days", "required", _FREQUENCY),
    ),
    "time_is_a_whole_minute": (FieldError("time", "invalid_time", _("The time is in whole minutes, such as 07:30.")),),
    "starts_on_is_from_1970_to_2100": (
        FieldError("starts_on", "out_of_range", _("The start is a date from 1970 to 2100.")),
    ),
    "what_is_absent_is_null": (FieldError(None, "empty", _("What is absent is null, never an empty text.")),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """All that a person decides about a habit; the fields are the API's. `starts_on` None: not told."""

    action: str | None = None
    place: str | None = None
    time: dt.time | None = None
    duration: int | None = DEFAULT_DURATION
    every_days: int | None = None
    weekdays: tuple[int, ...] | None = None
    starts_on: dt.date | None = None
    is_pleasant: bool = False
    is_public: bool = False
    is_paused: bool = False
    reward: str | None = None
    related_habit: int | None = None


def checked(wish: Wish, *, prize: Habit | None) -> Wish:
    """The wish with its texts and weekdays in order. Raises `RuleBroken` with all that is wrong at once.

    `prize` is the person's own habit that `related_habit` names, None where there is no such.
    """
    wish = replace(
        wish,
        action=_tidy(wish.action),
        place=_tidy(wish.place),
        reward=_tidy(wish.reward),
        weekdays=None if wish.weekdays is None else tuple(sorted(wish.weekdays)),
    )
    errors = [*_text_errors(wish), *_broken(wish, prize)]
    if errors:
        raise RuleBroken(*errors)
    return wish


def broken_for_certain(wish: Wish, *, unknown: Collection[str]) -> list[FieldError]:
    """What is wrong with a wish, whatever the fields may be that are unknown, and whatever else the person has."""
    errors = [*_text_errors(wish), *_broken(wish, prize=None)]
    return [error for error in errors if error.code != "not_own_pleasant_habit" and not _leans_on(error) & {*unknown}]


_PRIZE = frozenset({"is_pleasant", "reward", "related_habit"})
_FREQUENCY_FIELDS = frozenset({"every_days", "weekdays"})
_LEANING = {"exactly_one_prize": _PRIZE, "pleasant_has_no_prize": _PRIZE, "never_both": _FREQUENCY_FIELDS}


def _leans_on(error: FieldError) -> Set[str]:
    """The fields without which nobody can tell whether it is wrong."""
    if error.code == "required" and error.field in {"time", "place"}:
        return {error.field, "is_pleasant"}
    if error.code == "required" and error.field == "every_days":
        return _FREQUENCY_FIELDS | {"is_pleasant"}
    return _LEANING.get(error.code, {error.field or ""})


def _tidy(text: str | None) -> str | None:
    # Composing a text of megabytes is dear, and one so long is refused anyway.
    return text if text is None or len(text) > 10 * TEXT_LENGTH else tidy(text)


def _text_errors(wish: Wish) -> Iterator[FieldError]:
    if wish.action is None:
        yield FieldError("action", "required", REQUIRED)
    for field in ("action", "place", "reward"):
        text: str | None = getattr(wish, field)
        problem = None if text is None else line_problem(text, max_length=TEXT_LENGTH)
        if problem:
            yield FieldError(field, problem.code, problem.message)


def _broken(wish: Wish, prize: Habit | None) -> Iterator[FieldError]:
    has_reward, has_related = wish.reward is not None, wish.related_habit is not None
    if wish.is_pleasant and (has_reward or has_related):
        yield from _of(
            "pleasant_habit_has_neither_reward_nor_related_habit",
            reward=has_reward,
            related_habit=has_related,
        )
    if not wish.is_pleasant and has_reward == has_related:
        yield from RULES["useful_habit_has_exactly_one_of_reward_and_related_habit"]
    if has_related and not wish.is_pleasant and (prize is None or not prize.is_pleasant):
        yield from RULES["related_habit_is_pleasant_and_own"]
    if wish.duration is None:
        yield FieldError("duration", "required", REQUIRED)
    elif not 1 <= wish.duration <= MAX_DURATION:
        yield from RULES["duration_is_1_to_120_seconds"]
    yield from _broken_schedule(wish)


def _broken_schedule(wish: Wish) -> Iterator[FieldError]:
    if wish.every_days is not None and wish.weekdays is not None:
        yield from RULES["frequency_is_every_days_or_weekdays_never_both"]
    elif wish.every_days is not None and not 1 <= wish.every_days <= 7:
        yield from RULES["every_days_is_1_to_7"]
    elif wish.weekdays is not None and not _are_weekdays(wish.weekdays):
        yield from RULES["weekdays_are_a_non_empty_set"]
    if not wish.is_pleasant:
        yield from _of(
            "useful_habit_has_time_place_and_frequency",
            time=wish.time is None,
            place=wish.place is None,
            every_days=wish.every_days is None and wish.weekdays is None,
        )
    if wish.time is not None and (wish.time.second or wish.time.microsecond or wish.time.tzinfo):
        yield from RULES["time_is_a_whole_minute"]
    if wish.starts_on is None:
        yield FieldError("starts_on", "required", REQUIRED)
    elif not FIRST_DAY <= wish.starts_on <= LAST_DAY:
        yield from RULES["starts_on_is_from_1970_to_2100"]


def _of(rule: str, **is_wrong: bool) -> Iterator[FieldError]:
    """The errors of a rule, for the fields that break it."""
    return (error for error in RULES[rule] if error.field and is_wrong[error.field])


def _are_weekdays(days: tuple[int, ...]) -> bool:
    return 1 <= len(days) <= 7 and len(set(days)) == len(days) and all(1 <= day <= 7 for day in days)


_NAMED = 10


def still_a_prize(habits: Iterable[Habit], *, field: str | None, message: Text) -> Conflict:
    """The refusal to delete a pleasant habit, or to make it useful, while `habits` point at it; it names them."""
    habits = list(habits)
    named = ", ".join(
        gettext("“%(action)s” (%(id)s)") % {"action": habit.action, "id": habit.pk} for habit in habits[:_NAMED]
    )
    more = f" … +{len(habits) - _NAMED}" if len(habits) > _NAMED else ""
    return Conflict(FieldError(field, "is_related_habit", message % {"habits": named + more}))
