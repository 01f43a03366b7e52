"""Habits, days and moments in words, in the active language."""

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from habits.models import DEFAULT_DURATION, Habit
from habits.sentence import sentence

WORKDAYS = (1, 2, 3, 4, 5)
WEEKEND = (6, 7)
BAR = 10  # characters of a full bar
SHORT = 32  # characters of a habit on a button


def frequency(*, every_days: int | None, weekdays: Collection[int] | None) -> str:
    """As in: every day; Mon, Wed, Fri."""
    if weekdays:
        days = tuple(sorted(weekdays))
        if len(days) == 7:
            return _("every day")
        if days == WORKDAYS:
            return _("Monday to Friday")
        if days == WEEKEND:
            return _("on Saturday and Sunday")
        if len(days) == 1:
            every = _("Mondays Tuesdays Wednesdays Thursdays Fridays Saturdays Sundays").split()
            return _("on %(days)s") % {"days": every[days[0] - 1]}
        names = _("Mon Tue Wed Thu Fri Sat Sun").split()
        return ", ".join(names[day - 1] for day in days)
    if every_days in (None, 1):
        return _("every day")
    if every_days == 2:
        return _("every other day")
    return ngettext("every %(count)d day", "every %(count)d days", every_days) % {"count": every_days}


def length(seconds: int) -> str:
    """As in: 1 minute; 90 seconds."""
    if seconds % 60:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = seconds // 60
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def prize(habit: Habit) -> str | None:
    """What follows a useful habit; None for a pleasant one."""
    if habit.related_habit is not None:
        return _("then: %(prize)s") % {"prize": habit.related_habit.action}
    return _("reward: %(prize)s") % {"prize": habit.reward} if habit.reward is not None else None


def portrait(habit: Habit) -> str:
    """A habit in a few lines: the sentence, how often and for how long, what it earns."""
    lines = [sentence(habit)]
    how = []
    if habit.every_days is not None or habit.weekdays is not None:
        how.append(frequency(every_days=habit.every_days, weekdays=habit.weekdays))
    if habit.duration != DEFAULT_DURATION or not habit.is_pleasant:
        how.append(length(habit.duration))
    if how:
        lines.append(" · ".join(how))
    earned = prize(habit)
    if habit.is_pleasant:
        lines.append(_("a pleasant habit, a prize for another one"))
    elif earned:
        lines.append(earned)
    return "\n".join(lines)


def day(date: dt.date) -> str:
    """As in: 5 December (Friday)."""
    names = _("Monday Tuesday Wednesday Thursday Friday Saturday Sunday").split()
    return f"{date_format(date, 'j E')} ({names[date.weekday()]})"


def moment(at: dt.datetime, *, person: Person, now: dt.datetime) -> str:
    """As in: today at 21:30. On the person's clock."""
    zone = ZoneInfo(person.timezone)
    then, today = at.astimezone(zone), now.astimezone(zone).date()
    time = then.strftime("%H:%M")
    if then.date() == today:
        return _("today at %(time)s") % {"time": time}
    if then.date() == today + dt.timedelta(days=1):
        return _("tomorrow at %(time)s") % {"time": time}
    return _("%(day)s at %(time)s") % {"day": day(then.date()), "time": time}


def bar(share: float) -> str:
    """A share from 0 to 1, as in: ▓▓▓▓▓▓▓░░░."""
    full = min(BAR, max(0, round(share * BAR)))
    return "▓" * full + "░" * (BAR - full)


def short(text: str, most: int = SHORT) -> str:
    """What fits on a button."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
