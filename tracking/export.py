"""What stands in the tables of answers, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Any, Final, Literal

from django.db.models import Model
from pydantic import Field

from contract.exporting import Row, Section
from contract.schemas import ClockTime
from tracking.models import CheckIn, LastDeed, Phase

HabitId = Annotated[int, Field(validation_alias="habit_id", description="The habit's number.", examples=[7])]


class ExportedCheckIn(Row):
    """Answers, all of them."""

    habit: HabitId
    date: Annotated[dt.date, Field(description="The local date.", examples=["2026-01-31"])]
    status: Annotated[Literal["done", "skipped"], Field(description="The answer.", examples=["done"])]
    note: Annotated[str | None, Field(description="In the person's words.", examples=["Two laps, in the rain."])]
    source: Annotated[Literal["api", "bot", "admin"], Field(description="Where it came from.", examples=["bot"])]
    answered_at: Annotated[
        dt.datetime, Field(description="When it was given or last changed.", examples=["2026-01-31T04:05:00Z"])
    ]


class ExportedPhase(Row):
    """How habits were due: from `starts` until before `ends` by this rule; between phases they were paused."""

    habit: HabitId
    starts: Annotated[dt.date, Field(description="The first date.", examples=["2026-01-31"])]
    ends: Annotated[dt.date | None, Field(description="The first that no longer belongs to it.", examples=[None])]
    every_days: Annotated[int | None, Field(description="Every N days.", examples=[None])]
    weekdays: Annotated[list[int] | None, Field(description="In place of it; 1 is Monday.", examples=[[1, 3, 5]])]
    counted_from: Annotated[dt.date, Field(description="Where every N days begin.", examples=["2026-01-31"])]
    time: Annotated[ClockTime, Field(description="When, on the clock of the zone.", examples=["07:00"])]
    timezone: Annotated[str, Field(description="IANA time zone.", examples=["Europe/Moscow"])]


class ExportedDeed(Row):
    """The last answer or deletion, which /undo takes back for an hour."""

    kind: Annotated[Literal["answer", "deletion"], Field(description="Which of them.", examples=["answer"])]
    done_at: Annotated[dt.datetime, Field(description="When.", examples=["2026-01-31T04:05:00Z"])]
    content: Annotated[dict[str, Any], Field(description="As it is kept; its form may change.", examples=[{}])]


_NUMBER: Final = {"id": "a number that is shown nowhere"}

SECTIONS: Final = (
    Section(
        "check_ins",
        ExportedCheckIn,
        lambda person: CheckIn.objects.filter(habit__owner=person).order_by("habit", "date"),
        _NUMBER,
    ),
    Section(
        "phases",
        ExportedPhase,
        lambda person: Phase.objects.filter(habit__owner=person).order_by("habit", "starts"),
        _NUMBER,
    ),
    Section(
        "last_deed",
        ExportedDeed,
        lambda person: LastDeed.objects.filter(person=person),
        {"person": "it is the person's own number"},
        is_one=True,
    ),
)

LEFT_OUT: Final[dict[type[Model], str]] = {}
