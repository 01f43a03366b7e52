"""Where a sentence says that the habit happens; where that is not clear, what it could be."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from habits.understanding import english_places as en
from habits.understanding import russian_places as ru
from habits.understanding.follows import is_infinitive
from habits.understanding.place_phrases import Phrase, phrases, words_of
from habits.understanding.place_words import Kind, Word
from habits.understanding.spans import Found
from habits.understanding.text import BLANK, Text

_STRETCH = re.compile(rf"(?:(?! - )[^{BLANK},;·|])+")
_ENDS_SENTENCE = re.compile(r"(?<=\w{4})[.!?]+ ")
_NOTHING = re.compile(rf"[\s{BLANK}.,;:!?)-]*\Z")
_PLACES = (Kind.PLACE, Kind.CLOSED, Kind.MAYBE)
_SURE = (Kind.PLACE, Kind.CLOSED)
_BEFORE_A_VERB = ("and", "then", "to", "don't", "not")
_REACHES = en.REACHES | ru.REACHES


def places(text: Text, *, template_ends: Collection[int]) -> list[Found[str]]:
    """Where it happens: sure, or what it could be.

    `template_ends`: where the time ends in a sentence that says "I will … at …": what follows there is the place.
    """
    stretches = [_Stretch(text, start, end) for start, end in _stretches(text.plain)]
    stretches = [stretch for stretch in stretches if stretch.words]
    has_more = len(stretches) > 1
    found: list[Found[str]] = []
    for stretch in stretches:
        named = stretch.name() if has_more else None
        is_template = stretch.follows(template_ends)
        found += [named] if named else stretch.places(is_template=is_template, has_more=has_more)
    return list(_joined(text, found))


def _stretches(plain: str) -> Iterator[tuple[int, int]]:
    for match in _STRETCH.finditer(plain):
        start = match.start()
        for stop in _ENDS_SENTENCE.finditer(plain, match.start(), match.end()):
            yield start, stop.end()
            start = stop.end()
        yield start, match.end()


@dataclass(frozen=True, slots=True)
class _Run:
    """Phrases `first` to `last` (exclusive) that say where, as far as the word `end`."""

    first: int
    last: int


class _Stretch:
    """Words between two marks or parts that are understood."""

    def __init__(self, text: Text, start: int, end: int) -> None:
        self.text, self.start = text, start
        self.words: list[Word] = words_of(text.own, text.plain, start, end)
        self.phrases: list[Phrase] = phrases(self.words) if self.words else []

    def follows(self, ends: Collection[int]) -> bool:
        """Whether it stands right behind one of these ends, and nothing stands behind it."""
        before = self.text.plain[: self.words[0].start].rstrip(" ")
        return len(before) in ends and _NOTHING.match(self.text.plain, self.words[-1].end) is not None

    def name(self) -> Found[str] | None:
        """A bare name of a place between marks: "run, 7am, park"."""
        keys = [word.key for word in self.words]
        name = " ".join(keys)
        where = ru.NAMES.get(name)
        if where is None and not (keys[-1] in en.NOUNS and all(key in en.NAMING for key in keys[:-1])):
            return None
        start, end = self.words[0].start, self.words[-1].end
        return Found(start, end, (where or self.text.words(start, end),))

    def places(self, *, is_template: bool, has_more: bool) -> Iterator[Found[str]]:
        """Every run of phrases that says where, or may."""
        for run in self._runs():
            yield from self._read(run, is_template=is_template, has_more=has_more)

    def _runs(self) -> Iterator[_Run]:
        first: int | None = None
        for index, phrase in enumerate([*self.phrases, None]):
            if phrase is not None and (phrase.kind in _PLACES or (first is not None and self._joins(index))):
                first = index if first is None else first
            elif first is not None:
                yield _Run(first, index)
                first = None

    def _is_verb(self, index: int) -> bool:
        """Whether a word stands where an English sentence has its verb; a Russian one may have it anywhere."""
        return index == 0 or self.words[index - 1].key in _BEFORE_A_VERB or is_infinitive(self.words[index].key)

    def _joins(self, index: int) -> bool:
        """Whether a bare "and" stands between two places."""
        phrase, behind = self.phrases[index], self.phrases[index + 1 : index + 2]
        is_bare = phrase.kind is Kind.AND and phrase.last - phrase.first == 1
        return is_bare and bool(behind) and behind[0].kind in _PLACES

    def _read(self, run: _Run, *, is_template: bool, has_more: bool) -> Iterator[Found[str]]:
        inside = self.phrases[run.first : run.last]
        leads = inside[0].first == 0
        is_all = leads and run.last == len(self.phrases)
        is_whole = is_all and not has_more and inside[-1].cut is None
        if is_whole and not any(phrase.kind in _SURE for phrase in inside):
            return  # nothing would be left to do
        if is_template and is_all:
            yield self._found(0, len(self.words), sure=True)
            return
        options = list(dict.fromkeys(self._options(inside, leads=leads, is_all=is_all and has_more)))
        sure = len(options) == 1 and not any(phrase.kind is Kind.MAYBE for phrase in inside)
        if any(
            self._is_verb(index) and word.key in _REACHES for index, word in enumerate(self.words[: inside[0].first])
        ):
            sure = False
        behind = self.phrases[run.last] if run.last < len(self.phrases) else None
        if behind and behind.kind in (Kind.NO, Kind.AND) and inside[-1].kind is not Kind.CLOSED:
            sure = False
            options.append((options[0][0], behind.last))
        for first, last in options:
            yield self._found(first, last, sure=sure)

    def _options(self, inside: list[Phrase], *, leads: bool, is_all: bool) -> Iterator[tuple[int, int]]:
        """The spans of words that could be the place, the likeliest first."""
        first, last = inside[0].first, inside[-1].last
        cut = inside[-1].cut
        starts = [first]
        anchor = next((index for index, phrase in enumerate(inside) if phrase.kind in _SURE), None)
        if anchor:
            starts = [inside[anchor].first, first]
        elif anchor is None and len(inside) > 1:
            starts = [first, inside[-1].first]
        for start in starts:
            if cut is None or (is_all and inside[-1].kind is not Kind.CLOSED):
                yield start, last
            if cut is not None:
                yield start, cut
                if not leads and inside[-1].kind is not Kind.CLOSED:
                    yield start, last
            loose = next((p for p in inside[1:] if p.kind is Kind.MAYBE and p.first > start and p.cut is None), None)
            if loose and anchor is not None:
                yield start, loose.first

    def _found(self, first: int, last: int, *, sure: bool) -> Found[str]:
        start, end = self.words[first].start, self.words[last - 1].end
        return Found(start, end, (self.text.words(start, end).rstrip(".!?:;,"),), sure)


def _joined(text: Text, found: list[Found[str]]) -> Iterator[Found[str]]:
    """Places with only a comma between them are one: "at home, by the window"."""
    last: Found[str] | None = None
    for one in found:
        if last and last.sure and one.sure and text.plain[last.end : one.start].strip(" ") == ",":
            last = Found(last.start, one.end, (text.words(last.start, one.end),))
            continue
        if last:
            yield last
        last = one
    if last:
        yield last
