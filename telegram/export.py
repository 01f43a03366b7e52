"""What stands in the tables of chats, for the export of everything that a person has."""

import datetime as dt
from typing import Final

from pydantic import BaseModel

from contract.exporting import Section
from telegram.models import Chat, LinkQuestion, LinkToken, LoginCode


class ChatRow(BaseModel):
    """The linked chat."""

    chat_id: int
    username: str | None
    language_code: str | None
    linked_at: dt.datetime
    blocked_at: dt.datetime | None
    asked_at: dt.datetime | None
    seen_at: dt.datetime


SECTIONS: Final = (
    Section(
        "telegram_chat",
        ChatRow,
        lambda person: Chat.objects.filter(person=person),
        {"person": "it is the person's own number"},
        is_one=True,
    ),
)

LEFT_OUT: Final = {
    LinkToken: "secrets that live ten minutes",
    LoginCode: "secrets that live five minutes",
    LinkQuestion: "what a chat answered that may be a stranger's",
}
