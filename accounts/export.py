"""What stands in the tables of people, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Final, Literal

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.admin.models import LogEntry
from pydantic import Field

from accounts.models import Person, Session
from contract.exporting import Row, Section

_OWN: Final = "it is the person's own number"


class ExportedProfile(Row):
    """The profile."""

    id: Annotated[int, Field(description="The person's number.", examples=[1])]
    email: Annotated[str | None, Field(description="To sign in by.", examples=["alice@example.org"])]
    display_name: Annotated[str | None, Field(description="What others see.", examples=["Alice"])]
    timezone: Annotated[str, Field(description="IANA time zone.", examples=["Europe/Moscow"])]
    timezone_told: Annotated[bool, Field(description="False where it is only this server's default.", examples=[True])]
    language: Annotated[Literal["en", "ru"], Field(description="Of the bot and of mails.", examples=["en"])]
    telegram_username: Annotated[str | None, Field(description="As it was claimed.", examples=["alice_in_w"])]
    paused_until: Annotated[dt.date | None, Field(description="The end of the last pause.", examples=[None])]
    is_active: Annotated[bool, Field(description="False where an operator closed the account.", examples=[True])]
    is_staff: Annotated[bool, Field(description="May use the admin.", examples=[False])]
    created_at: Annotated[dt.datetime, Field(description="Of the account.", examples=["2026-01-01T09:30:00Z"])]
    last_login: Annotated[
        dt.datetime | None, Field(description="By a password, the last time.", examples=["2026-01-31T07:30:00Z"])
    ]


class ExportedAddress(Row):
    """Addresses of mail."""

    email: Annotated[str, Field(description="The address.", examples=["alice@example.org"])]
    verified: Annotated[bool, Field(description="Proved by a code.", examples=[True])]
    primary: Annotated[bool, Field(description="The one that is signed in by.", examples=[True])]


class ExportedSession(Row):
    """Sign-ins, without their secrets."""

    expires_at: Annotated[
        dt.datetime,
        Field(validation_alias="expire_date", description="When it ends.", examples=["2026-03-02T07:30:00Z"]),
    ]


SECTIONS: Final = (
    Section(
        "profile",
        ExportedProfile,
        lambda person: Person.objects.filter(pk=person),
        {
            "password": "a secret, even as a hash",
            "is_superuser": "a right in the admin",
            "groups": "rights in the admin",
            "user_permissions": "rights in the admin",
        },
        is_one=True,
    ),
    Section(
        "email_addresses",
        ExportedAddress,
        lambda person: EmailAddress.objects.filter(user=person).order_by("pk"),
        {"id": "a number that is shown nowhere", "user": _OWN},
    ),
    Section(
        "sessions",
        ExportedSession,
        lambda person: Session.objects.filter(person=person).order_by("expire_date", "pk"),
        {"session_key": "a secret", "session_data": "holds secrets, and nothing else", "person": _OWN},
    ),
)

LEFT_OUT: Final = {
    EmailConfirmation: "secrets of mails; codes are sent instead",
    LogEntry: "what an admin did in the admin: it is about others",
    Person.groups.through: "rights in the admin",
    Person.user_permissions.through: "rights in the admin",
}
