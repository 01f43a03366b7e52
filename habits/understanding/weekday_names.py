"""Named weekdays in a sentence: «по вторникам и четвергам», "mon wed fri", «пн-пт», "weekends"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from habits.understanding.spans import Found
from habits.understanding.text import Text, listed

ALL_DAYS = frozenset(range(1, 8))
_WORKDAYS, _WEEKEND = frozenset({1, 2, 3, 4, 5}), frozenset({6, 7})
_ONE_DAY = (
    r"mon(?:days?|s)?|понедельник(?:ам|а|и|у)?|пнд?|пон",
    r"tue(?:sdays?|s)?|вторник(?:ам|а|и|у)?|вт",
    r"wed(?:nesdays?|s)?|сред(?:ам|а|у|ы)|ср",
    r"thu(?:rsdays?|rs?)?|четверг(?:ам|а|и|у)?|чтв?|чет",
    r"fri(?:days?)?|пятниц(?:ам|а|у|ы)|птн?",
    r"sat(?:urdays?)?|суббот(?:ам|а|у|ы)|сб|суб",
    r"sun(?:days?)?|воскресень(?:ям|е|я)|вс|вск|воскр",
)
_GROUPS = (
    (
        r"(?:каждый |по |в )?(?:будн(?:им|ий|ие|ие|их|ый)|рабоч(?:им|ий|ие|их)) (?:дням|день|дни|дней)|"
        r"(?:по |в |каждый )?будн(?:ям|и|ей|ий)|"
        r"(?:every |each )?(?:weekdays?|week days|workdays?|working days?|work days|business days)",
        _WORKDAYS,
    ),
    (
        r"(?:по |в |на |каждые )?выходн(?:ым|ые|ых|ой)(?: дн(?:ям|и|ей))?|"
        r"(?:on |at |over )?(?:the )?week-?ends?|(?:every|each) week-?end",
        _WEEKEND,
    ),
)
_DAY = re.compile(
    rf"(?<!\w)(?:{'|'.join(f'(?P<d{day}>{names})' for day, names in enumerate(_ONE_DAY, 1))}"
    rf"|{'|'.join(f'(?P<g{group}>{names})' for group, (names, _) in enumerate(_GROUPS))})(?!\w)\.?"
)
_AND = re.compile(r" ?(?:[,/+&]|и|and|,? ?(?:и|and|плюс|plus))? ?(?:(?:по|в|во|on|in) )?")
_TO = re.compile(r" ?- ?| (?:по|до|to|through|thru|till|until) ")
_BEFORE = re.compile(
    r"(?<!\w)(?:(?P<says>(?:only |just |только )?(?:по|в|во|on|every|each|кажд(?:ый|ую|ое|ые|ой))|only|только)"
    r"|(?P<range>с|со|from)|(?P<off>the|a|this|next|last|since|starting|until|till|by|to|about|до|на|к|эт\w+|с|со|from"
    r"|прошл\w+|следующ\w+|о|об|про|для|после|перед|after|before|for|of|и|мой|my|bloody|black|good)) $"
)
_BUT = re.compile(
    r"(?<!\w)(?:кроме|исключая|за исключением|но не|except(?: for)?|but(?: not)?|excluding|apart from) (?:по |в |on )?$"
)
# Words that are weekdays nowhere but beside other days or after "on".
_SHORT = listed("mon mons tue tues wed weds thu thur thurs fri fris sat sats sun suns пон чет суб")
# "Wed 8pm", "tue at 7".
_CLOCK = re.compile(r" (?:(?P<at>at |@ ?)\d|\d{1,2}(?:[:.]\d\d| ?[ap]\.? ?m)(?!\w))")
# Forms that need more around them than themselves: «среды», "понедельника".
_OBLIQUE = re.compile(
    r"понедельник[ау]|вторник[ау]|сред[ыа]|четверг[ау]|пятниц[ыа]|суббот[ыа]|воскресенья|выходной|будней|выходных"
)


@dataclass(frozen=True, slots=True)
class _Named:
    start: int
    end: int
    days: frozenset[int]
    word: str


def weekdays(text: Text) -> Iterator[tuple[Found[frozenset[int]], bool]]:
    """The sets of weekdays that a text names; with each, whether these are days to leave out."""
    plain = text.plain
    for group in _groups(plain, [_named(match) for match in _DAY.finditer(plain)]):
        start, end = group[0].start, group[-1].end
        days = _days(plain, group)
        if but := _BUT.search(plain, max(0, start - 24), start):
            yield Found(but.start(), end, (days,)), True
            continue
        prefix = _BEFORE.search(plain, max(0, start - 24), start)
        sure = _surely(plain, group, prefix)
        if sure is not None:
            yield Found(prefix.start() if prefix and sure else start, end, (days,), sure=sure), False


def _surely(plain: str, group: list[_Named], prefix: "re.Match[str] | None") -> bool | None:
    """Whether the days say when; None where they are surely something else: "the sun", «с понедельника»."""
    first, is_list = group[0], len(group) > 1
    if prefix is None:
        if is_list or _says_itself(first) or _alone(plain, first.start, first.end):
            return True
        clock = _CLOCK.match(plain, first.end)
        if clock and (first.word in _SHORT or _is_open(plain, first.start)):
            return not (clock["at"] and first.word in ("sat", "sun"))
        if _OBLIQUE.fullmatch(first.word):
            return None
        is_last = not plain[first.end :].strip(" .!")
        return False if is_last or first.word not in _SHORT else None
    if prefix["says"]:
        return True
    if is_list and prefix["range"]:
        return True
    if prefix["off"] in ("the", "a") and not is_list and first.word not in _SHORT:
        return False
    return None


def _named(match: "re.Match[str]") -> _Named:
    kind = match.lastgroup or ""
    number = int(kind[1:])
    days = frozenset({number}) if kind[0] == "d" else _GROUPS[number][1]
    return _Named(match.start(), match.end(), days, match[0].rstrip("."))


def _groups(plain: str, named: list[_Named]) -> Iterator[list[_Named]]:
    """Days that are said together: "mon, wed and fri", "mon-fri"."""
    group: list[_Named] = []
    for day in named:
        between = plain[group[-1].end : day.start] if group else ""
        if group and not (_AND.fullmatch(between) or _TO.fullmatch(between)):
            yield group
            group = []
        group.append(day)
    if group:
        yield group


def _days(plain: str, group: list[_Named]) -> frozenset[int]:
    """The days of a group: «пн-пт» is a range, «пн-ср-пт» is not."""
    days = frozenset[int]().union(*(day.days for day in group))
    pairs = list(pairwise(group))
    ranges = [_TO.fullmatch(plain[one.end : other.start]) is not None for one, other in pairs]
    for (one, other), is_range in zip(pairs, ranges, strict=True):
        if is_range and ranges.count(True) == 1 and len(one.days) == len(other.days) == 1:
            (first,), (last,) = one.days, other.days
            days |= {(first - 1 + step) % 7 + 1 for step in range((last - first) % 7 + 1)}
    return days


def _says_itself(day: _Named) -> bool:
    """Whether the word alone says when: «по будням», "weekends", "mondays", «пн»."""
    word = day.word
    return (
        (len(day.days) > 1 and " " in word)
        or word in ("weekdays", "weekends", "workdays")
        or word.endswith("days")
        or word in ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
    )


def _alone(plain: str, start: int, end: int) -> bool:
    """Whether nothing but the edge of the text, a mark or what is understood already stands on both sides."""
    after = plain[end:].lstrip(" ")
    return _is_open(plain, start) and (not after or after[0] in ",;.:\x00")


def _is_open(plain: str, start: int) -> bool:
    before = plain[:start].rstrip(" ")
    return not before or before[-1] in ",;.:\x00"
