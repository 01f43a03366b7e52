"""What goes in and out of habits. Types are checked here, everything else by `habits.rules`, so that all errors of a
habit are told at once."""

import datetime as dt
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from contract.pages import Cursor, KeysetPage, NumberedPage, PageNumber
from contract.schemas import UNSET, ClockTime, Day, Id, Input, Line, Output, Parameters, Patch, wrong
from habits.models import MAX_DURATION, TEXT_LENGTH, Habit
from habits.search import MIN_SEARCH, SEARCH_LENGTH
from habits.sentence import sentence

_DURATION = {"type": "integer", "minimum": 1, "maximum": MAX_DURATION}
_EVERY_DAYS = {"type": "integer", "minimum": 1, "maximum": 7}
_WEEKDAYS = {
    "type": "array",
    "items": {"type": "integer", "minimum": 1, "maximum": 7},
    "minItems": 1,
    "maxItems": 7,
    "uniqueItems": True,
}

Text = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": TEXT_LENGTH})]
Duration = Annotated[int, WithJsonSchema(_DURATION)]
EveryDays = Annotated[int, WithJsonSchema(_EVERY_DAYS)]
Weekdays = Annotated[list[int], WithJsonSchema(_WEEKDAYS)]

_EXAMPLE: dict[str, Any] = {
    "action": "run",
    "place": "the park",
    "time": "07:00",
    "weekdays": [1, 3, 5],
    "reward": "a cup of coffee",
    "is_public": True,
}


class HabitPatch(Patch):
    """What to change; the rest stays. The rules hold for the outcome: put null where a field has to go."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"every_days": 2, "is_paused": False}]})

    action: Annotated[Text, Field(description="What to do, as in “I will …”.")] = UNSET
    place: Annotated[Text | None, Field(description="Where; with its own preposition or without.")] = UNSET
    time: Annotated[ClockTime | None, Field(description="When, on the person's own clock.")] = UNSET
    duration: Annotated[Duration, Field(description="Seconds; 60 where not told.")] = UNSET
    every_days: Annotated[
        EveryDays | None, Field(description="Every N days from `starts_on`; 1 where no frequency is told.")
    ] = UNSET
    weekdays: Annotated[
        Weekdays | None, Field(description="In place of `every_days`: 1 is Monday. Setting one clears the other.")
    ] = UNSET
    starts_on: Annotated[Day, Field(description="The first day; today where not told.")] = UNSET
    is_pleasant: Annotated[bool, Field(description="A prize: without a reward and a related habit.")] = UNSET
    is_public: Annotated[bool, Field(description="Shown to everyone, with your display name.")] = UNSET
    is_paused: Annotated[bool, Field(description="Not reminded of while true.")] = UNSET
    reward: Annotated[Text | None, Field(description="The prize of a useful habit, or `related_habit`.")] = UNSET
    related_habit: Annotated[Id | None, Field(description="The id of an own pleasant habit, or `reward`.")] = UNSET


class HabitIn(HabitPatch):
    """A new habit. A useful one needs a time, a place, and exactly one of `reward` and `related_habit`."""

    # `action` is held by the rules, so that its absence is told together with all else that is wrong.
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE], "required": ["action"]})


class CopyIn(Input):
    """A prize in place of the original's. It may all be left out, but where the original's prize is private."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reward": "a cup of tea"}]})

    reward: Annotated[Text | None, Field(description="A reward of your own.")] = None
    related_habit: Annotated[Id | None, Field(description="The id of an own pleasant habit.")] = None


class HabitOut(Output):
    """A habit of one's own."""

    id: int
    action: str
    place: str | None
    time: ClockTime | None
    duration: Annotated[int, Field(description="Seconds.")]
    every_days: int | None
    weekdays: Annotated[list[int] | None, Field(description="1 is Monday.")]
    starts_on: dt.date
    is_pleasant: bool
    is_public: bool
    is_hidden: Annotated[bool, Field(description="An operator hides it: public or not, only its owner sees it.")]
    is_paused: bool
    reward: str | None
    related_habit: Annotated[int | None, Field(description="The id of an own pleasant habit.")]
    sentence: Annotated[str, Field(description="The whole habit in the caller's language.")]
    next_reminder_at: Annotated[
        dt.datetime | None, Field(description="Null where nothing is to come: pleasant, paused, or no chat is linked.")
    ]
    version: Annotated[int, Field(description="Grows with every change.")]
    created_at: dt.datetime
    updated_at: dt.datetime

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _EXAMPLE
                | {
                    "id": 7,
                    "duration": 60,
                    "every_days": None,
                    "starts_on": "2026-01-31",
                    "is_pleasant": False,
                    "is_hidden": False,
                    "is_paused": False,
                    "related_habit": None,
                    "sentence": "I will run at 07:00 in the park",
                    "next_reminder_at": "2026-02-02T04:00:00Z",
                    "version": 1,
                    "created_at": "2026-01-31T18:00:00Z",
                    "updated_at": "2026-01-31T18:00:00Z",
                }
            ]
        }
    )

    @staticmethod
    def resolve_related_habit(habit: Habit) -> int | None:
        return habit.related_habit_id

    @staticmethod
    def resolve_sentence(habit: Habit) -> str:
        return sentence(habit)

    @staticmethod
    def resolve_next_reminder_at(habit: Habit) -> dt.datetime | None:
        schedule = getattr(habit, "schedule", None)
        return schedule.next_at if schedule else None


class HabitPage(NumberedPage[HabitOut]):
    pass


class PublicOwner(Output):
    display_name: str | None


class PublicHabitOut(Output):
    """A habit that its owner shares."""

    id: int
    action: str
    place: str | None
    time: ClockTime | None
    duration: Annotated[int, Field(description="Seconds.")]
    every_days: int | None
    weekdays: Annotated[list[int] | None, Field(description="1 is Monday.")]
    is_pleasant: bool
    reward: str | None
    related_habit: Annotated[int | None, Field(description="The id of a public habit; null where it is private.")]
    sentence: Annotated[str, Field(description="The whole habit in the caller's language.")]
    owner: PublicOwner
    created_at: dt.datetime

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {name: value for name, value in _EXAMPLE.items() if name != "is_public"}
                | {
                    "id": 7,
                    "duration": 60,
                    "every_days": None,
                    "is_pleasant": False,
                    "related_habit": None,
                    "sentence": "I will run at 07:00 in the park",
                    "owner": {"display_name": "Alice"},
                    "created_at": "2026-01-31T18:00:00Z",
                }
            ]
        }
    )

    @staticmethod
    def resolve_related_habit(habit: Habit) -> int | None:
        prize = habit.related_habit
        return prize.pk if prize is not None and prize.is_shown else None

    @staticmethod
    def resolve_sentence(habit: Habit) -> str:
        return sentence(habit)


class PublicHabitPage(KeysetPage[PublicHabitOut]):
    pass


def _findable(term: str) -> str:
    # Below two letters or digits there is no trigram in it, and a search would read the whole feed.
    if len(term) < MIN_SEARCH or sum(map(str.isalnum, term)) < 2:
        raise wrong("too_short", _("At least 3 characters are needed, among them 2 letters or digits."))
    return term


Search = Annotated[
    str,
    Line(SEARCH_LENGTH),
    AfterValidator(_findable),
    WithJsonSchema({"type": "string", "minLength": MIN_SEARCH, "maxLength": SEARCH_LENGTH}),
    Field(description="A part of action or place, whatever the case; among it 2 letters or digits."),
]


class HabitFilters(Parameters):
    page: PageNumber = 1
    is_pleasant: bool | None = None
    search: Search | None = None


class PublicFilters(Parameters):
    cursor: Cursor | None = None
    search: Search | None = None
