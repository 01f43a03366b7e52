"""What a profile may hold. Each rule gives back the value as it is kept, or raises RuleBroken naming the field."""

import datetime as dt
import re
from functools import cache
from importlib import resources

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import TELEGRAM_USERNAME
from contract.errors import FieldError, RuleBroken
from contract.text import line_problem, tidy

DISPLAY_NAME_LENGTH = 60
TIME_ZONE_LENGTH = 64
LONGEST_PAUSE = 366  # days


def time_zone(value: str) -> str:
    """The IANA zone of that name, in IANA's own spelling: `europe/moscow` is `Europe/Moscow`."""
    known = time_zones().get(value.strip().lower()) if len(value) <= TIME_ZONE_LENGTH else None
    if known is None:
        message = _("A time zone from the IANA list is expected, such as Europe/Moscow.")
        raise RuleBroken(FieldError("timezone", "unknown_time_zone", message))
    return known


@cache
def time_zones() -> dict[str, str]:
    """Every zone of the tzdata release that is installed, by its name in lower case.

    Not `zoneinfo.available_timezones()`: on some machines that holds `localtime`, and everywhere `Factory`.
    """
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return {name.lower(): name for name in names if name != "Factory"}


def language(value: str) -> str:
    if value not in dict(settings.LANGUAGES):
        expected = ", ".join(code for code, _name in settings.LANGUAGES)
        message = _("Expected one of: %(expected)s.") % {"expected": expected}
        raise RuleBroken(FieldError("language", "invalid_choice", message))
    return value


def display_name(value: str | None) -> str | None:
    if value is None:
        return None
    name = tidy(value)
    problem = line_problem(name, max_length=DISPLAY_NAME_LENGTH)
    if problem:
        raise RuleBroken(FieldError("display_name", problem.code, problem.message))
    return name


def paused_until(value: dt.date | None, *, today: dt.date) -> dt.date | None:
    """`today` is the date on the person's clock."""
    if value is not None and value <= today:
        message = _("A pause ends after today: name the first day that is reminded of again, tomorrow or later.")
        raise RuleBroken(FieldError("paused_until", "not_after_today", message))
    if value is not None and (value - today).days > LONGEST_PAUSE:
        limit = _("A pause is at most %(days)d days long.") % {"days": LONGEST_PAUSE}
        raise RuleBroken(FieldError("paused_until", "too_far", limit))
    return value


_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.(?:me|dog))/(?P<path>[^/?#]+)/?(?:[?#].*)?"
    r"|(?:https?://)?(?P<host>[^./]+)\.t\.me/?(?:[?#].*)?"
    r"|tg://resolve/?\?(?:.*&)?domain=(?P<domain>[^&#]+).*",
    re.IGNORECASE,
)


def telegram_username(value: str | None) -> str | None:
    """The bare name in lower case, from `Name`, `@Name` or a link to it."""
    if value is None:
        return None
    name = value.strip()
    link = _LINK.fullmatch(name) if len(name) <= 200 else None
    if link:
        name = next(found for found in link.groups() if found)
    name = name.removeprefix("@").lower()
    if not re.fullmatch(TELEGRAM_USERNAME, name):
        message = _(
            "A Telegram username is expected: 4 to 32 letters, digits and single underscores between them, "
            "a letter first."
        )
        raise RuleBroken(FieldError("telegram_username", "invalid_username", message))
    return name
