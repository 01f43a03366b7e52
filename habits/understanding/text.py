"""The text of a person, and a plain double of it that the patterns read.

The double has the same length, so that a span found in it is a span of the person's own words. What is understood is
blanked out of the double, part after part; what is left over is the action.
"""

import re
import unicodedata

# Longer than all texts of a habit together: no sentence, and not worth reading.
LONGEST = 800
# Stands in the double for what is understood already, and for what nobody may read (quoted titles).
BLANK = "\x00"
OPAQUE = "\x01"
_LINES = re.compile(r"\s*(?:\r\n|[\r\n\v\f\x85\u2028\u2029])\s*")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"")
_PLAIN = str.maketrans(
    {"ё": "е", "Ё": "е", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "–": "-", "—": "-", "−": "-", "‑": "-"}
)
_MARKS_AROUND = " ,;:.!?-–—·•=|/@~()[]"
_EMPTY_BRACKETS = re.compile(r"\( *\)|\[ *\]")
_BEFORE_MARK = re.compile(r" +(?=[,;:.!?)])")
_MARKS_IN_A_ROW = re.compile(r"[,;] ?(?=[,;])|(?: [-–—])+(?= [-–—](?: |$))")


class Text:
    """`own` is what the person wrote, in one line; `plain` its double: lower case, ё as е, dashes and quotes alike."""

    def __init__(self, written: str) -> None:
        line = unicodedata.normalize("NFC", _LINES.sub("; ", _UNSEEN.sub("", written.strip())))
        visible = "".join(" " if unicodedata.category(mark) in ("Cc", "Cs") else mark for mark in line)
        self.own = " ".join(visible.split())
        self.plain = "".join(_lower(mark) for mark in self.own.translate(_PLAIN))
        for quoted in _QUOTED.finditer(self.own):
            start, end = quoted.start() + 1, quoted.end() - 1
            self.plain = self.plain[:start] + OPAQUE * (end - start) + self.plain[end:]

    def blank(self, start: int, end: int) -> None:
        """Take a span out: it is understood."""
        self.plain = self.plain[:start] + BLANK * (end - start) + self.plain[end:]

    def reword(self, start: int, end: int, words: str) -> None:
        """Put shorter words in the place of a span."""
        self.own = self.own[:start] + words.ljust(end - start) + self.own[end:]
        self.plain = self.plain[:start] + words.ljust(end - start, BLANK) + self.plain[end:]

    def words(self, start: int, end: int) -> str:
        """The person's own words of a span."""
        return self.own[start:end].strip()

    def left(self, start: int = 0, end: int | None = None) -> str | None:
        """The person's own words of what has not been taken out, of a span."""
        marks = zip(self.own[start:end], self.plain[start:end], strict=True)
        return tidied("".join(mark if plain != BLANK else " " for mark, plain in marks))


def listed(words: str) -> frozenset[str]:
    """A set of words, written one after another."""
    return frozenset(words.split())


def _lower(mark: str) -> str:
    low = mark.lower()
    return low if len(low) == 1 else mark


def tidied(words: str) -> str | None:
    """Words put together from pieces: single spaces, no stray marks around; None where nothing is left."""
    words = " ".join(_EMPTY_BRACKETS.sub(" ", words).split())
    words = _MARKS_IN_A_ROW.sub("", _BEFORE_MARK.sub("", words))
    stripped = words.strip(_MARKS_AROUND)
    for opening, closing in ("()", "[]"):
        if stripped.count(opening) == stripped.count(closing) + 1 and words.endswith(closing):
            stripped += closing
        if stripped.count(closing) == stripped.count(opening) + 1 and words.startswith(opening):
            stripped = opening + stripped
    return stripped or None
