"""Writes to people: the profile, and the end of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts import rules
from accounts.models import Person
from accounts.signals import person_erasing, timezone_changed
from contract.errors import FieldError, NotFound, RuleBroken

_RULES: dict[str, Callable[[Any], Any]] = {
    "display_name": rules.display_name,
    "timezone": rules.time_zone,
    "language": rules.language,
    "telegram_username": rules.telegram_username,
}


def update_profile(*, person: Person, changes: Mapping[str, Any], now: datetime) -> Person:
    """Change the fields that `changes` names, all or none; RuleBroken names every field that is wrong.

    The person who is given comes back up to date.
    """
    values = kept(changes)
    with transaction.atomic():
        # No key update: the planner, whose reminders point at the person, must not wait for it.
        stored = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
        if stored is None:
            raise NotFound
        old_zone = stored.timezone
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
    return person


def kept(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of a profile as they are kept; RuleBroken names every field that is wrong."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in changes.items():
        try:
            values[name] = _RULES[name](value)
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
