"""Where a sentence says that the habit happens; where that is not clear, what it could be."""

import re
from collections.abc import Collection, Iterator

from habits.understanding import english_places as en
from habits.understanding import russian_places as ru
from habits.understanding.follows import is_infinitive
from habits.understanding.negations import NOT
from habits.understanding.place_phrases import Phrase, phrases, words_of
from habits.understanding.place_words import Kind, Word
from habits.understanding.spans import Found
from habits.understanding.text import BLANK, Text, tidied

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


class _Stretch:
    """Words between two marks or parts that are understood."""

    def __init__(self, text: Text, start: int, end: int) -> None:
        self.text = text
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
        return Found(start, end, (where or tidied(self.text.words(start, end)) or name,))

    def places(self, *, is_template: bool, has_more: bool) -> Iterator[Found[str]]:
        """Every run of phrases that says where, or may."""
        for first, last in self._runs():
            yield from self._read(first, last, is_template=is_template, has_more=has_more)

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Phrases in a row that say where: the first, and the one behind the last."""
        first: int | None = None
        for index, phrase in enumerate([*self.phrases, None]):
            if phrase is not None and (phrase.kind in _PLACES or (first is not None and self._joins(index))):
                first = index if first is None else first
            elif first is not None:
                yield first, index
                first = None

    def _joins(self, index: int) -> bool:
        """Whether a bare "and" stands between two places."""
        phrase, behind = self.phrases[index], self.phrases[index + 1 : index + 2]
        is_bare = phrase.kind is Kind.AND and phrase.last - phrase.first == 1
        return is_bare and bool(behind) and behind[0].kind in _PLACES

    def _read(self, first: int, last: int, *, is_template: bool, has_more: bool) -> Iterator[Found[str]]:
        run = self.phrases[first:last]
        is_all = run[0].first == 0 and last == len(self.phrases)
        if is_all and not has_more and run[-1].cut is None and not any(phrase.kind in _SURE for phrase in run):
            return  # nothing would be left to do
        if is_template and is_all and run[-1].cut is None:
            yield self._found(0, len(self.words), sure=True)
            return
        spans = list(dict.fromkeys(_spans(run, is_all=is_all and has_more)))
        if (behind := self._may_belong(last)) is not None and run[-1].kind is not Kind.CLOSED:
            spans.append((spans[0][0], behind.last))
        sure = len(spans) == 1 and all(phrase.kind is not Kind.MAYBE for phrase in run)
        for start, end in spans:
            yield self._found(start, end, sure=sure and not self._reaches_someone(run[0].first))

    def _may_belong(self, index: int) -> Phrase | None:
        """What stands behind a place and may say which: "in the park with the pond"."""
        phrase = self.phrases[index] if index < len(self.phrases) else None
        if phrase is None or phrase.kind not in (Kind.NO, Kind.AND):
            return None
        last = self.words[phrase.last - 1].key
        is_bare = phrase.kind is Kind.AND and phrase.last - phrase.first == 1
        return None if is_bare or last in NOT else phrase

    def _reaches_someone(self, end: int) -> bool:
        """Whether the place may be that of somebody or something else: "call mum at work"."""
        return any(self._is_verb(index) and word.key in _REACHES for index, word in enumerate(self.words[:end]))

    def _is_verb(self, index: int) -> bool:
        """Whether a word stands where an English sentence has its verb; a Russian one may have it anywhere."""
        return index == 0 or self.words[index - 1].key in _BEFORE_A_VERB or is_infinitive(self.words[index].key)

    def _found(self, first: int, last: int, *, sure: bool) -> Found[str]:
        start, end = self.words[first].start, self.words[last - 1].end
        return Found(start, end, (tidied(self.text.words(start, end)) or "",), sure)


def _spans(run: list[Phrase], *, is_all: bool) -> Iterator[tuple[int, int]]:
    """The spans of words that could be the place, the likeliest first. `is_all`: there are no other words about it."""
    leads, (first, last), cut = run[0].first == 0, (run[0].first, run[-1].last), run[-1].cut
    is_closed = run[-1].kind is Kind.CLOSED
    sure = next((index for index, phrase in enumerate(run) if phrase.kind in _SURE), None)
    starts = [first]
    if sure:
        starts = [run[sure].first, first]
    elif sure is None and len(run) > 1:
        starts = [first, run[-1].first]
    for start in starts:
        if cut is None or (is_all and not is_closed):
            yield start, last
        if cut is not None:
            yield start, cut
            if not leads and not is_closed:
                yield start, last
        loose = (phrase for phrase in run[1:] if phrase.kind is Kind.MAYBE and phrase.cut is None)
        end = next((phrase.first for phrase in loose if phrase.first > start), None)
        if sure is not None and end is not None:
            yield start, end


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
