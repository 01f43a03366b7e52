"""The buttons under a reminder, and what a tap on one says: `<verb>:<habit id>:<date as yyyymmdd>`.

Every row names its habit and date, also once it is answered, so that a message can be drawn anew from its own keyboard.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# A button: its text, and its callback data of at most 64 bytes. And a row of them.
Button = tuple[str, str]
Row = list[Button]

# done, skip: the answer. later: offer when to be reminded; back: do not. in10, in60, eve: then. undo: take it back.
VERBS: Final = ("done", "skip", "later", "in10", "in60", "eve", "back", "undo")
EVENING: Final = dt.time(20, 0)

_DATA = re.compile(rf"({'|'.join(VERBS)}):([1-9][0-9]{{0,18}}):([0-9]{{8}})", re.ASCII)
_LAST_ID = 2**63 - 1


class Tap(NamedTuple):
    """What a button says. It comes from outside: whose habit that is, the caller has to ask."""

    verb: str
    habit_id: int
    date: dt.date


class Pressable(Protocol):
    """A button as the bot's library has it."""

    @property
    def callback_data(self) -> str | None: ...


def parse(data: str | None) -> Tap | None:
    """What a button's data says; None where it is not of this format, or names no date or no possible id."""
    found = _DATA.fullmatch(data or "")
    if found is None or int(found[2]) > _LAST_ID:
        return None
    day = found[3]
    try:
        date = dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return None
    return Tap(found[1], int(found[2]), date) if 1970 <= date.year <= 2200 else None


def pairs_of(rows: Iterable[Iterable[Pressable]]) -> list[tuple[int, dt.date]]:
    """The habit ids and dates that the rows of a message's keyboard name, in their order, each once."""
    taps = (parse(button.callback_data) for row in rows for button in row)
    return list(dict.fromkeys((tap.habit_id, tap.date) for tap in taps if tap))


def snooze_until(verb: str, *, timezone: str, now: dt.datetime) -> dt.datetime | None:
    """The moment that `in10`, `in60` or `eve` stands for; None for other verbs, and where this evening has come."""
    if verb in settings.SNOOZES:
        return now + settings.SNOOZES[verb]
    if verb != "eve":
        return None
    local = now.astimezone(ZoneInfo(timezone))
    evening = dt.datetime.combine(local.date(), EVENING, tzinfo=local.tzinfo).astimezone(dt.UTC)
    return evening if evening > now else None


def unanswered(habit_id: int, date: dt.date, *, number: int | None) -> Row:
    """The row of a habit that waits for its answer. `number` where several habits share the message."""
    done, skip, later = _labels(get_language(), number)
    rest = _rest(habit_id, date)
    return [(done, f"done:{rest}"), (skip, f"skip:{rest}"), (later, f"later:{rest}")]


def choosing(habit_id: int, date: dt.date, *, number: int | None, evening: bool) -> Row:
    """The row that offers when to be reminded again; `evening` where this evening is still to come."""
    offers: list[Button] = [(_("10 min"), "in10"), (_("1 h"), "in60")]
    if evening:
        offers.append((_("Tonight"), "eve"))
    offers.append((_("‹ Back"), "back"))
    return [(_numbered(text, number), f"{verb}:{_rest(habit_id, date)}") for text, verb in offers]


def answered(habit_id: int, date: dt.date, *, number: int | None) -> Row:
    return [(_numbered(_("↩ Undo"), number), f"undo:{_rest(habit_id, date)}")]


def as_markup(rows: Sequence[Sequence[Button]]) -> dict[str, object] | None:
    """The rows as the Bot API takes them; None where there are none."""
    if not rows:
        return None
    return {"inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row] for row in rows]}


def _rest(habit_id: int, date: dt.date) -> str:
    return f"{habit_id}:{date.isoformat().replace('-', '')}"


@cache
def _labels(_language: str | None, number: int | None) -> tuple[str, str, str]:
    return _numbered(_("✅ Done"), number), _numbered(_("⏭ Skip"), number), _numbered(_("⏰ Later"), number)


def _numbered(text: str, number: int | None) -> str:
    return text if number is None else f"{number}. {text}"
