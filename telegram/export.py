"""What stands in the tables of chats, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Final

from pydantic import Field

from contract.exporting import Row, Section
from telegram.models import Chat, LinkQuestion, LinkToken, LoginCode


class ExportedChat(Row):
    """The linked chat with the bot."""

    chat_id: Annotated[int, Field(description="Telegram's number of it.", examples=[123456789])]
    username: Annotated[str | None, Field(description="In Telegram, without the @.", examples=["alice_in_w"])]
    language_code: Annotated[str | None, Field(description="What Telegram says of the language.", examples=["en"])]
    linked_at: Annotated[dt.datetime, Field(description="Since when.", examples=["2026-01-31T07:30:00Z"])]
    blocked_at: Annotated[dt.datetime | None, Field(description="Since when nothing reaches it.", examples=[None])]
    asked_at: Annotated[dt.datetime | None, Field(description="When the bot last asked there.", examples=[None])]
    seen_at: Annotated[dt.datetime, Field(description="When it last wrote.", examples=["2026-01-31T07:30:00Z"])]


SECTIONS: Final = (
    Section(
        "telegram_chat",
        ExportedChat,
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
