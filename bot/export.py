"""What the bot keeps of a conversation, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Any, Final

from django.db.models import Model
from pydantic import Field

from bot.models import Draft
from contract.exporting import Row, Section


class ExportedDraft(Row):
    """A habit that is being told to the bot, question by question."""

    step: Annotated[str, Field(description="What the bot waits for.", examples=["time"])]
    content: Annotated[
        dict[str, Any], Field(description="As it is kept; its form may change.", examples=[{"action": "run"}])
    ]
    updated_at: Annotated[dt.datetime, Field(description="When it was last told.", examples=["2026-01-31T07:30:00Z"])]


SECTIONS: Final = (
    Section(
        "draft",
        ExportedDraft,
        lambda person: Draft.objects.filter(chat__person=person),
        {
            "chat": "the linked chat",
            "key": "a number that is shown nowhere",
            "heard": "a number that is shown nowhere",
        },
        is_one=True,
    ),
)

LEFT_OUT: Final[dict[type[Model], str]] = {}
