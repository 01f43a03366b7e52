"""What goes in and out about the link between a person and their chat, and about signing in by it."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from contract.schemas import Input, Output


class LinkOut(
    Output,
    json_schema_extra={
        "examples": [
            {"linked": True, "username": "alice_in_w", "status": "linked", "linked_at": "2026-01-31T07:30:00Z"}
        ]
    },
):
    """How it stands with the chat where reminders arrive."""

    linked: bool = Field(description="Whether reminders reach a chat: true for the status `linked` alone.")
    username: str | None = Field(description="Of the linked chat, without the @; null where it has none.")
    status: Literal["none", "asked", "linked", "blocked"] = Field(
        description="`asked`: the bot has asked in the chat whose name you claim. `blocked`: the bot cannot write to "
        "your chat any more; write to it or link again."
    )
    linked_at: dt.datetime | None = Field(description="Since when; null where no chat is linked.")


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
    """A link to the bot, for one chat."""

    url: str = Field(description="Open it, or show it as a QR code; pressing Start in Telegram links that chat.")
    expires_at: dt.datetime = Field(description="Until when it works.")


class AskOut(Output):
    """What is answered to everyone."""

    detail: str = Field(description="For people: what happens now. The same for everyone.")


class LoginIn(Input, json_schema_extra={"examples": [{"code": "7K2QF-9XM4T"}]}):
    """The code from the bot."""

    code: Annotated[str, Field(description="As the bot's /login showed it; case, spaces and dashes do not matter.")]


class TokensOut(
    Output, json_schema_extra={"examples": [{"access_token": "eyJhbGciOi…", "refresh_token": "eyJhbGciOi…"}]}
):
    """Two tokens that stand for a new session."""

    access_token: str = Field(description="For `Authorization: Bearer …`; lives 15 minutes.")
    refresh_token: str = Field(description="For `/api/auth/app/v1/tokens/refresh`; lives 30 days.")
