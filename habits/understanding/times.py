"""Times of day in a sentence: "7am", «в полвосьмого», "at half past seven", «без четверти восемь», «в 19.30»."""

import datetime as dt
import re
from collections.abc import Iterator

from habits.understanding.clock import times
from habits.understanding.day_parts import Part
from habits.understanding.follows import Follow, follow
from habits.understanding.spans import Found
from habits.understanding.text import Text
from habits.understanding.time_forms import FORMS, MORE, NO_TIME, STRESS
from habits.understanding.time_meanings import MEANINGS, Match

# The sentence speaks of bed or of supper: a bare ten is hardly ten in the morning.
_EVENING = re.compile(
    r"(?<!\w)(?:in bed|before (?:bed|sleep)\w*|bed ?time|to (?:bed|sleep)|sleep|lights out|dinner|supper|evening|night"
    r"|after work|перед сном|до сна|в кровати|в постели|спать|ложиться|лечь|засыпать|заснуть|уснуть|отбой|ужин\w*"
    r"|вечер\w*|ночн\w*|после работы)(?!\w)"
)
# «Раз в 2 часа», "the 9 o'clock news".
_HOW_OFTEN = re.compile(r"(?<!\w)(?:раза?|кажды[ейх]|через|every) $")
_WHICH = re.compile(r"(?<!\w)(?:the|a|an|my|that) $")


def clock_times(text: Text, *, part: Part | None) -> list[Found[dt.time]]:
    """Every time of day, in order: what is sure is taken out of the text, the rest stands in it still.

    `part` is the part of the day that the whole sentence speaks of.
    """
    is_evening = _EVENING.search(text.plain) is not None
    found: list[Found[dt.time]] = []
    for name, form in FORMS:
        position = 0
        while match := form.search(text.plain, position):
            position = match.end()
            earlier = [one for one in found if not one.sure]
            for one in _read(name, match, text.plain, part, is_evening):
                if any(one.start < other.end and other.start < one.end for other in earlier):
                    continue
                found.append(one)
                if one.sure:
                    text.blank(one.start, one.end)
                    if stress := STRESS.match(text.plain, one.end):
                        text.blank(*stress.span())
                    found += _more(text, one.end, part, is_evening)
    for match in NO_TIME.finditer(text.plain):
        if follow(text.plain, match.end()) is not Follow.THING:
            text.blank(*match.span())
    return sorted(found, key=lambda one: one.start)


def _more(text: Text, end: int, part: Part | None, is_evening: bool) -> Iterator[Found[dt.time]]:
    while (match := MORE.match(text.plain, end)) and follow(text.plain, match.end()) is Follow.SAFE:
        values = times(int(match["h"]), int(match["m"] or 0), part=part, is_evening=is_evening)
        if not values:
            return
        end = match.end()
        text.blank(*match.span())
        yield Found(match.start("h"), end, values)


def _read(
    name: str, match: "re.Match[str]", plain: str, part: Part | None, is_evening: bool
) -> Iterator[Found[dt.time]]:
    written = Match(plain, match)
    if not written.at and _WHICH.search(plain, max(0, match.start() - 5), match.start()):
        return
    if not written.suffix or not written.at:
        how_often = _HOW_OFTEN.search(plain, max(0, match.start() - 8), match.start())
        if how_often and (name in ("hour", "one") or not how_often[0].startswith("раз")):
            return
    meaning = MEANINGS[name](written)
    if meaning is None:
        return
    for end, moments, is_exact in meaning.readings:
        values = [
            value
            for hour, minute in moments
            for value in times(hour, minute, part=written.suffix or part, is_exact=is_exact, is_evening=is_evening)
        ]
        if values:
            yield Found(match.start(), end, tuple(dict.fromkeys(values)), meaning.sure and not written.limit)
