"""The person: signs in by e-mail, or comes through Telegram and has none."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.pauses import pause_end
from contract.constraints import check

# Telegram's own rule (4 to 32 letters, digits and single underscores between them, a letter first), in lower case.
TELEGRAM_USERNAME = r"^[a-z](?!.*__)[a-z0-9_]{2,30}[a-z0-9]$"


def default_time_zone() -> str:
    return settings.DEFAULT_TIME_ZONE


class People(BaseUserManager["Person"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "Person":
        """A person; without a password they cannot sign in by one until they set it."""
        person = self.model(email=email.strip().lower() if email else None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), null=True, blank=True, unique=True)
    display_name = models.CharField(_("display name"), max_length=60, null=True, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default=default_time_zone)
    # False while `timezone` is only the installation's default: the bot asks for it then.
    timezone_told = models.BooleanField(_("time zone was told"), default=False)
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", "English"), ("ru", "Русский")], default="en"
    )
    # Without the @, in lower case. A claim, not a proof: only the Yes in that chat links it.
    telegram_username = models.CharField(_("Telegram username"), max_length=32, null=True, blank=True)
    # The first local date that is reminded of again; once it has come, it means nothing any more (`pause_end`).
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    objects = People()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            check("email_is_lower_case", Q(email=Lower("email"))),
            check("email_is_null_when_absent", ~Q(email="")),
            check("display_name_is_null_when_absent", ~Q(display_name="")),
            check("language_is_en_or_ru", Q(language__in=["en", "ru"])),
            check("telegram_username_is_normalized", Q(telegram_username__regex=TELEGRAM_USERNAME)),
        ]
        indexes = [
            # telegram.linking: who claims the name of a chat that has just written.
            models.Index(
                fields=["telegram_username"],
                name="person_by_telegram_username",
                condition=Q(telegram_username__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.display_name or f"#{self.pk}"

    def pause_end(self, now: datetime) -> datetime | None:
        """When the pause that is on at `now` ends (UTC); None where none is on."""
        return pause_end(self.paused_until, self.timezone, now=now)


class Session(AbstractBaseSession):
    """A sign-in. It knows its person, so that erasing them erases it too; a session without one is still signing in."""

    # No constraint in the database: Django's session store takes any integrity error for a key that is in use, and
    # would try new keys for ever where a person is erased while they sign in.
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="sessions", null=True, db_constraint=False
    )

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from accounts.sessions import SessionStore  # that module needs this model

        return SessionStore
