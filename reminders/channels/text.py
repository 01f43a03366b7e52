"""What a person reads of one habit and date: what is due, and what follows or rewards it, or what became of it.

It is plain text, so that nothing a person has written can be markup. All of it is in the active language.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habits.models import Habit
from habits.sentence import told
from tracking.models import CheckIn

# Telegram's limit for a message, in UTF-16 code units.
LONGEST: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One habit and local date of a message, as it stands. `habit` comes with its related habit; None: it is gone."""

    habit: Habit | None
    date: dt.date
    answer: CheckIn | None = None
    # The current streak with this answer; told once it is answered, where it is known.
    streak: int | None = None
    snoozed_until: dt.datetime | None = None
    # The occurrence before was missed (`tracking`'s just_missed): said kindly, once.
    missed_before: bool = False
    # Its row offers when to be reminded again.
    choosing: bool = False


def words(item: Item, *, timezone: str) -> str:
    """All that is said of one item, moments on the person's clock."""
    habit = item.habit
    if habit is None:
        return _("This habit has been deleted.")
    lines = [_line(habit)]
    if item.answer is not None:
        lines.append(_became(item.answer, item.streak, timezone))
        if item.answer.status == CheckIn.Status.DONE:
            lines += _prize(habit, earned=True)
    else:
        lines += _prize(habit, earned=False)
        if item.missed_before:
            lines.append(_("Missed it last time? It happens. What counts is never to miss twice."))
        if item.snoozed_until is not None:
            clock = _clock(item.snoozed_until, timezone)
            lines.append(_("⏰ I will remind you at %(time)s") % {"time": clock})
    return "\n".join(lines)


def _line(habit: Habit) -> str:
    # The moment is told up front, where the eye looks for it, so the sentence goes without.
    said = {"sentence": told(action=habit.action, place=habit.place), "duration": habit.duration}
    if habit.time is None:
        return _("%(sentence)s (%(duration)d s)") % said
    return _("%(time)s · %(sentence)s (%(duration)d s)") % {"time": f"{habit.time:%H:%M}", **said}


def _prize(habit: Habit, *, earned: bool) -> list[str]:
    """Nothing for a habit that has become pleasant since."""
    if habit.related_habit is not None:
        said = _("Now enjoy: %(prize)s") if earned else _("then: %(prize)s")
        return [said % {"prize": habit.related_habit.action}]
    if habit.reward is not None:
        said = _("Now enjoy: %(prize)s") if earned else _("reward: %(prize)s")
        return [said % {"prize": habit.reward}]
    return []


def _became(answer: CheckIn, streak: int | None, timezone: str) -> str:
    at = answer.answered_at.astimezone(ZoneInfo(timezone))
    same_day = at.date() == answer.date
    words = {"time": f"{at:%H:%M}", "date": "" if same_day else date_format(at, "j E"), "count": streak or 0}
    if answer.status == CheckIn.Status.DONE:
        said = _("✅ Done at %(time)s") if same_day else _("✅ Done on %(date)s at %(time)s")
        if streak == 1:
            said += " · " + _("streak: 1")
        elif streak:
            said += " · " + ngettext("streak: %(count)d", "streak: %(count)d", streak)
    else:
        said = _("⏭ Skipped at %(time)s") if same_day else _("⏭ Skipped on %(date)s at %(time)s")
        if streak == 1:
            said += " · " + _("the streak holds")
        elif streak:
            said += " · " + ngettext("the streak of %(count)d holds", "the streak of %(count)d holds", streak)
    return said % words


def _clock(at: dt.datetime, timezone: str) -> str:
    return f"{at.astimezone(ZoneInfo(timezone)):%H:%M}"


def units(text: str) -> int:
    """The length as Telegram counts it: an emoji outside the basic plane counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, *, to: int = LONGEST) -> str:
    """What was said, cut where it takes more than `to` units."""
    return text if units(text) <= to else text[: to // 2 - 1] + "…"
