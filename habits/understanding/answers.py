"""Short answers to a single question: "7", «по будням», "in the park", «полминуты»."""

import re
from dataclasses import replace

from habits.understanding.days import DAILY, WEEKLY, Frequency
from habits.understanding.result import Candidate, Changes, Doubt, Understood
from habits.understanding.sentence import understand
from habits.understanding.text import LONGEST, Text, tidied

_UNKNOWN = re.compile(
    r"(?:i (?:don'?t|do not) know|dunno|idk|no|none|nothing|later|not sure|\?+"
    r"|не знаю|хз|нет|никак|ничего|потом|без разницы)\W*"
)
_WHATEVER = re.compile(r"(?:always|всегда|постоянно|каждый|день|days?|every|каждые|7|7/7|24/7|7 days|7 дней)\W*")
_NUMBER = re.compile(r"\d{1,4}")


def understand_time(text: str) -> Understood:
    """The answer to "At what time?": "7", «в 7 утра», "half past seven". How often may be told along with it."""
    told = _heard(text)
    if told.time is None and told.doubt("time") is None:
        told = _heard(f"в {text}")
    doubt = told.doubt("time")
    if doubt and len(doubt.candidates) == 1:
        return told.settle("time", doubt.candidates[0])
    return told


def understand_frequency(text: str) -> Understood:
    """The answer to "How often?": "daily", «по будням», «каждый третий день». A time may be told along with it."""
    told = _heard(text)
    if told.every_days or told.weekdays or told.doubt("frequency"):
        return told
    plain = Text(text[:LONGEST]).plain
    if _WHATEVER.fullmatch(plain):
        return replace(told, every_days=1)
    if _NUMBER.fullmatch(plain) and 1 <= int(plain) <= 6:
        return _either(told, *_IF_A_NUMBER[int(plain)], words=plain)
    return told


# "3": every third day, or three times a week?
_IF_A_NUMBER: dict[int, tuple[Frequency, ...]] = {
    1: (DAILY, WEEKLY),
    2: (Frequency(2), Frequency(None, (1, 4))),
    3: (Frequency(3), Frequency(None, (1, 3, 5))),
    4: (Frequency(4), Frequency(None, (1, 2, 4, 5))),
    5: (Frequency(None, (1, 2, 3, 4, 5)), Frequency(5)),
    6: (Frequency(None, (1, 2, 3, 4, 5, 6)), Frequency(6)),
}


def _either(told: Understood, *values: Frequency, words: str) -> Understood:
    often: tuple[Changes, ...] = tuple({"every_days": one.every_days, "weekdays": one.weekdays} for one in values)
    doubt = Doubt("frequency", tuple(Candidate(words, changes) for changes in often))
    return replace(told, doubts=(*told.doubts, doubt))


def understand_place(text: str) -> Understood:
    """The answer to "Where?": the words as they are; «парк» is told as «в парке»."""
    plain = Text(text[:LONGEST]).plain
    words = tidied(text)
    return Understood() if words is None or _UNKNOWN.fullmatch(plain) else Understood(place=words)


def understand_duration(text: str) -> Understood:
    """The answer to "How long does it take?": "2 minutes", «полминуты», "90" (seconds)."""
    told = _heard(text)
    plain = Text(text[:LONGEST]).plain
    if _NUMBER.fullmatch(plain):
        number = int(plain)
        told = _heard(f"{text} s")
        if number in (1, 2):
            seconds: tuple[Changes, ...] = ({"duration": 60 * number}, {"duration": number})
            return Understood(doubts=(Doubt("duration", tuple(Candidate(plain, one) for one in seconds)),))
    return told


def _heard(text: str) -> Understood:
    """When, how often and how long: an answer to such a question names no action and no place."""
    told = understand(text)
    doubts = tuple(doubt for doubt in told.doubts if doubt.field not in ("action", "place"))
    return replace(told, action=None, place=None, reward=None, doubts=doubts)
