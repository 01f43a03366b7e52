"""A whole sentence: each part is found and taken out in turn, and what is left over is what the person will do."""

import datetime as dt
import re

from habits.understanding.day_parts import FoundPart, Part, day_parts
from habits.understanding.days import Frequency, frequencies
from habits.understanding.doubts import duration_told, frequency_told, place_told, time_told
from habits.understanding.durations import durations
from habits.understanding.negations import deny
from habits.understanding.openings import Opening, is_about, take_late_opening, take_opening, take_reward
from habits.understanding.places import places
from habits.understanding.result import Doubt, Understood
from habits.understanding.spans import Found
from habits.understanding.text import BLANK, LONGEST, Text, tidied
from habits.understanding.times import clock_times

_BETWEEN = re.compile(rf"(?<={BLANK})(?:[ ,/&-]|и(?!\w)|или|and|or)+(?={BLANK})")
_EDGES = re.compile(r"\A(?:(?:и|and|to|чтобы|а|then) )+|(?:,? (?:и|или|а|но|and|or|but|at))+\Z", re.IGNORECASE)
# Clauses that Russian sets off by a comma.
_HAS_A_VERB = re.compile(r"(?:когда|как только|после того|перед тем|до того|пока|если)(?!\w)", re.IGNORECASE)
# In "when I'm at home", «когда я буду дома» nobody says where.
_OF_ITS_OWN = re.compile(r"(?<!\w)(?:when(?:ever)?|while|once|as soon as|if|unless|когда|как только|если|пока)(?!\w)")


def understand(text: str) -> Understood:
    """All that a sentence says of a habit. A text longer than all words of a habit says nothing."""
    if len(text) > LONGEST:
        return Understood()
    read = Text(text)
    reward = take_reward(read)
    opening = take_opening(read)
    parts = [part for part in day_parts(read) if not deny(read, part.start, part.end)]
    for part in parts:
        read.blank(part.start, part.end)
    often = frequency_told(read, frequencies(read), parts)
    clocks = [one for one in clock_times(read, part=_only(parts)) if not deny(read, one.start, one.end)]
    time = time_told(read, clocks, parts)
    duration = _duration(read, clocks)
    opening |= take_opening(read)
    clause_end = take_late_opening(read)
    is_topic = Opening.REMINDS in opening and is_about(read)
    for between in _BETWEEN.finditer(read.plain):
        read.blank(*between.span())
    template_ends = {one.end for one in clocks if one.sure} if Opening.PROMISES in opening else set()
    place = _place(read, clause_end, template_ends=template_ends)
    action = None if is_topic else _action(read, clause_end)
    frequency = often if isinstance(often, Frequency) else Frequency()
    doubts = [doubt for doubt in (time, place, often, duration) if isinstance(doubt, Doubt)]
    return Understood(
        action=action,
        place=None if isinstance(place, Doubt) else place,
        time=None if isinstance(time, Doubt) else time,
        every_days=frequency.every_days,
        weekdays=frequency.weekdays,
        duration=None if isinstance(duration, Doubt) else duration,
        reward=reward,
        doubts=(*doubts, Doubt("action")) if is_topic else tuple(doubts),
    )


def _only(parts: list[FoundPart]) -> Part | None:
    """The part of the day that the sentence speaks of, if it is one."""
    names = {part.part for part in parts}
    return names.pop() if len(names) == 1 else None


def _duration(text: Text, clocks: list[Found[dt.time]]) -> int | Doubt | None:
    # «С 8 часов» may be a time of day; it is no length.
    found = [one for one in durations(text) if not any(one.start < at.end and at.start < one.end for at in clocks)]
    told = duration_told(text, found)
    if isinstance(told, int):
        for one in found:
            if one.sure:
                text.blank(one.start, one.end)
    return told


def _place(text: Text, clause_end: int, *, template_ends: set[int]) -> str | Doubt | None:
    found = places(text, template_ends=template_ends)
    if clause := _OF_ITS_OWN.search(text.plain, 0, clause_end):
        found = [one for one in found if not clause.start() <= one.start < clause_end]
    told = place_told(found)
    if isinstance(told, str):
        for one in found:
            if one.sure:
                text.blank(one.start, one.end)
    return told


def _action(text: Text, clause_end: int) -> str | None:
    """What is left over: the person's own words, if there is a word among them.

    A clause that comes first says when: "after breakfast I will walk" is to "walk after breakfast".
    """
    clause = text.left(0, clause_end) or ""
    comma = "," if _HAS_A_VERB.match(clause) else ""
    left = tidied(f"{text.left(clause_end) or ''}{comma} {clause[:1].lower()}{clause[1:]}")
    action = tidied(_EDGES.sub("", left)) if left else None
    return action if action and any(mark.isalpha() for mark in action) else None
