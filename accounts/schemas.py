"""What goes in and out of the profile."""

import datetime as dt
from typing import Annotated, Literal

from django.utils.timezone import now
from pydantic import Field, WithJsonSchema

from accounts import rules
from accounts.models import Person
from contract.schemas import UNSET, Day, Line, Output, Patch, kept_by

DisplayName = Annotated[str, Line(rules.DISPLAY_NAME_LENGTH)]
TimeZone = Annotated[
    str,
    Field(max_length=rules.TIME_ZONE_LENGTH),
    kept_by(rules.time_zone),
    WithJsonSchema({"type": "string", "maxLength": rules.TIME_ZONE_LENGTH, "format": "time-zone"}),
]
# The forms that the document names; a few more spellings of the link are understood.
_USERNAME = r"^\s*(@|(https?://)?(t\.me|telegram\.me)/)?[A-Za-z](?!.*__)[A-Za-z0-9_]{2,30}[A-Za-z0-9]\s*$"
TelegramUsername = Annotated[
    str,
    Field(max_length=200),
    kept_by(rules.telegram_username),
    WithJsonSchema({"type": "string", "maxLength": 200, "pattern": _USERNAME}),
]

_EXAMPLE = {
    "id": 1,
    "email": "alice@example.org",
    "display_name": "Alice",
    "timezone": "Europe/Moscow",
    "language": "en",
    "telegram_username": "alice_in_w",
    "paused_until": None,
}


class ProfileOut(Output, json_schema_extra={"examples": [_EXAMPLE]}):
    """The signed-in person."""

    id: int = Field(description="Also for the link `/user/get_chat_id/{pk}`.")
    email: str | None = Field(description="null for a person who came through Telegram.")
    display_name: str | None = Field(description="All that others see of you, beside your public habits.")
    timezone: str = Field(description="IANA time zone; reminders come by its clock.")
    language: Literal["en", "ru"] = Field(description="Of the bot, of e-mails, and of answers without Accept-Language.")
    telegram_username: str | None = Field(description="Without the @, in lower case. A claim, for linking by name.")
    paused_until: dt.date | None = Field(
        description="The first day, on your clock, that is reminded of again; null where no pause is on."
    )

    @staticmethod
    def resolve_paused_until(person: Person) -> dt.date | None:
        return person.paused_until if person.pause_end(now()) else None


class ProfilePatch(
    Patch, json_schema_extra={"examples": [{"display_name": "Alice", "telegram_username": "https://t.me/alice_in_w"}]}
):
    """What to change; the rest stays."""

    display_name: DisplayName | None = Field(UNSET, description="All that others see of you; null for nothing.")
    timezone: TimeZone = Field(UNSET, description="An IANA name in any case; it is kept in IANA's spelling.")
    language: Literal["en", "ru"] = Field(
        UNSET, description="Of the bot, of e-mails, and of answers without Accept-Language."
    )
    telegram_username: TelegramUsername | None = Field(UNSET, description="`name`, `@name` or `https://t.me/name`.")
    paused_until: Day | None = Field(
        UNSET, description="No reminders before this day, from tomorrow to a year ahead; null resumes them now."
    )
