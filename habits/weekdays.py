"""A set of weekdays, kept as seven bits: a narrow column that cannot hold a day twice or in the wrong order."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

Weekdays = tuple[int, ...]


def to_bits(days: Iterable[int]) -> int:
    """ISO weekdays (1 is Monday, 7 is Sunday) as bits 0 to 6."""
    return sum(1 << (day - 1) for day in set(days))


def from_bits(bits: int) -> Weekdays:
    """The ISO weekdays of the bits, ascending."""
    return tuple(day for day in range(1, 8) if bits & (1 << (day - 1)))


class WeekdaysField(models.SmallIntegerField["Weekdays | None", "Weekdays | None"]):
    """A tuple of ISO weekdays in Python, a bit set (1 to 127) in the database."""

    def from_db_value(self, value: int | None, *_args: object) -> Weekdays | None:
        return None if value is None else from_bits(value)

    def to_python(self, value: Any) -> Weekdays | None:
        if value is None or isinstance(value, tuple):
            return value
        if isinstance(value, int):
            return from_bits(value)
        try:
            days = tuple(sorted({int(day) for day in value}))
        except (TypeError, ValueError):
            days = ()
        if not days or days[0] < 1 or days[-1] > 7:
            raise ValidationError(_("Choose weekdays from 1 (Monday) to 7 (Sunday)."), code="invalid_weekdays")
        return days

    def get_prep_value(self, value: Any) -> int | None:
        return value if value is None or isinstance(value, int) else to_bits(value)
