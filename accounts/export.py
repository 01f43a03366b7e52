"""What stands in the tables of people, for the export of everything that a person has."""

import datetime as dt
from typing import Annotated, Final, Literal

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.admin.models import LogEntry
from pydantic import BaseModel, Field

from accounts.models import Person, Session
from contract.exporting import Section

_OWN: Final = "it is the person's own number"


class Profile(BaseModel):
    id: int
    email: str | None
    display_name: str | None
    timezone: str
    timezone_told: Annotated[bool, Field(description="False where it is only the default of this server.")]
    language: Literal["en", "ru"]
    telegram_username: str | None
    paused_until: dt.date | None
    is_active: bool
    is_staff: Annotated[bool, Field(description="May use the admin.")]
    created_at: dt.datetime
    last_login: dt.datetime | None


class Address(BaseModel):
    email: str
    verified: bool
    primary: bool


class SignIn(BaseModel):
    expires_at: Annotated[dt.datetime, Field(validation_alias="expire_date")]


SECTIONS: Final = (
    Section(
        "profile",
        Profile,
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
        Address,
        lambda person: EmailAddress.objects.filter(user=person).order_by("pk"),
        {"id": "a number that is shown nowhere", "user": _OWN},
    ),
    Section(
        "sessions",
        SignIn,
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
