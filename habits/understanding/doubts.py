"""From what was found to what is told, and to what is asked about."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from habits.models import MAX_DURATION
from habits.understanding.day_parts import FoundPart, hours_of
from habits.understanding.days import DAILY, Frequencies, Frequency
from habits.understanding.result import Candidate, Changes, Doubt, Field
from habits.understanding.spans import Found
from habits.understanding.text import Text

# More buttons than these help nobody.
MOST_CANDIDATES = 6
_RANGE = re.compile(r" ?(?:-|,|и|до|по|and|or|или|to|till|until)? ?")
_TOO_LONG: tuple[int, ...] = (MAX_DURATION, 60)


def time_told(text: Text, found: Sequence[Found[dt.time]], parts: Sequence[FoundPart]) -> dt.time | Doubt | None:
    """The one time of day that is said, or what it could be."""
    sure = [one for one in found if one.sure]
    if len({one.values for one in sure}) == 1 and len(sure[0].values) == 1:
        return sure[0].values[0]
    if sure:
        return _doubt("time", (_at(text, one, value) for one in sure for value in one.values))
    if found:
        found = list(_joined(text, found))
        return _doubt("time", (_at(text, one, value, in_action=True) for one in found for value in one.values))
    hours = (_at(text, one, hour) for one in parts for hour in hours_of(one.part))
    return _doubt("time", hours) if parts else None


def frequency_told(text: Text, found: Frequencies, parts: Sequence[FoundPart]) -> Frequency | Doubt | None:
    """The one frequency that is said, or what it could be; an empty doubt where it is none that a habit can have."""
    values = list(dict.fromkeys(value for one in found.told for value in one.values))
    if len(values) == 1:
        return values[0]
    if values:
        named = [value.weekdays for value in values if value.weekdays]
        together = Frequency(None, tuple(sorted(set().union(*named)))) if len(named) == len(found.told) > 1 else None
        words = text.words(found.told[0].start, found.told[-1].end)
        options = [together, *values] if together else values
        return _doubt("frequency", (Candidate(words, _often(value)) for value in options))
    if found.beyond:
        return Doubt("frequency")
    if any(one.how_often == "each" for one in parts):
        return DAILY
    if found.maybe:
        return _doubt(
            "frequency",
            (
                Candidate(text.words(one.start, one.end), _often(value), in_action=True)
                for one in found.maybe
                for value in one.values
            ),
        )
    habits = [one for one in parts if one.how_often == "habit"]
    words = text.words(habits[0].start, habits[0].end) if habits else ""
    return _doubt("frequency", [Candidate(words, _often(DAILY))]) if habits else None


def duration_told(text: Text, found: Sequence[Found[int]]) -> int | Doubt | None:
    """The one length that is said, in seconds, or what to offer where it is too long for a habit."""
    lengths = {one.values[0] for one in found}
    if not lengths:
        return None
    if len(lengths) == 1 and (seconds := found[0].values[0]) <= MAX_DURATION:
        return seconds
    fitting = sorted(seconds for seconds in lengths if seconds <= MAX_DURATION)
    words, in_action = text.words(found[0].start, found[0].end), len(lengths) == 1 and found[0].sure
    candidates = (Candidate(words, {"duration": seconds}, in_action) for seconds in fitting or _TOO_LONG)
    return _doubt("duration", candidates)


def place_told(found: Sequence[Found[str]]) -> str | Doubt | None:
    """The one place that is said, or what it could be."""
    sure = [one for one in found if one.sure]
    if len(sure) == 1:
        return sure[0].values[0]
    candidates = (Candidate(value, {"place": value}, in_action=True) for one in sure or found for value in one.values)
    return _doubt("place", candidates) if found else None


def _at(text: Text, found: "Found[dt.time] | FoundPart", value: dt.time, *, in_action: bool = False) -> Candidate:
    return Candidate(text.words(found.start, found.end), {"time": value}, in_action)


def _often(value: Frequency) -> Changes:
    return {"every_days": value.every_days, "weekdays": value.weekdays}


def _joined(text: Text, found: Iterable[Found[dt.time]]) -> Iterable[Found[dt.time]]:
    """«С 7:00 до 8:00» are two times in one breath: choosing either takes both out of the action."""
    last: Found[dt.time] | None = None
    for one in found:
        if last and one.start >= last.end and _RANGE.fullmatch(text.plain[last.end : one.start]):
            last = Found(last.start, one.end, tuple(dict.fromkeys(last.values + one.values)), sure=False)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _doubt(field: Field, candidates: Iterable[Candidate]) -> Doubt:
    different: dict[tuple[object, ...], Candidate] = {}
    for candidate in candidates:
        different.setdefault(tuple(candidate.changes.values()), candidate)
    return Doubt(field, tuple(different.values())[:MOST_CANDIDATES])
