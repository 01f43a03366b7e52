"""A stretch of a sentence in phrases, each with whether it says where.

A phrase begins with what can begin a place (a preposition, an adverb such as «дома») or end one (a conjunction, a
verb), and goes on to the next.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from habits.understanding import english_places as en
from habits.understanding import russian_places as ru
from habits.understanding.follows import is_infinitive
from habits.understanding.negations import NOT
from habits.understanding.place_words import Kind, Word, said_by
from habits.understanding.text import OPAQUE, listed


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


def words_of(own: str, plain: str, start: int, end: int) -> list[Word]:
    """The words of a span."""
    words, is_shouted = [], own.isupper()
    for match in _WORD.finditer(plain, start, end):
        key = match[0].strip(".!?:()\"«»“”„…'")
        if not any(mark.isalnum() or mark == OPAQUE for mark in key):
            continue
        first = match.start() + match[0].find(key)
        is_name = (
            key[0].isdigit() or (own[first].isupper() and not is_shouted) or key[0] == OPAQUE or match[0][0] in "#№"
        )
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
        is_denied = first > 0 and words[first - 1].key in NOT and opener != "and"
        found.append(replace(phrase, kind=Kind.NO, cut=None) if is_denied else phrase)
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
    if not inner:
        is_adverb = words[first].key in en.ADVERBS and opener == "near"
        return Phrase(first, last, Kind.CLOSED if is_adverb else Kind.NO)
    said = said_by(opener, inner, before=before, leads=first == 0)
    return Phrase(first, last, said.kind, None if said.cut is None else noun + said.cut, said.attaches)


def _attached(found: list[Phrase]) -> Iterator[Phrase]:
    """Behind a place, «у фонтана», "by the fountain" say more of where."""
    last: Phrase | None = None
    for phrase in found:
        is_behind = last is not None and last.kind in (Kind.PLACE, Kind.CLOSED) and last.cut is None
        if is_behind and phrase.attaches and phrase.kind is Kind.MAYBE and phrase.cut is None:
            phrase = replace(phrase, kind=Kind.PLACE)
        last = phrase
        yield phrase
