"""What each form of a time of day means, and whether it surely is one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from habits.understanding import numbers
from habits.understanding.follows import Follow, follow, is_open, is_thing_done

_SUFFIXES = {
    "a": "am", "p": "pm", "утра": "morning", "дня": "day", "вечера": "evening", "ночи": "night",
    "in the morning": "morning", "in the afternoon": "day", "in the evening": "evening", "at night": "night",
}  # fmt: skip
# What numbers with a colon or a dot belong to, rather than to the day: "psalm 23:10".
_CITED = re.compile(
    r"(?<!\w)(?:psalms?|john|luke|mark|matthew|verse|chapter|genesis|romans"
    r"|псал\w{1,3}|глав\w|стих\w?|иоанна|луки|марка|матфея) $"
)
# "From 9 to 9:30".
_FROM = re.compile(r"(?<![\d:.])\d{1,2}(?: ?[ap]m)? (?:to|till|until) $")
_LOOSE = ("около", "about", "around", "~")
_LOOSE_LIMITS = ("between", "между", "с", "со", "на", "за", "from", "since")
# Numbers in words that are no hours by themselves: "at one", «в один присест».
_NO_HOURS = frozenset({"one", "один", "одного", "одну", "две"})


class Match:
    """A match of a form, with what all of them ask."""

    def __init__(self, plain: str, match: "re.Match[str]") -> None:
        said = match.groupdict()
        self.said = said
        self.at: str = said["at"] or ""
        self.limit: str = said["limit"] or ""
        self.suffix = _SUFFIXES.get(said.get("half_day") or said.get("part") or "", "")
        self.is_told = bool(self.at or self.suffix)
        self.start, self.end = match.span()
        self.hour_end = match.end("h") if "h" in said else self.end
        self.plain = plain
        self.behind = follow(plain, self.end)
        self.is_open = is_open(plain, self.start)

    def number(self, name: str) -> int:
        """The number of a group, 0 where it is not there."""
        written = self.said.get(name)
        return numbers.value(written) if written else 0


@dataclass(frozen=True, slots=True)
class Meaning:
    """Readings: where each ends, its hours and minutes, whether it is written as on a 24-hour clock."""

    readings: tuple[tuple[int, tuple[tuple[int, int], ...], bool], ...]
    sure: bool


def _one(match: Match, hour: int, minute: int, *, sure: bool = True, is_exact: bool = False) -> Meaning:
    return Meaning(((match.end, ((hour, minute),), is_exact),), sure)


def _digits(match: Match) -> Meaning | None:
    written, sep = match.said["h"], match.said["sep"]
    hour, minute = int(written), match.number("m")
    is_exact = len(written) == 2 and written[0] == "0"
    if match.behind is Follow.THING and not match.suffix:
        return None
    if sep not in (":", ".", "h"):
        return _apart(match, hour, minute, is_exact) if match.is_told else None
    sure = match.is_told
    if not sure and not match.limit:
        if sep == "." and not match.is_open and (minute % 5 or match.behind is not Follow.SAFE):
            return None
        sure = match.is_open if sep == "." else hour > 4 or is_exact
        if minute % 5 and not match.is_open:
            sure = False
        if _CITED.search(match.plain, max(0, match.start - 12), match.start):
            sure = False
    sure = sure and not _FROM.search(match.plain, max(0, match.start - 12), match.start)
    return _one(match, hour, minute, sure=sure, is_exact=is_exact)


def _apart(match: Match, hour: int, minute: int, is_exact: bool) -> Meaning:
    """«в 19-30», "at 7 30": unless the minutes are an hour too ("7-11"), or count something ("at 7 30 push-ups")."""
    is_range = match.said["sep"] == "-" and 0 < minute <= 24 and hour <= 12 and not is_exact
    if is_range or (match.behind is not Follow.SAFE and not match.suffix):
        return Meaning(((match.end, ((hour, minute),), is_exact), (match.hour_end, ((hour, 0),), is_exact)), sure=False)
    return _one(match, hour, minute, is_exact=is_exact)


def _military(match: Match) -> Meaning | None:
    hours = match.said["hours"]
    if not hours and (not match.at or match.behind is not Follow.SAFE):
        return None
    sure = bool(hours) or match.said["h"][0] == "0"
    return _one(match, match.number("h"), match.number("m"), sure=sure, is_exact=True)


def _half(match: Match) -> Meaning | None:
    if match.said["n"] and not match.is_told:
        return None  # «мыть пол 2 раза»
    begun = numbers.HOURS_BEGUN[match.said["begun"]] if match.said["begun"] else match.number("n")
    return _one(match, _before(begun), 30) if 1 <= begun <= 12 else None


def _without(match: Match) -> Meaning | None:
    hour = 1 if match.said["h"] == "час" else match.number("h")
    minutes = 15 if match.said["quarter"] else match.number("m")
    return _one(match, _before(hour), 60 - minutes) if 0 < minutes < 60 and hour <= 24 else None


def _to(match: Match) -> Meaning | None:
    if not (match.said["quarter"] or match.is_told or match.said["oclock"]):
        return None  # "10 to 12 push-ups"
    if match.behind is Follow.THING:
        return None
    meaning = _without(match)
    if meaning is None or not match.said["m"] or match.behind is Follow.SAFE or match.suffix:
        return meaning
    return replace(meaning, sure=False) if match.number("m") > 12 else None  # "at 20 to 9 stretch", "at 9 to 10 write"


def _past(match: Match) -> Meaning | None:
    minutes = 30 if match.said["half"] else 15 if match.said["quarter"] else match.number("m")
    return None if match.behind is Follow.THING else _one(match, match.number("h"), minutes)


def _begun(match: Match) -> Meaning:
    minutes = 15 if match.said["quarter"] else match.number("m")
    return _one(match, _before(numbers.HOURS_BEGUN[match.said["begun"]]), minutes)


def _half_hour(match: Match) -> Meaning | None:
    hour = match.number("h")
    if not match.is_told or match.behind is Follow.THING or not 1 <= hour <= 12:
        return None
    moments = ((hour, 30), (_before(hour), 30))
    return Meaning(((match.end, moments, False),), match.behind is Follow.SAFE or bool(match.suffix))


def _noon(match: Match) -> Meaning:
    is_told = bool(match.at) or match.behind is Follow.SAFE
    return _one(match, 12 if match.said["noon"] else 0, 0, sure=is_told, is_exact=True)


def _hour(match: Match) -> Meaning | None:
    if not (match.is_told or match.limit or match.said["oclock"]):
        return None  # «спать 8 часов»
    if match.limit in ("за", "на") and not match.suffix:
        return None  # «за 2 часа до сна»
    return _one(match, match.number("h"), match.number("m"))


def _one_oclock(match: Match) -> Meaning | None:
    if not match.is_told or (match.behind is Follow.THING and not match.suffix):
        return None
    return _one(match, 1, 0, sure=bool(match.suffix) or match.behind is Follow.SAFE)


def _words(match: Match) -> Meaning | None:
    written = match.said["m"]
    for zero in ("ноль ноль", "hundred"):
        written = written.replace(zero, "0")
    told_zero = written != match.said["m"] or written.startswith(("ноль ", "oh ", "o "))
    minute = numbers.value(written.removeprefix("ноль ").removeprefix("oh ").removeprefix("o "))
    if not match.is_told or (minute < 10 and not told_zero) or match.said["h"] in _NO_HOURS:
        return None
    hour = match.number("h")
    if match.behind is Follow.SAFE or match.suffix or told_zero:
        return _one(match, hour, minute)
    return Meaning(((match.end, ((hour, minute),), False), (match.hour_end, ((hour, 0),), False)), sure=False)


def _range(match: Match) -> Meaning | None:
    first, last = match.number("h"), match.number("h2")
    if not (match.is_told or match.limit) or not first < last <= 24:
        return None
    is_pair = match.said["sep"].strip() in ("и", "and") and match.limit not in ("между", "between")
    if is_pair or (match.behind is Follow.THING and not match.suffix):
        return None
    return Meaning(((match.end, ((first, 0), (last, 0)), False),), sure=False)


def _bare(match: Match) -> Meaning | None:
    written = match.said["h"]
    is_exact = len(written) == 2 and written[0] == "0"
    hour = match.number("h")
    if match.suffix:
        counts = hour <= 4 and match.said["part"] in ("дня", "ночи") and not match.at  # «через два дня»
        return None if counts else _one(match, hour, 0)
    if match.behind is Follow.THING or written in _NO_HOURS or not (match.at or match.limit):
        return None
    is_loose = match.at in _LOOSE or match.limit
    if match.limit in _LOOSE_LIMITS or (is_loose and match.behind is not Follow.SAFE):
        return None
    is_glued = match.plain[match.hour_end - len(written) - 1].isalpha()
    is_safe = match.behind is Follow.SAFE or (match.is_open and _leads(match, hour))
    return _one(match, hour, 0, sure=is_safe and not is_glued, is_exact=is_exact)


def _leads(match: Match, hour: int) -> bool:
    """Whether an hour before anything else opens the sentence: "at 7 run", «в 7 зарядка»."""
    is_cyrillic = "а" <= match.plain[match.end : match.end + 2].strip()[:1] <= "я"
    return hour > 4 and is_thing_done(match.plain, match.end) if is_cyrillic else True


def _before(hour: int) -> int:
    """The hour before, on the same face of the clock."""
    return 12 if hour == 1 else 23 if hour in (0, 24) else hour - 1


MEANINGS: dict[str, Callable[[Match], Meaning | None]] = {
    "digits": _digits,
    "military": _military,
    "half": _half,
    "without": _without,
    "to": _to,
    "past": _past,
    "begun": _begun,
    "half_hour": _half_hour,
    "noon": _noon,
    "hour": _hour,
    "one": _one_oclock,
    "words": _words,
    "range": _range,
    "bare": _bare,
}
