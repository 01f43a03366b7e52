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
    r"wed(?:nesdays?|s)?|сред(?:ам|а|у|ы|е)|ср",
    r"thu(?:rsdays?|rs?)?|четверг(?:ам|а|и|у)?|чтв?|чет",
    r"fri(?:days?)?|пятниц(?:ам|а|у|ы|е)|птн?",
    r"sat(?:urdays?)?|суббот(?:ам|а|у|ы|е)|сб|суб",
    r"sun(?:days?)?|воскресень(?:ям|е|я|ю)|вс|вск|воскр",
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
_SHORT = listed("mon tue tues wed weds thu fri sat sun sats suns mons пон чет суб wedness")
# Forms that need more around them than themselves: «среды», "понедельника".
_OBLIQUE = re.compile(
    r"понедельник[ау]|вторник[ау]|сред[ыеа]|четверг[ау]|пятниц[ыеа]|суббот[ыеа]|воскресень[яю]|выходной|будней|выходных"
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
        days, is_list = _days(plain, group), len(group) > 1
        before = plain[max(0, start - 24) : start]
        if but := _BUT.search(before):
            yield Found(start - (len(before) - but.start()), end, (days,)), True
            continue
        prefix = _BEFORE.search(before)
        if prefix and prefix["off"] and not (is_list and prefix["off"] in ("с", "со", "from")):
            if prefix["off"] in ("the", "a") and not is_list and group[0].word not in _SHORT:
                yield Found(start, end, (days,), sure=False), False
            continue
        if prefix and prefix["range"] and not is_list:
            continue
        says = prefix is not None
        sure = says or is_list or _says_itself(plain, group[0])
        if (
            not sure
            and (group[0].word in _SHORT or _OBLIQUE.fullmatch(group[0].word))
            and not _alone(plain, start, end)
        ):
            continue
        start -= len(before) - prefix.start() if prefix else 0
        yield Found(start, end, (days,), sure=sure or _alone(plain, start, end)), False


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
    days = set(group[0].days)
    for one, other in pairwise(group):
        if _TO.fullmatch(plain[one.end : other.start]) and len(one.days) == len(other.days) == 1:
            (first,), (last,) = one.days, other.days
            days |= {(first - 1 + step) % 7 + 1 for step in range((last - first) % 7 + 1)}
        days |= other.days
    return frozenset(days)


def _says_itself(plain: str, day: _Named) -> bool:
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
    before, after = plain[:start].rstrip(" "), plain[end:].lstrip(" ")
    return (not before or before[-1] in ",;.:\x00") and (not after or after[0] in ",;.:\x00")
