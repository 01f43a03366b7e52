"""What stands in the tables of reminders, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from contract.exporting import Section
from reminders.models import Envelope, Reminder


class ReminderRow(BaseModel):
    """Of the last 30 days; older ones are deleted."""

    habit: Annotated[int, Field(validation_alias="habit_id")]
    due_at: dt.datetime
    date: Annotated[dt.date, Field(description="The local date that it is about.")]
    kind: Literal["occurrence", "snooze"]
    state: Literal["waiting", "sent", "missed", "failed", "cancelled"]
    settled_at: dt.datetime | None
    message_id: Annotated[int | None, Field(description="Telegram's number of the message in the chat.")]


SECTIONS: Final = (
    Section(
        "reminders",
        ReminderRow,
        lambda person: Reminder.objects.filter(habit__owner=person).order_by("habit", "due_at"),
        {
            "id": "a number that is shown nowhere",
            "envelope": "the vehicle of a waiting reminder",
            "error": "the fault of this service, in words for its operators",
        },
    ),
)

LEFT_OUT: Final = {Envelope: "the vehicle of waiting reminders, gone once they have arrived"}
