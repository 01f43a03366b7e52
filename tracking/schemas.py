"""What goes in and out of check-ins and stats. Types are checked here, everything else by `tracking.rules`."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from contract.schemas import UNSET, Day, Output, Parameters, Patch
from habits.schemas import Text
from tracking.queries import DAYS_SHOWN, MAX_DAYS

_Status = Literal["done", "skipped"]
_EXAMPLE: dict[str, Any] = {"status": "done", "note": "Two laps, in the rain."}
_ANSWER: dict[str, Any] = _EXAMPLE | {"date": "2026-01-31", "source": "api", "answered_at": "2026-01-31T04:05:00Z"}


class CheckInIn(Patch):
    """The answer for the date."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    status: Annotated[_Status, Field(description="A skip neither breaks nor lengthens the streak.")]
    note: Annotated[
        Text | None, Field(description="One line. Left out, what was noted before stays; null takes it away.")
    ] = UNSET


class CheckInOut(Output):
    """The answer for a date."""

    date: Annotated[dt.date, Field(description="On the person's own clock.")]
    status: Annotated[_Status, Field(description="A skip neither breaks nor lengthens the streak.")]
    note: Annotated[str | None, Field(description="One line; null where nothing is noted.")]
    source: Annotated[Literal["api", "bot", "admin"], Field(description="Where the answer as it stands came from.")]
    answered_at: Annotated[dt.datetime, Field(description="When it was given or last changed.")]

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})


class Dates(Parameters):
    from_: Annotated[
        Day | None,
        Field(alias="from", description=f"The first date; {DAYS_SHOWN} days up to the last one where not told."),
    ] = None
    to: Annotated[
        Day | None, Field(description=f"The last date, today where not told; at most {MAX_DAYS} days in all.")
    ] = None


class CheckIns(Output):
    """The answers for a habit, the oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"results": [_ANSWER]}]})

    results: Annotated[list[CheckInOut], Field(description="A date that is not there is unanswered.")]


Share = Annotated[float | None, Field(ge=0, le=1)]


class CompletionRate(Output):
    """What was done of what was done or missed; skips are left out. Null where there was neither."""

    last_7_days: Annotated[Share, Field(description="Of the last 7 days.")]
    last_30_days: Annotated[Share, Field(description="Of the last 30 days.")]
    last_90_days: Annotated[Share, Field(description="Of the last 90 days.")]


class StatsOut(Output):
    """How a habit grows. Streaks and numbers are in occurrences, not in days."""

    current_streak: Annotated[int, Field(description="Done since the last one that was missed.")]
    longest_streak: Annotated[int, Field(description="The most that were ever done in a row.")]
    completion_rate: Annotated[CompletionRate, Field(description="The share that was done.")]
    strength: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="An exponential average of what was done: a miss after a long streak costs little. "
            "A daily habit comes to 0.5 in 13 days.",
        ),
    ]
    done: Annotated[int, Field(description="Occurrences that were done.")]
    skipped: Annotated[int, Field(description="Occurrences that were skipped.")]
    missed: Annotated[int, Field(description="Occurrences that passed unanswered.")]
    today: Annotated[
        Literal["done", "skipped", "pending", "not_due"],
        Field(description="`pending`: due today, and not answered yet."),
    ]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "current_streak": 2,
                    "longest_streak": 2,
                    "completion_rate": {"last_7_days": 0.8, "last_30_days": 0.8, "last_90_days": 0.8},
                    "strength": 0.187,
                    "done": 4,
                    "skipped": 1,
                    "missed": 1,
                    "today": "done",
                }
            ]
        }
    )
