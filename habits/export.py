"""What stands in the tables of habits, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Final

from pydantic import BaseModel, Field

from contract.exporting import Section
from contract.schemas import ClockTime
from habits.models import Habit, Report, Schedule


class HabitRow(BaseModel):
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
    is_paused: bool
    reward: str | None
    related_habit: Annotated[int | None, Field(validation_alias="related_habit_id")]
    hidden_at: Annotated[dt.datetime | None, Field(description="Since when an operator hides it from everyone else.")]
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime


class ReportRow(BaseModel):
    habit: Annotated[int, Field(validation_alias="habit_id", description="Somebody else's public habit.")]
    reason: str
    created_at: dt.datetime


_OWN: Final = "it is the person's own number"

SECTIONS: Final = (
    Section(
        "habits",
        HabitRow,
        lambda person: Habit.objects.filter(owner=person).order_by("pk"),
        {"owner": _OWN},
    ),
    Section(
        "reports",
        ReportRow,
        lambda person: Report.objects.filter(person=person).order_by("pk"),
        {"id": "a number that is shown nowhere", "person": _OWN},
    ),
)

LEFT_OUT: Final = {Schedule: "made from the habit and the profile, for the planner"}
