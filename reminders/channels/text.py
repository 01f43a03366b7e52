"""What a person reads: one line for each habit that is due, and what follows or rewards it, in their language.

It is plain text, so that nothing a person has written can be markup.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from habits.models import Habit
from habits.sentence import sentence
from reminders.channels.base import Message

# Telegram's limit for a message, in UTF-16 code units.
LONGEST: Final = 4096
BETWEEN: Final = "\n\n"


def line(habit: Habit, *, due_at: dt.datetime, timezone: str, language: str) -> str:
    """What one reminder says; `due_at` is shown on the person's clock."""
    with translation.override(language):
        # The moment is told up front, where the eye looks for it, so the sentence goes without.
        said = _("%(time)s · %(sentence)s (%(duration)d s)") % {
            "time": due_at.astimezone(ZoneInfo(timezone)).strftime("%H:%M"),
            "sentence": sentence(Habit(action=habit.action, place=habit.place)),
            "duration": habit.duration,
        }
        prize = ""
        if habit.related_habit is not None:
            prize = "\n" + _("then: %(habit)s") % {"habit": habit.related_habit.action}
        elif habit.reward is not None:
            prize = "\n" + _("reward: %(reward)s") % {"reward": habit.reward}
        return said + prize


def messages(lines: Iterable[tuple[int, str]]) -> Iterator[Message]:
    """The lines (each with its reminder's id), in as few messages as the limit allows, in their order."""
    ids: list[int] = []
    texts: list[str] = []
    length = 0
    for reminder_id, text in lines:
        text = shortened(text)
        more = len(BETWEEN) + units(text)
        if ids and length + more > LONGEST:
            yield Message(BETWEEN.join(texts), tuple(ids))
            ids, texts, length = [], [], 0
        length += more if ids else units(text)
        ids.append(reminder_id)
        texts.append(text)
    if ids:
        yield Message(BETWEEN.join(texts), tuple(ids))


def units(text: str) -> int:
    """The length as Telegram counts it: an emoji outside the basic plane counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str) -> str:
    """A single line never comes near the limit by the rules of habits; if one did, it would be cut, not refused."""
    while units(text) > LONGEST:
        text = text[: LONGEST // 2 - 1] + "…"
    return text
