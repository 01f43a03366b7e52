"""What goes out about the link between a person and their chat."""

import datetime as dt
from typing import Literal

from pydantic import Field

from contract.schemas import Output


class LinkOut(
    Output,
    json_schema_extra={
        "examples": [
            {"linked": True, "username": "alice_in_w", "status": "linked", "linked_at": "2026-01-31T07:30:00Z"}
        ]
    },
):
    linked: bool = Field(description="Whether reminders reach a chat: true for the status `linked` alone.")
    username: str | None = Field(description="Of the linked chat, without the @; null where it has none.")
    status: Literal["none", "asked", "linked", "blocked"] = Field(
        description="`asked`: the bot has asked in the chat whose name you claim. `blocked`: the bot cannot write to "
        "your chat any more; write to it or link again."
    )
    linked_at: dt.datetime | None


class DeepLinkOut(
    Output,
    json_schema_extra={
        "examples": [
            {
                "url": "https://t.me/habits_bot?start=6Jc0Vn3yQmB1kq8uS2rXwT5hLz9eDfGaPiOoYtRrEeW",
                "expires_at": "2026-01-31T07:40:00Z",
            }
        ]
    },
):
    url: str = Field(description="Open it, or show it as a QR code; pressing Start in Telegram links that chat.")
    expires_at: dt.datetime


class AskOut(Output):
    detail: str = Field(description="For people: what happens now. The same for everyone.")
