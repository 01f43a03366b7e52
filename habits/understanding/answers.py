"""Short answers to a single question: "7", «по будням», "in the park", «полминуты»."""

import re
from dataclasses import replace

from habits.models import MAX_DURATION
from habits.understanding.days import DAILY, WEEKLY, Frequency
from habits.understanding.result import Candidate, Changes, Doubt, Field, Understood
from habits.understanding.russian_places import NAMES
from habits.understanding.sentence import understand
from habits.understanding.text import LONGEST, Text, tidied

_UNKNOWN = re.compile(
    r"(?:i (?:don'?t|do not) know|dunno|idk|no|none|nothing|later|not sure|\?+"
    r"|не знаю|хз|нет|никак|ничего|потом)\W*"
)
_NO_MATTER = {
    **dict.fromkeys(("неважно", "не важно", "все равно", "без разницы", "не имеет значения"), "где угодно"),
    **dict.fromkeys(("any", "any place", "doesn't matter", "does not matter", "no matter"), "anywhere"),
}
_MINE = re.compile(r"(?:мой|моя|мое) (.+)")
_BEDTIME = re.compile(r"(?:перед|до) сн(?:ом|а)|before (?:bed(?:time)?|sleep|going to (?:bed|sleep))|bed ?time")
_ALWAYS = re.compile(r"(?:always|all|all days|every|days?|7/7|всегда|постоянно|каждый|каждые|все дни|день)\W*")
_NUMBER = re.compile(r"\d{1,4}")
_HOUR_AND_MINUTE = re.compile(r"(\d{1,2})[ ,]?([0-5]\d)")
_MINUTES_AND_SECONDS = re.compile(r"(\d{1,2}):([0-5]\d)")
# "3": every third day, or three times a week?
_IF_A_NUMBER: dict[int, tuple[Frequency, ...]] = {
    1: (DAILY, WEEKLY),
    2: (Frequency(2), Frequency(None, (1, 4))),
    3: (Frequency(3), Frequency(None, (1, 3, 5))),
    4: (Frequency(4), Frequency(None, (1, 2, 4, 5))),
    5: (Frequency(None, (1, 2, 3, 4, 5)), Frequency(5)),
    6: (Frequency(None, (1, 2, 3, 4, 5, 6)), Frequency(6)),
    7: (DAILY, WEEKLY),
}
# A bare number up to this could be minutes just as well.
_FEW = 10


def understand_time(text: str) -> Understood:
    """The answer to "At what time?": "7", «в 7 утра», "half past seven". How often may be told along with it."""
    told = _heard("на ночь" if _BEDTIME.fullmatch(_plain(text)) else text)
    if told.time is None and told.doubt("time") is None:
        digits = _HOUR_AND_MINUTE.fullmatch(_plain(text))
        told = _heard(f"в {digits[1]}:{digits[2]}" if digits else f"в {text}")
    doubt = told.doubt("time")
    if doubt and len(doubt.candidates) == 1:
        return told.settle("time", doubt.candidates[0])
    return told


def understand_frequency(text: str) -> Understood:
    """The answer to "How often?": "daily", «по будням», «каждый третий день». A time may be told along with it."""
    plain = _plain(text)
    if _ALWAYS.fullmatch(plain):
        return Understood(every_days=1)
    if _NUMBER.fullmatch(plain) and int(plain) in _IF_A_NUMBER:
        return _one_of("frequency", plain, [_often(value) for value in _IF_A_NUMBER[int(plain)]])
    for days in ("", " day", " days", " дня", " день"):
        told = _heard(text + days)
        if told.every_days or told.weekdays or told.doubt("frequency"):
            return told
    return _heard(text)


def understand_place(text: str) -> Understood:
    """The answer to "Where?": the words as they are; «парк» is told as «в парке». A time may be told along with it."""
    plain = _plain(text)
    words = tidied(text)
    if words is None or _UNKNOWN.fullmatch(plain):
        return Understood()
    if plain in _NO_MATTER:
        return Understood(place=_NO_MATTER[plain])
    name, _comma, _more = plain.partition(",")
    if (mine := _MINE.fullmatch(plain)) and (named := NAMES.get(mine[1])) and " " in named:
        preposition, noun = named.split(" ", 1)
        preposition = "в" if preposition == "во" else preposition
        ours = "моём" if preposition in ("в", "на") else "моим"
        return Understood(place=f"{preposition} {'моей' if plain.startswith('моя') else ours} {noun}")
    if name in NAMES and len(plain) == len(words):
        return Understood(place=NAMES[name] + words[len(name) :])
    told = understand(text)
    if told.place is not None and told.action is None:
        return replace(told, reward=None)
    return Understood(place=words)


def understand_duration(text: str) -> Understood:
    """The answer to "How long does it take?": "2 minutes", «полминуты», "90" (seconds), "1:30"."""
    plain = _plain(text)
    if clock := _MINUTES_AND_SECONDS.fullmatch(plain):
        return _heard(f"{60 * int(clock[1]) + int(clock[2])} s")
    if _NUMBER.fullmatch(plain):
        number = int(plain)
        if 0 < number <= _FEW:
            minutes: Changes = {"duration": min(60 * number, MAX_DURATION)}
            return _one_of("duration", plain, [minutes, {"duration": number}])
        return _heard(f"{number} s")
    return _heard(text)


def _heard(text: str) -> Understood:
    """When, how often and how long: an answer to such a question names no action and no place."""
    told = understand(text)
    doubts = tuple(doubt for doubt in told.doubts if doubt.field not in ("action", "place"))
    return replace(told, action=None, place=None, reward=None, doubts=doubts)


def _plain(text: str) -> str:
    return (tidied(Text(text).plain) or "") if len(text) <= LONGEST else ""


def _often(value: Frequency) -> Changes:
    return {"every_days": value.every_days, "weekdays": value.weekdays}


def _one_of(field: Field, words: str, values: list[Changes]) -> Understood:
    return Understood(doubts=(Doubt(field, tuple(Candidate(words, changes) for changes in values)),))
