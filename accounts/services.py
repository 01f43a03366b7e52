"""Writes to people: one who comes without an e-mail, the profile, and the end of it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.models import Person
from accounts.signals import pause_changed, person_erasing, timezone_changed
from contract.errors import FieldError, NotFound, RuleBroken

_RULES: dict[str, Callable[[Any], Any]] = {
    "display_name": rules.display_name,
    "timezone": rules.time_zone,
    "language": rules.language,
    "telegram_username": rules.telegram_username,
}


def create_person(*, display_name: str | None, language: str, now: datetime) -> Person:
    """A person without e-mail and password, whom somebody else vouches for. Raises RuleBroken, also while sign-up is
    closed."""
    if not settings.SIGNUP_OPEN:
        raise RuleBroken(FieldError(None, "signup_closed", _("Sign-up is closed here.")))
    profile = kept({"display_name": display_name, "language": language}, timezone=settings.DEFAULT_TIME_ZONE, now=now)
    return Person.objects.create_user(created_at=now, **profile)


def update_profile(*, person: Person, changes: Mapping[str, Any], now: datetime) -> Person:
    """Change the fields that `changes` names, all or none; RuleBroken names every field that is wrong.

    The person who is given comes back up to date.
    """
    with transaction.atomic():
        # No key update: the planner, whose reminders point at the person, must not wait for it.
        stored = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
        if stored is None:
            raise NotFound
        values = kept(changes, timezone=stored.timezone, now=now)
        old_zone, old_pause = stored.timezone, stored.pause_end(now)
        if "timezone" in values:
            values["timezone_told"] = True
        changed = [name for name, value in values.items() if getattr(stored, name) != value]
        for name, value in values.items():
            setattr(stored, name, value)
            setattr(person, name, value)
        if changed:
            stored.save(update_fields=changed)
        if stored.timezone != old_zone:
            timezone_changed.send(sender=Person, person=stored, now=now)
        if stored.pause_end(now) != old_pause:
            pause_changed.send(sender=Person, person=stored, now=now)
    return person


def kept(changes: Mapping[str, Any], *, timezone: str, now: datetime) -> dict[str, Any]:
    """The changes of a profile in that zone as they are kept; RuleBroken names every field that is wrong."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []

    def until(value: date | None) -> date | None:
        today = now.astimezone(ZoneInfo(values.get("timezone", timezone))).date()
        return rules.paused_until(value, today=today)

    # The pause last: it is held to the clock of a zone that comes with it.
    for name, value in sorted(changes.items(), key=lambda change: change[0] == "paused_until"):
        rule = until if name == "paused_until" else _RULES[name]
        try:
            values[name] = rule(value)
        except RuleBroken as error:
            errors += error.errors
    if errors:
        raise RuleBroken(*errors)
    return values


def erase(*, person: Person) -> None:
    """Erase a person and all they own, sessions included, so that every token of theirs is dead. Cannot be undone."""
    with transaction.atomic():
        person_erasing.send(sender=Person, person=person)
        # From here on nothing new of theirs can appear.
        if not Person.objects.select_for_update().filter(pk=person.pk).exists():
            return
        with connection.cursor() as cursor:
            # Django deletes in batches: a habit may go before the one that points at it.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        person.delete()
