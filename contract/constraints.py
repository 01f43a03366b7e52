"""CHECK constraints that read the same on every Django this project runs on."""

from typing import Any

import django
from django.db.models import CheckConstraint, Q


def check(name: str, condition: Q) -> CheckConstraint:
    """A CHECK whose name reads as the rule. Django 5.1 renamed the argument from `check` to `condition`."""
    argument: dict[str, Any] = {"condition" if django.VERSION >= (5, 1) else "check": condition}
    return CheckConstraint(name=name, **argument)
