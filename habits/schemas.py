"""What goes in and out of habits. Types are checked here, everything else by `habits.rules`, so that all errors of a
habit are told at once."""

import datetime as dt
from typing import Annotated, Any

from pydantic import (
    ConfigDict,
    Field,
    WithJsonSchema,
)

from contract.pages import KeysetPage, NumberedPage
from contract.schemas import (
    UNSET,
    ClockTime,
    Day,
    Id,
    Input,
    Output,
    line_schema,
)
from habits.all_at_once import AllAtOnce
from habits.models import MAX_DURATION, TEXT_LENGTH, Habit
from habits.schema_rules import CHANGED_PRIZE, FREQUENCY, NEW_HABIT, OTHER_PRIZE
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

Text = Annotated[str, WithJsonSchema(line_schema(TEXT_LENGTH))]
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
_SHOWN: dict[str, Any] = {
    "id": 7,
    "action": "run",
    "place": "the park",
    "time": "07:00",
    "duration": 60,
    "every_days": None,
    "weekdays": [1, 3, 5],
    "is_pleasant": False,
    "reward": "a cup of coffee",
    "related_habit": None,
    "sentence": "I will run at 07:00 in the park",
    "created_at": "2026-01-31T18:00:00Z",
}
OWN_EXAMPLE: dict[str, Any] = _SHOWN | {
    "starts_on": "2026-01-31",
    "is_public": True,
    "is_hidden": False,
    "is_paused": False,
    "next_reminder_at": "2026-02-02T04:00:00Z",
    "version": 1,
    "updated_at": "2026-01-31T18:00:00Z",
}
PUBLIC_EXAMPLE: dict[str, Any] = _SHOWN | {"owner": {"display_name": "Alice"}}


class HabitPatch(AllAtOnce):
    """What to change; the rest stays. The rules hold for the outcome: put null where a field has to go."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"every_days": 2, "is_paused": False}], "allOf": [CHANGED_PRIZE, FREQUENCY]}
    )

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
    starts_on: Annotated[Day, Field(description="The first day, 1970 to 2100; today where not told.")] = UNSET
    is_pleasant: Annotated[bool, Field(description="A prize: without a reward and a related habit.")] = UNSET
    is_public: Annotated[bool, Field(description="Shown to everyone, with your display name.")] = UNSET
    is_paused: Annotated[bool, Field(description="Not reminded of while true.")] = UNSET
    reward: Annotated[Text | None, Field(description="The prize of a useful habit, or `related_habit`.")] = UNSET
    related_habit: Annotated[Id | None, Field(description="The id of an own pleasant habit, or `reward`.")] = UNSET


class HabitIn(HabitPatch):
    """A new habit. A useful one needs a time, a place, and exactly one of `reward` and `related_habit`; a pleasant one
    has neither prize."""

    # `action` is held by the rules, so that its absence is told together with all else that is wrong.
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _EXAMPLE,
                {"action": "a cup of coffee", "is_pleasant": True},
                {"action": "read", "place": "in bed", "time": "21:30", "every_days": 2, "reward": "a cup of tea"},
            ],
            "required": ["action"],
            "allOf": [NEW_HABIT, FREQUENCY],
        }
    )

    @classmethod
    def _not_told(cls, good: dict[str, Any]) -> set[str]:
        """Fields that are made up where they are not told."""
        return {"starts_on", *(() if {"every_days", "weekdays"} & good.keys() else ("every_days",))} - good.keys()


class CopyIn(Input):
    """A prize in place of the original's. It may all be left out, but where the original's prize is private."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reward": "a cup of tea"}, {}], "allOf": [OTHER_PRIZE]})

    reward: Annotated[Text | None, Field(description="A reward of your own.")] = None
    related_habit: Annotated[Id | None, Field(description="The id of an own pleasant habit.")] = None


HabitId = Annotated[int, Field(description="For the addresses below `/api/v1/habits/`.")]
Action = Annotated[str, Field(description="What to do, as in “I will …”.")]
Place = Annotated[str | None, Field(description="Where; with its own preposition or without.")]
Time = Annotated[ClockTime | None, Field(description="When, on its owner's clock.")]
Seconds = Annotated[int, Field(description="Seconds.")]
DueEvery = Annotated[int | None, Field(description="Every N days from the first day on, or `weekdays`.")]
DueOn = Annotated[list[int] | None, Field(description="1 is Monday.")]
IsPleasant = Annotated[bool, Field(description="A prize for useful habits.")]
Reward = Annotated[str | None, Field(description="The prize of a useful habit, or `related_habit`.")]
Sentence = Annotated[str, Field(description="The whole habit in the caller's language.")]
CreatedAt = Annotated[dt.datetime, Field(description="When it was made.")]


class HabitOut(Output):
    """A habit of one's own."""

    id: HabitId
    action: Action
    place: Place
    time: Time
    duration: Seconds
    every_days: DueEvery
    weekdays: DueOn
    starts_on: Annotated[dt.date, Field(description="The first day that it can be due.")]
    is_pleasant: IsPleasant
    is_public: Annotated[bool, Field(description="Shown to everyone, with your display name.")]
    is_hidden: Annotated[bool, Field(description="An operator hides it: public or not, only its owner sees it.")]
    is_paused: Annotated[bool, Field(description="Not reminded of while true.")]
    reward: Reward
    related_habit: Annotated[int | None, Field(description="The id of an own pleasant habit.")]
    sentence: Sentence
    next_reminder_at: Annotated[
        dt.datetime | None, Field(description="Null where nothing is to come: pleasant, paused, or no chat is linked.")
    ]
    version: Annotated[int, Field(description="Grows with every change.")]
    created_at: CreatedAt
    updated_at: Annotated[dt.datetime, Field(description="When it was last changed.")]

    model_config = ConfigDict(json_schema_extra={"examples": [OWN_EXAMPLE]})

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
    """Five of your habits."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"count": 1, "next": None, "previous": None, "results": [OWN_EXAMPLE]}]}
    )


class PublicOwner(Output):
    """All that is shown of who shares a habit."""

    display_name: Annotated[str | None, Field(description="Null where they chose none.")]


class PublicHabitOut(Output):
    """A habit that its owner shares."""

    id: Annotated[int, Field(description="For the addresses below `/api/v1/habits/public/`.")]
    action: Action
    place: Place
    time: Time
    duration: Seconds
    every_days: DueEvery
    weekdays: DueOn
    is_pleasant: IsPleasant
    reward: Reward
    related_habit: Annotated[int | None, Field(description="The id of a public habit; null where it is private.")]
    sentence: Sentence
    owner: Annotated[PublicOwner, Field(description="Who shares it.")]
    created_at: CreatedAt

    model_config = ConfigDict(json_schema_extra={"examples": [PUBLIC_EXAMPLE]})

    @staticmethod
    def resolve_related_habit(habit: Habit) -> int | None:
        prize = habit.related_habit
        return prize.pk if prize is not None and prize.is_shown else None

    @staticmethod
    def resolve_sentence(habit: Habit) -> str:
        return sentence(habit)


class PublicHabitPage(KeysetPage[PublicHabitOut]):
    """Five public habits, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"next": None, "previous": None, "results": [PUBLIC_EXAMPLE]}]}
    )
