"""How long it takes: "for 2 minutes", «30 секунд», «полминуты»."""

import re
from collections.abc import Iterator

from habits.understanding import numbers
from habits.understanding.follows import Follow, follow, is_infinitive
from habits.understanding.spans import Found
from habits.understanding.text import BLANK, Text

_N = rf"(?P<n>{numbers.NUMBER}|\d{{1,4}})"
_HALF = r"(?P<and_half> (?:с половиной|and a half)|[.,]5)?"
_UNITS = (
    (1, r"секунд(?:ы|у|очку|а)?|сек|seconds?|secs?|s"),
    (60, r"минут(?:ы|у|ку|очку|а|ок)?|мин|minutes?|mins?"),
    (3600, r"час(?:а|ов|ик|ок)?|ч|hours?|hrs?|h"),
)
_UNIT = "|".join(f"(?P<u{seconds}>{names})" for seconds, names in _UNITS)
_FOR = r"(?:for|within|на|в течение|в течении) (?:(?:about|around|just|only|at least|около|всего|хотя бы) )?"
_NAMED = (
    r"(?P<half>полминуты|пол минуты|half a minute)|(?P<hour>полчаса|пол часа|half an hour)|(?P<second>секунд[ау])"
    r"|(?P<minute>a minute|one minute|минут(?:а|у|ку|очку))|(?P<few>пару минут|(?:a )?couple of minutes)"
    r"|(?P<and_a_half>полторы минуты)|(?P<one_hour>an hour|час)"
)
_PATTERN = re.compile(
    rf"(?<![\w.,:/-])(?P<for>{_FOR})?(?:{_N}{_HALF} ?-?(?:{_UNIT})|{_NAMED})(?!\w)\.?",
)
_WHOLE = {"half": 30, "minute": 60, "second": 1, "few": 120, "and_a_half": 90, "hour": 1800, "one_hour": 3600}
# «За 10 минут до сна» tells when, "every 25 minutes" how often.
_OTHER = re.compile(
    r"(?<!\w)(?:за|через|кажды[ей]|каждую|раз в|в|до|после|чем|первые|последние"
    r"|every|each|in|after|within|than|first|last|per) $"
)
# "A 2 minute walk".
_OF_A_THING = re.compile(r"(?<!\w)(?:a|an|the|my) $")
_OF_TIME = re.compile(r" (?:of|before|after|past|to|до|после|назад|ago|early|earlier|late|later|раньше|позже)(?!\w)")
_AND = re.compile(r" ?(?:и|and)? ?")
_WORD = re.compile(r" ?([^\W\d_][\w'-]*)?")


def durations(text: Text) -> list[Found[int]]:
    """Every length of time, in seconds. It is taken out of the text unless other words hang on it."""
    found = []
    for match in _PATTERN.finditer(text.plain):
        start, end = match.span()
        if not match["for"] and _OTHER.search(text.plain, max(0, start - 12), start):
            continue
        if match["one_hour"] and not match["for"]:
            continue
        seconds = _seconds(match)
        if not seconds or (match["for"] != "for " and _tells_when(text.plain, end)):
            continue
        is_free = _stands_free(text.plain, end) and not _OF_A_THING.search(text.plain, max(0, start - 5), start)
        is_free = is_free and "-" not in match[0]
        found.append(Found(start, end, (seconds,), sure=is_free))
    return list(_together(text, found))


def _together(text: Text, found: list[Found[int]]) -> Iterator[Found[int]]:
    """«1 минута 30 секунд» is one length."""
    last: Found[int] | None = None
    for one in found:
        if last and last.values[0] >= 60 > one.values[0] and _AND.fullmatch(text.plain, last.end, one.start):
            last = Found(last.start, one.end, (last.values[0] + one.values[0],), sure=one.sure)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _seconds(match: "re.Match[str]") -> int:
    for name, seconds in _WHOLE.items():
        if match[name]:
            return seconds
    unit = next(seconds for seconds, _names in _UNITS if match[f"u{seconds}"])
    number = int(match["n"]) if match["n"].isdigit() else numbers.value(match["n"])
    return number * unit + (unit // 2 if match["and_half"] else 0)


def _tells_when(plain: str, end: int) -> bool:
    behind = _OF_TIME.match(plain, end)
    return behind is not None and behind[0] != " of"


def _stands_free(plain: str, end: int) -> bool:
    """Whether no other word hangs on it: not in «2 минуты медитации», "2 minutes of silence"."""
    if plain.startswith(" of ", end):
        return False
    word = _WORD.match(plain, end)
    name = word[1] if word else None
    return not name or is_infinitive(name) or follow(plain, end) is Follow.SAFE or plain[end : end + 1] == BLANK
