"""What the bot keeps of a conversation, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Any, Final

from django.db.models import Model
from pydantic import BaseModel, Field

from bot.models import Draft
from contract.exporting import Section


class DraftRow(BaseModel):
    """A habit that is being told to the bot, question by question."""

    step: str
    content: Annotated[dict[str, Any], Field(description="As it is kept; its form may change.")]
    updated_at: dt.datetime


SECTIONS: Final = (
    Section(
        "draft",
        DraftRow,
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
