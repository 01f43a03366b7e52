"""How often, in a sentence: «каждый день», "every other day", «раз в 3 дня», "on weekdays"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from habits.understanding import numbers
from habits.understanding.negations import deny
from habits.understanding.spans import Found
from habits.understanding.text import Text
from habits.understanding.weekday_names import ALL_DAYS, weekdays


class Frequency(NamedTuple):
    """Every so many days, or on weekdays (ISO, ascending): one of the two."""

    every_days: int | None = None
    weekdays: tuple[int, ...] | None = None


DAILY, WEEKLY = Frequency(1), Frequency(7)
_N = rf"(?P<n>{numbers.NUMBER})"
_NTH = rf"(?P<nth>{numbers.one_of(numbers.ORDINALS)}|\d-?(?:й|ый|ой|ий))"
_ONCE = r"(?:(?:(?:1|один|одного) )?раза?)"
# «5 раз в день» is not once a day; «в 5 раз в день» is, at five.
_SEVERAL = re.compile(
    rf"(?<![\w:.-])(?<!в )(?<!во )(?<!к )(?<!at )(?<!@ )(?:\d{{1,4}}|{'|'.join(numbers.COUNTED)}"
    r"|несколько|много|пару) $"
)
_DAYS = r"(?:дня|дней|день|сутки|суток)"
# Words that say how often and nothing else; N days are in the pattern.
_EVERY_N = (
    rf"кажд(?:ый|ые|ы) {_NTH} день",
    rf"кажд(?:ые|ый|ы) {_N} {_DAYS}",
    rf"{_ONCE} в {_N} {_DAYS}",
    rf"(?:every|each) {_NTH} day",
    rf"(?:(?:once )?every|once (?:in|each)(?: every)?) {_N} days?",
)
_EVERY = (
    (1, r"кажд(?:ый|ы|ый божий) день|кажды?йдень|каждодневно|ежедневно|каждые сутки|изо дня в день|день за днем"),
    (1, rf"без выходных|всю неделю|{_ONCE} в (?:день|сутки)|(?:7|семь) дней в неделю"),
    (1, r"every (?:single )?day|each day|all week(?: long)?|(?:7|seven) days (?:a|per) week"),
    (1, r"once (?:a|per|every|each) day|once daily|day in,? day out"),
    (2, r"через день|день через день|every other day|(?:on )?(?:every )?alternate days?"),
)
# Weekly by itself; with weekdays beside it, these say when.
_WEEKLY = rf"{_ONCE} в неделю|каждую неделю|еженедельно|(?:once|one time) (?:a|per|every|each) week|(?:every|each) week"
# Also adjectives ("my daily report"): they tell how often only where no word follows that they could belong to.
_ADJECTIVES = {"daily": DAILY, "everyday": DAILY, "weekly": WEEKLY}
_IN_A_WEEK = (
    rf"(?:{_N}(?: (?:раза?|дня|дней|times|days)| ?x)|(?P<twice>дважды|twice)|(?P<thrice>трижды|thrice))"
    r"(?: (?:в|за|a|per|every|each|in a) | ?/ ?)(?:неделю|week)"
)
_TIMES_A_WEEK = {
    1: (WEEKLY,),
    2: (Frequency(None, (1, 4)), Frequency(None, (2, 5)), Frequency(None, (6, 7))),
    3: (Frequency(None, (1, 3, 5)), Frequency(None, (2, 4, 6))),
    4: (Frequency(None, (1, 2, 4, 5)), Frequency(None, (1, 3, 5, 7))),
    5: (Frequency(None, (1, 2, 3, 4, 5)),),
    6: (Frequency(None, (1, 2, 3, 4, 5, 6)),),
    7: (DAILY,),
}
# What no habit here can be: more than once a day, less than once a week.
_SOME = r"(?:\S{1,12} )?"
_BEYOND = (
    rf"кажд(?:ый|ые|ую) {_SOME}(?:час\w{{0,2}}|минут\w?|полчаса|месяца?|год|недел[иь])|ежечасно|ежемесячно",
    rf"{_ONCE} в {_SOME}(?:час\w{{0,2}}|минут\w?|полчаса|месяц\w{{0,2}}|год\w?|недел[иь])|через неделю",
    r"(?:\S{1,12} раза?|дважды|трижды) (?:в|за) (?:день|сутки|час|месяц|год)|по (?:не)?четным(?: (?:дням|числам))?",
    rf"(?:every|each|per) {_SOME}(?:hours?|minutes?|months?|weeks|fortnight|years?)",
    r"(?:once|twice|thrice|one time|\S{1,12} times) (?:a|an|per|every|each) (?:minute|hour|month|year)",
    r"(?:twice|thrice|\S{1,12} times) (?:a|per|every|each) day|twice daily|every other week",
    r"hourly|monthly|biweekly|fortnightly",
)


# Of those, what is less than once a week: no weekday beside it makes it more.
_RARE = re.compile("week|fortnight|month|year|недел|месяц|месяч|год")


def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)")


_EVERY_N_PATTERNS = tuple(_compiled(pattern) for pattern in _EVERY_N)
_EVERY_PATTERNS = tuple((days, _compiled(pattern)) for days, pattern in _EVERY)
_WEEKLY_PATTERN = _compiled(_WEEKLY)
_ADJECTIVE_PATTERN = _compiled("|".join(_ADJECTIVES))
_IN_A_WEEK_PATTERN = _compiled(_IN_A_WEEK)
_BEYOND_PATTERNS = tuple(_compiled(pattern) for pattern in _BEYOND)
# "Two litres a day".
_A_DAY = _compiled(r"в день|в сутки|a day|per day")
_AFTER_N_DAYS = _compiled(rf"через {_N} {_DAYS}")
# «план на каждый день» is a plan's name.
_OF_SOMETHING = re.compile(r"(?<!\w)(?:на|для|о|про|for|of) $")
_ENDS = re.compile(r" ?(?:$|[^\w ]|(?:at|in|on|by|for|after|before|в|на|у|с|и|and|i|я)(?!\w))")


class Frequencies(NamedTuple):
    """What a text says of how often: `told` is out of the text, `maybe` still stands in it.

    `beyond`: it speaks of more than once a day, or less than once a week, and that stands in it too; or it says how
    often not.
    """

    told: list[Found[Frequency]]
    maybe: list[Found[Frequency]]
    beyond: bool


def frequencies(text: Text) -> Frequencies:
    """All that a text says of how often; takes out of the text what says no more than that."""
    every, is_rare = _every(text)
    in_a_week = _in_a_week(text)
    beyond = [match[0] for pattern in _BEYOND_PATTERNS if (match := pattern.search(text.plain))]
    is_rare = is_rare or any(_RARE.search(words) for words in beyond)
    named, maybe, has_left_out = _named(text)
    weekly, maybe_weekly = _weekly(text)
    if any(DAILY in found.values for found in weekly):
        every, weekly = [*every, *weekly], []
    told = [*([] if has_left_out else every), *named] or in_a_week or weekly
    denied = [one for one in told if deny(text, one.start, one.end)]
    if denied or (is_rare and told):
        return Frequencies([], [], beyond=True)
    return Frequencies(
        told, [] if told else [*maybe, *maybe_weekly, *_loosely(text)], bool(is_rare or beyond) and not told
    )


def _every(text: Text) -> tuple[list[Found[Frequency]], bool]:
    found, is_rare = [], False
    for pattern in _EVERY_N_PATTERNS:
        for match in _matches(pattern, text):
            if 1 <= (days := _number(match)) <= 7:
                found.append(_taken(text, match, Frequency(days)))
            else:
                is_rare = True
    for days, pattern in _EVERY_PATTERNS:
        found += [
            _taken(text, match, Frequency(days))
            for match in _matches(pattern, text)
            if not _OF_SOMETHING.search(text.plain, max(0, match.start() - 6), match.start())
        ]
    return found, is_rare


def _matches(pattern: "re.Pattern[str]", text: Text) -> Iterator["re.Match[str]"]:
    """The matches of a pattern of "once …", but for "five times …"."""
    for match in pattern.finditer(text.plain):
        if not (match[0].startswith("раз") and _SEVERAL.search(text.plain, max(0, match.start() - 14), match.start())):
            yield match


def _in_a_week(text: Text) -> list[Found[Frequency]]:
    return [
        _taken(text, match, *_TIMES_A_WEEK[times])
        for match in _IN_A_WEEK_PATTERN.finditer(text.plain)
        if (times := 2 if match["twice"] else 3 if match["thrice"] else _number(match)) in _TIMES_A_WEEK
    ]


def _named(text: Text) -> tuple[list[Found[Frequency]], list[Found[Frequency]], bool]:
    """Named weekdays, surely and perhaps. What is to be left out ("except Sundays") is left out of the rest."""
    named: list[Found[frozenset[int]]] = []
    left_out: list[Found[frozenset[int]]] = []
    for found, is_left_out in list(weekdays(text)):
        (left_out if is_left_out else named).append(found)
        if found.sure:
            text.blank(found.start, found.end)
    sure = [found for found in named if found.sure]
    if left_out:
        without = frozenset[int]().union(*(found.values[0] for found in left_out))
        base = sure or [Found(left_out[0].start, left_out[0].end, (ALL_DAYS,))]
        sure = [Found(found.start, found.end, (found.values[0] - without,)) for found in base]
    told = [
        Found(found.start, found.end, (_on(found.values[0]),), found.sure)
        for found in [*sure, *(found for found in named if not found.sure)]
        if found.values[0]
    ]
    return [f for f in told if f.sure], [f for f in told if not f.sure], bool(left_out)


def _on(days: frozenset[int]) -> Frequency:
    return DAILY if days == ALL_DAYS else Frequency(None, tuple(sorted(days)))


def _weekly(text: Text) -> tuple[list[Found[Frequency]], list[Found[Frequency]]]:
    told = [_taken(text, match, WEEKLY) for match in _matches(_WEEKLY_PATTERN, text)]
    maybe = []
    for match in _ADJECTIVE_PATTERN.finditer(text.plain):
        is_adverb = not text.plain[: match.start()].strip(" \x00") or _ENDS.match(text.plain, match.end())
        if is_adverb:
            told.append(_taken(text, match, _ADJECTIVES[match[0]]))
        else:
            maybe.append(Found(*match.span(), (_ADJECTIVES[match[0]],), sure=False))
    return told, maybe


def _loosely(text: Text) -> list[Found[Frequency]]:
    """«Через два дня» is every third day to some, every second to others; «2 литра в день» is daily, most likely."""
    daily = [Found(*match.span(), (DAILY,), sure=False) for match in _A_DAY.finditer(text.plain)]
    return daily + [
        Found(*match.span(), (Frequency(days + 1), Frequency(days)), sure=False)
        for match in _AFTER_N_DAYS.finditer(text.plain)
        if 1 <= (days := _number(match)) <= 6
    ]


def _taken(text: Text, match: "re.Match[str]", *values: Frequency) -> Found[Frequency]:
    text.blank(*match.span())
    return Found(*match.span(), values)


def _number(match: "re.Match[str]") -> int:
    named = match.groupdict()
    if named.get("n"):
        return numbers.value(named["n"])
    nth = named.get("nth") or ""
    return numbers.ORDINALS.get(nth) or int(nth[0])
