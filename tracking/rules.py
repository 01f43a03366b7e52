"""What can be answered. Every face (API, bot, admin) is held to it by `tracking.services`."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Person
from contract.errors import FieldError, RuleBroken
from contract.text import line_problem, tidy
from habits.models import TEXT_LENGTH, Habit
from tracking.models import CheckIn

NO_STATUS = FieldError("status", "invalid_choice", _("The answer is done or skipped."))
PLEASANT = FieldError(
    None, "pleasant_habit", _("This habit is pleasant, a prize for another one: only useful habits are checked in.")
)
IN_FUTURE = FieldError("date", "in_future", _("This day has not come yet on your clock."))


def today(person: Person, now: dt.datetime) -> dt.date:
    """The date on the person's own clock."""
    return now.astimezone(ZoneInfo(person.timezone)).date()


def date_problem(date: dt.date, *, today: dt.date) -> FieldError | None:
    """Why this date can no longer, or not yet, be answered; None where it can."""
    if date > today:
        return IN_FUTURE
    days = settings.CHECK_IN_DAYS_BACK
    if (today - date).days > days:
        message = ngettext_lazy(
            "Only today and the last %(count)s day can be answered.",
            "Only today and the last %(count)s days can be answered.",
            "count",
        )
        return FieldError("date", "too_long_ago", message % {"count": days})
    return None


def checked(
    habit: Habit, *, date: dt.date, status: str, note: str | None, today: dt.date
) -> tuple[CheckIn.Status, str | None]:
    """The answer in order. Raises `RuleBroken` with all that is wrong at once."""
    note = note if note is None or len(note) > 10 * TEXT_LENGTH else tidy(note)
    problem = None if note is None else line_problem(note, max_length=TEXT_LENGTH)
    errors = [
        PLEASANT if habit.is_pleasant else None,
        date_problem(date, today=today),
        None if status in CheckIn.Status else NO_STATUS,
        FieldError("note", problem.code, problem.message) if problem else None,
    ]
    if wrong := [error for error in errors if error]:
        raise RuleBroken(*wrong)
    return CheckIn.Status(status), note
