"""A stretch of a sentence in phrases, each with whether it says where.

A phrase begins with what can begin a place (a preposition, an adverb such as «дома») or end one (a conjunction, a
verb), and goes on to the next.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from habits.understanding import english_places as en
from habits.understanding import russian_places as ru
from habits.understanding.follows import is_infinitive
from habits.understanding.text import OPAQUE, listed


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
class Phrase:
    """Words `first` to `last` (exclusive). From the word `cut` on, if told, words may be no part of the place."""

    first: int
    last: int
    kind: Kind
    cut: int | None = None
    attaches: bool = False


_WORD = re.compile(r"[^\s]+")
_JOINS = listed("and or but then while so и или а но потом затем чтобы")
_WAYS = ("on the way", "on my way", "on the road", "по дороге", "по пути", "in transit", "on the go")
_WHERE_ELSE = ("угодно", "попало", "придется", "нибудь", "то", "i", "it", "я")
_WHEREVER = listed("wherever where где")
_OPENERS: dict[str, str] = {
    **dict.fromkeys(en.NEAR | ru.NEAR, "near"),
    **dict.fromkeys(en.AROUND | ru.AROUND, "around"),
    **dict.fromkeys(en.WHEN | ru.WHEN, "when"),
    **dict.fromkeys(en.OTHER | ru.OTHER, "other"),
    **dict.fromkeys(en.ADVERBS | ru.ADVERBS | en.CLOSED | ru.CLOSED, "closed"),
    **dict.fromkeys(_JOINS, "and"),
    **dict.fromkeys(_WAYS, "way"),
    **dict.fromkeys(_WHEREVER, "wherever"),
    **{opener: opener for opener in ("in", "on", "at", "by", "в", "во", "на", "у", "за", "под", "перед", "по", "home")},
}
_OF_ENDING = re.compile(r"[а-я-]+(?:ого|его|ой|ей|ых|их)\Z")
_ADJECTIVE = re.compile(r"(?:[а-я-]+(?:ом|ем|ой|ей|их|ых|ах|ях|им|ым|ого|его|ми)|\d[\w-]*)\Z")
_WHERE_ENDING = re.compile(r"[а-я-]+(?:е|и|ах|ях|ом|ем|ой|ей|их|ых)\Z")
_DATE = re.compile(r"\d+(?:st|nd|rd|th)\Z")
_POSSESSIVE = re.compile(r"\w+(?:'s|s')\Z")
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
_DETERMINERS = listed("the a an my our your his her their this that some")


def words_of(own: str, plain: str, start: int, end: int) -> list[Word]:
    """The words of a span."""
    words = []
    for match in _WORD.finditer(plain, start, end):
        key = match[0].strip(".!?:()\"«»“”„…'")
        if not any(mark.isalnum() or mark == OPAQUE for mark in key):
            continue
        first = match.start() + match[0].find(key)
        is_name = key[0].isdigit() or own[first].isupper() or key[0] == OPAQUE or match[0][0] in "#№"
        words.append(Word(match.start(), match.end(), key, is_name))
    return words


def phrases(words: list[Word]) -> list[Phrase]:
    """All phrases in order; what stands before the first is the first, as `NO` (it may be empty)."""
    found = []
    begins: list[tuple[int, int, str]] = [(0, 0, "head")]
    position = 0
    while position < len(words):
        length, opener = _opener(words, position)
        if opener and not _belongs(words, begins[-1], position, opener):
            begins.append((position, length, opener))
        elif is_infinitive(words[position].key) and begins[-1][2] not in ("head", "verb", "and"):
            begins.append((position, 0, "verb"))
        position += max(length, 1)
    ends = [first for first, _length, _opener in begins[1:]] + [len(words)]
    for (first, length, opener), last in zip(begins, ends, strict=True):
        phrase = _phrase(words, first, first + length, last, opener)
        found.append(phrase)
    return list(_attached(found))


def _opener(words: list[Word], position: int) -> tuple[int, str]:
    for length in (3, 2, 1):
        key = " ".join(word.key for word in words[position : position + length])
        if opener := _OPENERS.get(key):
            return min(length, len(words) - position), opener
    return 0, ""


def _belongs(words: list[Word], begun: tuple[int, int, str], position: int, opener: str) -> bool:
    """Whether an opener is a part of the phrase before it: «у нашего дома», "on the way to work", "wherever I am"."""
    first, length, before = begun
    between = words[first + length : position]
    if before == "wherever" or (before == "way" and opener not in ("and", "when", "closed")):
        return True
    if opener == "closed" and words[position].key == "дома" and before in ("near", "around", "у", "when", "other"):
        return all(_OF_ENDING.match(word.key) for word in between)
    return opener == "home" and before not in ("head", "verb", "and")


def _phrase(words: list[Word], first: int, noun: int, last: int, opener: str) -> Phrase:
    inner = words[noun:last]
    keys = [word.key for word in inner]
    before = words[first - 1].key if first else ""
    match opener:
        case "head" | "other":
            return Phrase(first, last, Kind.NO)
        case "and":
            is_verb = bool(keys) and is_infinitive(keys[0])
            return Phrase(first, last, Kind.VERB if is_verb else Kind.AND)
        case "verb":
            return Phrase(first, last, Kind.VERB)
        case "when":
            return Phrase(first, last, Kind.WHEN)
        case "way":
            return Phrase(first, last, Kind.PLACE)
        case "wherever":
            asks = first == 0 and words[0].key != "wherever" and (not keys or keys[0] not in _WHERE_ELSE)
            return Phrase(first, last, Kind.NO if asks else Kind.CLOSED)
        case "home":
            return Phrase(first, last, Kind.NO if before in en.MOVES or inner else Kind.MAYBE)
        case "closed":
            kind = Kind.MAYBE if before in en.MOVES else Kind.CLOSED
            return Phrase(first, last, kind, noun if inner else None)
        case "near" | "around":
            if not inner:
                return Phrase(first, last, Kind.CLOSED if words[first].key in en.ADVERBS else Kind.NO)
            if keys[-1] in en.NOT_PLACES:
                return Phrase(first, last, Kind.NO)
            sure = opener == "near" and (len(inner) <= 3 or keys[-1] in en.NOUNS)
            return Phrase(first, last, Kind.PLACE if sure else Kind.MAYBE, attaches=True)
    if not inner:
        return Phrase(first, last, Kind.NO)
    # «в the park», "in парке": by the noun, whatever the preposition.
    script = next((word.key[0] for word in inner if word.key[0].isalpha()), "")
    if script:
        opener = (_IN_RUSSIAN if "а" <= script <= "я" else _IN_ENGLISH).get(opener, opener)
    if opener in en.CORE:
        return _english(inner, Phrase(first, last, Kind.NO), noun, opener, before)
    return _russian(inner, Phrase(first, last, Kind.NO), noun, opener, before)


def _english(inner: list[Word], phrase: Phrase, noun: int, opener: str, before: str) -> Phrase:
    keys = [word.key for word in inner]
    is_elsewhere = before in _NO_PLACE_BEHIND.get(opener, ())  # "look at the sky", "work on my book"
    known = _last_known(inner, opener)
    if known is not None and opener == "on" and before in en.TURNS_ON:
        return replace(phrase, kind=Kind.MAYBE)
    if known is None or (is_elsewhere and opener == "at"):
        if is_elsewhere:
            return phrase
        if opener == "at" and _POSSESSIVE.match(keys[-1]):
            return replace(phrase, kind=Kind.PLACE)
        is_thing = keys[-1] in en.NOT_PLACES or (opener == "by" and keys[0] not in _DETERMINERS)
        is_thing = is_thing or keys[0][0].isdigit() or _DATE.match(keys[-1]) is not None
        return replace(phrase, kind=Kind.NO if is_thing else Kind.MAYBE)
    return _known(inner, phrase, noun, known + 1, attaches=opener == "by")


def _last_known(inner: list[Word], opener: str) -> int | None:
    known = None
    for index, word in enumerate(inner[:6]):
        is_place = word.key in (en.ON if opener == "on" else en.NOUNS) and not (
            opener == "in" and word.key in en.NOT_IN
        )
        if opener == "by" and index == 0:
            is_place = False  # "by bus", "by car"
        if is_place:
            known = index
    return known


def _russian(inner: list[Word], phrase: Phrase, noun: int, opener: str, before: str) -> Phrase:
    known_words = _KNOWN[opener]
    for index, word in enumerate(inner[:4]):
        if word.key in known_words or (index == 0 and word.is_name and word.key in en.NOUNS):
            is_way = word.key in ("кафе", "метро", "кино", "такси") and before in ru.MOVES
            if is_way or opener == "по":
                return replace(phrase, kind=Kind.NO if is_way else Kind.MAYBE)
            return _known(inner, phrase, noun, index + 1, attaches=opener not in ("в", "во", "на"))
        if not (_ADJECTIVE.match(word.key) or word.is_name):
            break
    first = inner[0].key
    if any(word.key in ru.NOT_PLACES for word in inner[:3]) or first[0].isdigit():
        return phrase
    match opener:
        case "в" | "во" | "на":
            return replace(phrase, kind=Kind.MAYBE if _WHERE_ENDING.match(first) or inner[0].is_name else Kind.NO)
        case "у":
            return replace(phrase, kind=Kind.NO if first in ("меня", "него", "нее") else Kind.MAYBE, attaches=True)
        case "под":
            return replace(phrase, kind=Kind.MAYBE if first.endswith(("ом", "ем", "ой", "ей", "ами")) else Kind.NO)
        case "перед":
            return replace(phrase, kind=Kind.WHEN)
    return phrase


def _known(inner: list[Word], phrase: Phrase, noun: int, end: int, *, attaches: bool) -> Phrase:
    """A phrase whose noun is a place; words behind it that are no name may belong to something else."""
    rest = inner[end:]
    if not rest or (all(word.is_name for word in rest) and not (len(rest) > 1 and rest[0].key.isdigit())):
        return replace(phrase, kind=Kind.PLACE, attaches=attaches)
    if len(rest) == 1 and rest[0].key in ru.OF:
        return replace(phrase, kind=Kind.PLACE, attaches=attaches)
    return replace(phrase, kind=Kind.MAYBE, cut=noun + end, attaches=attaches)


def _attached(found: list[Phrase]) -> Iterator[Phrase]:
    """Behind a place, «у фонтана», "by the fountain" say more of where."""
    last: Phrase | None = None
    for phrase in found:
        is_behind = last is not None and last.kind in (Kind.PLACE, Kind.CLOSED) and last.cut is None
        if is_behind and phrase.attaches and phrase.kind is Kind.MAYBE and phrase.cut is None:
            phrase = replace(phrase, kind=Kind.PLACE)
        last = phrase
        yield phrase
