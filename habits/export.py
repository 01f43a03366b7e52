"""What stands in the tables of habits, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Final

from pydantic import Field

from contract.exporting import Row, Section
from contract.schemas import ClockTime
from habits.models import Habit, Report, Schedule


class ExportedHabit(Row):
    """Habits, useful and pleasant ones, paused and hidden ones too."""

    id: Annotated[int, Field(description="The habit's number.", examples=[7])]
    action: Annotated[str, Field(description="What to do.", examples=["run"])]
    place: Annotated[str | None, Field(description="Where.", examples=["the park"])]
    time: Annotated[ClockTime | None, Field(description="When, on the person's own clock.", examples=["07:00"])]
    duration: Annotated[int, Field(description="Seconds.", examples=[60])]
    every_days: Annotated[int | None, Field(description="Every N days.", examples=[None])]
    weekdays: Annotated[list[int] | None, Field(description="In place of it; 1 is Monday.", examples=[[1, 3, 5]])]
    starts_on: Annotated[dt.date, Field(description="The first day.", examples=["2026-01-31"])]
    is_pleasant: Annotated[bool, Field(description="A prize.", examples=[False])]
    is_public: Annotated[bool, Field(description="Shown to everyone.", examples=[True])]
    is_paused: Annotated[bool, Field(description="Not reminded of.", examples=[False])]
    reward: Annotated[str | None, Field(description="The prize of a useful one.", examples=["a cup of coffee"])]
    related_habit: Annotated[
        int | None, Field(validation_alias="related_habit_id", description="Or a pleasant habit.", examples=[None])
    ]
    hidden_at: Annotated[
        dt.datetime | None, Field(description="Since when an operator hides it from everyone else.", examples=[None])
    ]
    version: Annotated[int, Field(description="Grows with every change.", examples=[1])]
    created_at: Annotated[dt.datetime, Field(description="When it was made.", examples=["2026-01-31T18:00:00Z"])]
    updated_at: Annotated[dt.datetime, Field(description="When it last changed.", examples=["2026-01-31T18:00:00Z"])]


class ExportedReport(Row):
    """Reports of public habits that the person made."""

    habit: Annotated[int, Field(validation_alias="habit_id", description="Somebody else's habit.", examples=[9])]
    reason: Annotated[str, Field(description="In the person's words.", examples=["an advertisement"])]
    created_at: Annotated[dt.datetime, Field(description="When it was made.", examples=["2026-01-31T18:00:00Z"])]


_OWN: Final = "it is the person's own number"

SECTIONS: Final = (
    Section(
        "habits",
        ExportedHabit,
        lambda person: Habit.objects.filter(owner=person).order_by("pk"),
        {"owner": _OWN},
    ),
    Section(
        "reports",
        ExportedReport,
        lambda person: Report.objects.filter(person=person).order_by("pk"),
        {"id": "a number that is shown nowhere", "person": _OWN},
    ),
)

LEFT_OUT: Final = {Schedule: "made from the habit and the profile, for the planner"}
