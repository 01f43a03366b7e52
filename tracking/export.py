"""What stands in the tables of answers, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Any, Final, Literal

from django.db.models import Model
from pydantic import BaseModel, Field

from contract.exporting import Section
from contract.schemas import ClockTime
from tracking.models import CheckIn, LastDeed, Phase

HabitId = Annotated[int, Field(validation_alias="habit_id")]


class CheckInRow(BaseModel):
    habit: HabitId
    date: dt.date
    status: Literal["done", "skipped"]
    note: str | None
    source: Literal["api", "bot", "admin"]
    answered_at: dt.datetime


class PhaseRow(BaseModel):
    """From `starts` until before `ends` the habit was due by this rule; between phases it was paused."""

    habit: HabitId
    starts: dt.date
    ends: dt.date | None
    every_days: int | None
    weekdays: Annotated[list[int] | None, Field(description="1 is Monday.")]
    counted_from: dt.date
    time: ClockTime
    timezone: str


class DeedRow(BaseModel):
    """The last answer or deletion, which /undo takes back for an hour."""

    kind: Literal["answer", "deletion"]
    done_at: dt.datetime
    content: Annotated[dict[str, Any], Field(description="As it is kept; its form may change.")]


_NUMBER: Final = {"id": "a number that is shown nowhere"}

SECTIONS: Final = (
    Section(
        "check_ins",
        CheckInRow,
        lambda person: CheckIn.objects.filter(habit__owner=person).order_by("habit", "date"),
        _NUMBER,
    ),
    Section(
        "phases",
        PhaseRow,
        lambda person: Phase.objects.filter(habit__owner=person).order_by("habit", "starts"),
        _NUMBER,
    ),
    Section(
        "last_deed",
        DeedRow,
        lambda person: LastDeed.objects.filter(person=person),
        {"person": "it is the person's own number"},
        is_one=True,
    ),
)

LEFT_OUT: Final[dict[type[Model], str]] = {}
