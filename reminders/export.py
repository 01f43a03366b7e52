"""What stands in the tables of reminders, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import Field

from contract.exporting import Row, Section
from reminders.models import Envelope, Reminder


class ExportedReminder(Row):
    """Reminders of the last 30 days; older ones are deleted."""

    habit: Annotated[int, Field(validation_alias="habit_id", description="The habit's number.", examples=[7])]
    due_at: Annotated[dt.datetime, Field(description="When it was due.", examples=["2026-01-31T04:00:00Z"])]
    date: Annotated[dt.date, Field(description="The local date that it is about.", examples=["2026-01-31"])]
    kind: Annotated[Literal["occurrence", "snooze"], Field(description="By plan or put off.", examples=["occurrence"])]
    state: Annotated[
        Literal["waiting", "sent", "missed", "failed", "cancelled"],
        Field(description="What became of it.", examples=["sent"]),
    ]
    settled_at: Annotated[dt.datetime | None, Field(description="Since when.", examples=["2026-01-31T04:00:01Z"])]
    message_id: Annotated[int | None, Field(description="Telegram's number of the message.", examples=[712])]


SECTIONS: Final = (
    Section(
        "reminders",
        ExportedReminder,
        lambda person: Reminder.objects.filter(habit__owner=person).order_by("habit", "due_at"),
        {
            "id": "a number that is shown nowhere",
            "envelope": "the vehicle of a waiting reminder",
            "error": "the fault of this service, in words for its operators",
        },
    ),
)

LEFT_OUT: Final = {Envelope: "the vehicle of waiting reminders, gone once they have arrived"}
