"""Parts of the day: «утром», "in the evening", «каждое утро». They say which seven is meant, and hint at a time."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from habits.understanding import numbers
from habits.understanding.text import Text

Part = Literal["morning", "day", "evening", "night"]
# "Every morning"; "in the mornings", which is likely every one; "in the morning".
HowOften = Literal["each", "habit", "at"]
# The hours to offer where a part of the day is all that is said.
HOURS: dict[Part, tuple[int, ...]] = {
    "morning": (7, 8, 9),
    "day": (12, 13, 14),
    "evening": (19, 20, 21),
    "night": (22, 23, 0),
}
_NAMES: dict[Part, tuple[str, str, str]] = {
    # Russian: "at that part"; "at those parts", which is a habit; the part itself after «каждый».
    "morning": (r"утром|утречком|с утра(?: пораньше)?|поутру|с утречка", "утрам", "утро"),
    "day": (r"днем|в обед|в обеденное время", "обедам", "обед"),
    "evening": (r"вечером|вечерком|сегодня вечером", "вечерам", "вечер"),
    "night": (r"ночью|на ночь", "ночам", "ночь"),
}
_ENGLISH: dict[Part, tuple[str, str]] = {
    "morning": ("morning", "first thing after waking up"),
    "day": ("afternoon", "at lunch ?time"),
    "evening": ("evening", "tonight"),
    "night": ("night", "at night"),
}
_HOW_OFTEN: tuple[HowOften, ...] = ("each", "habit", "at")
_MEANINGS = {f"{part}_{how_often}": (part, how_often) for part in HOURS for how_often in _HOW_OFTEN}
_EACH = r"(?:every|each)(?: single)? "


def _pattern(part: Part) -> str:
    at, habit, name = _NAMES[part]
    english, more = _ENGLISH[part]
    return (
        rf"(?P<{part}_each>кажд(?:ое|ый|ую) {name}|{_EACH}{english}|{english}ly)"
        rf"|(?P<{part}_habit>по {habit}|(?:in the |on |at )?{english}s)"
        rf"|(?P<{part}_at>{at}|(?:first thing )?(?:in the|during the|this) {english}|(?<=day ){english}|{more})"
    )


_PARTS = re.compile(rf"(?<![\w-])(?:{'|'.join(_pattern(part) for part in HOURS)})(?!\w)")
_OTHER_DAY = re.compile(r"(?<!\w)(?:\w+[иы]м|с|перед|над|под|good|all|any) $")
# "Seven in the evening" says so of that hour alone.
_AFTER_HOURS = ("in the ", "at night")
_OF_AN_HOUR = re.compile(rf"(?:\d|(?<!\w)(?:{numbers.NUMBER})|o'? ?clock|thirty) $")


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A part of the day; `how_often` tells whether it says that it is each one ("every morning") or likely so."""

    start: int
    end: int
    part: Part
    how_often: HowOften


def day_parts(text: Text) -> list[FoundPart]:
    """The parts of the day that a text speaks of, in order."""
    found = []
    for match in _PARTS.finditer(text.plain):
        if match[0].startswith(_AFTER_HOURS) and _OF_AN_HOUR.search(
            text.plain, max(0, match.start() - 12), match.start()
        ):
            continue
        if _OTHER_DAY.search(text.plain, max(0, match.start() - 14), match.start()):
            continue
        part, how_often = _MEANINGS[match.lastgroup or ""]
        found.append(FoundPart(match.start(), match.end(), part, how_often))
    return found


def hours_of(part: Part) -> tuple[dt.time, ...]:
    """The times to offer for a part of the day."""
    return tuple(dt.time(hour) for hour in HOURS[part])
