"""What a preposition and the words behind it say: where, perhaps where, or something else."""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

from habits.understanding import english_places as en
from habits.understanding import numbers
from habits.understanding import russian_places as ru


class Kind(Enum):
    """What a phrase says: `PLACE` surely where, `CLOSED` so too and nothing can belong to it, `MAYBE` perhaps where,
    `WHEN` when, `AND` what joins, `VERB` something to do, `NO` something else."""

    PLACE = auto()
    CLOSED = auto()
    MAYBE = auto()
    WHEN = auto()
    AND = auto()
    VERB = auto()
    NO = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its span in the text; `key` is how the lists know it."""

    start: int
    end: int
    key: str
    is_name: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the words behind a preposition say. From the word `cut` on they may be no part of the place.

    `attaches`: behind a place, they say more of where ("by the fountain").
    """

    kind: Kind
    cut: int | None = None
    attaches: bool = False


_NO, _MAYBE, _PLACE = Said(Kind.NO), Said(Kind.MAYBE), Said(Kind.PLACE)
_ADJECTIVE = re.compile(r"(?:[а-я-]+(?:ом|ем|ой|ей|их|ых|ах|ях|им|ым|ого|его|ми)|\d[\w-]*)\Z")
_WHERE_ENDING = re.compile(r"[а-я-]+(?:е|и|ах|ях|ом|ем|ой|ей|их|ых)\Z")
_UNDER_ENDING = ("ом", "ем", "ой", "ей", "ами")
_DATE = re.compile(r"\d+(?:st|nd|rd|th)\Z")
_POSSESSIVE = re.compile(r"\w+(?:'s|s')\Z")
_DETERMINERS = ("the", "a", "an", "my", "our", "your", "his", "her", "their", "this", "that", "some")
# Their case does not tell a place from the way to it.
_UNDECLINED = ("кафе", "метро", "кино", "такси")
_KNOWN = {
    "в": ru.IN,
    "во": ru.IN,
    "на": ru.ON,
    "у": ru.OF,
    "за": ru.BEHIND,
    "под": ru.UNDER,
    "перед": ru.BEFORE,
    "по": ru.ALONG,
}
_NO_PLACE_BEHIND = {"at": en.LOOKS, "on": en.WORKS_ON | en.TURNS_ON, "in": en.BELIEVES_IN}
_IN_RUSSIAN = {"in": "в", "at": "в", "on": "на", "by": "у"}
_IN_ENGLISH = {"в": "in", "во": "in", "на": "on", "у": "by"}


def said_by(opener: str, words: list[Word], *, before: str, leads: bool) -> Said:
    """What `words` say behind a preposition. `before` is the word before that; `leads`: there is none."""
    if opener in ("near", "around"):
        return _near(words, opener, leads=leads)
    # «в the park», "in парке": by the noun, whatever the preposition.
    letter = next((word.key[0] for word in words if word.key[0].isalpha()), "")
    if letter:
        opener = (_IN_RUSSIAN if "а" <= letter <= "я" else _IN_ENGLISH).get(opener, opener)
    return _english(words, opener, before) if opener in en.CORE else _russian(words, opener, before)


def _near(words: list[Word], opener: str, *, leads: bool) -> Said:
    last = words[-1].key
    if last in en.NOT_PLACES or _is_count(words[0].key):
        return _NO
    sure = opener == "near" and (last in en.NOUNS or last in ru.OF or (not leads and len(words) <= 3))
    return Said(Kind.PLACE if sure else Kind.MAYBE, attaches=True)


def _english(words: list[Word], opener: str, before: str) -> Said:
    first, last = words[0].key, words[-1].key
    is_elsewhere = before in _NO_PLACE_BEHIND.get(opener, ())  # "look at the sky", "work on my book"
    known = _known_in_english(words, opener)
    if known is not None and not (is_elsewhere and opener == "at"):
        is_phrasal = opener == "on" and before in en.TURNS_ON
        return _MAYBE if is_phrasal else _up_to(known + 1, words, attaches=opener == "by")
    if opener == "at" and _POSSESSIVE.match(last) and not is_elsewhere:
        return _PLACE  # "at mum's"
    is_thing = last in en.NOT_PLACES or (opener == "by" and first not in _DETERMINERS)
    is_number = first[0].isdigit() or _DATE.match(last) is not None
    return _NO if is_elsewhere or is_thing or is_number else _MAYBE


def _known_in_english(words: list[Word], opener: str) -> int | None:
    nouns = {"on": en.ON, "in": en.NOUNS - en.NOT_IN}.get(opener, en.NOUNS)
    known = [index for index, word in enumerate(words[:6]) if word.key in nouns]
    if opener == "by":
        known = [index for index in known if index]  # "by bus"
    return known[-1] if known else None


def _russian(words: list[Word], opener: str, before: str) -> Said:
    known = _known_in_russian(words, _KNOWN[opener])
    if known is not None:
        if words[known].key in _UNDECLINED and before in ru.MOVES:
            return _NO
        return _MAYBE if opener == "по" else _up_to(known + 1, words, attaches=opener not in ("в", "во", "на"))
    first = words[0].key
    if any(word.key in ru.NOT_PLACES for word in words[:3]) or _is_count(first):
        return _NO
    match opener:
        case "в" | "во" | "на":
            return _MAYBE if _WHERE_ENDING.match(first) or words[0].is_name else _NO
        case "у":
            return _NO if first in ("меня", "него", "нее") else replace(_MAYBE, attaches=True)
        case "под":
            return _MAYBE if first.endswith(_UNDER_ENDING) else _NO
        case "перед":
            return Said(Kind.WHEN)
    return _NO


def _known_in_russian(words: list[Word], nouns: frozenset[str]) -> int | None:
    """The noun behind its adjectives: «в новой детской комнате»."""
    known = None
    for index, word in enumerate(words[:4]):
        if word.key in nouns or (index == 0 and word.is_name and word.key in en.NOUNS):
            known = index
        elif known is not None or not (_ADJECTIVE.match(word.key) or word.is_name):
            break
    return known


def _up_to(end: int, words: list[Word], *, attaches: bool) -> Said:
    """A place whose noun ends at `end`; words behind it that are no name of it may belong to something else."""
    rest = words[end:]
    is_name = all(word.is_name for word in rest) and not (len(rest) > 1 and rest[0].key.isdigit())
    if is_name or rest[0].key == "of" or (len(rest) == 1 and rest[0].key in ru.OF):
        return Said(Kind.PLACE, attaches=attaches)
    return Said(Kind.MAYBE, cut=end, attaches=attaches)


def _is_count(key: str) -> bool:
    return key[0].isdigit() or key in numbers.WORDS
