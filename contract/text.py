"""What text people may write: emoji and right-to-left scripts are welcome, invisible traps are not."""

import unicodedata
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from contract.errors import Text

# Control characters (NUL among them), lone surrogates, line and paragraph separators.
CONTROL = {"Cc", "Cs", "Zl", "Zp"}
# The same for the API's document, as far as an expression can tell that JavaScript and Python read alike: something
# that is no white space, and no control character but at the ends, which are cut off.
LINE_PATTERN = r"^\s*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F\u2028\u2029]*\s*$"
# Letters, numbers, punctuation, symbols (emoji): at least one must be there, or the text looks empty.
_VISIBLE = "LNPS"


class TextProblem(NamedTuple):
    """Why a text is refused: a stable code, a message for people."""

    code: str
    message: Text


def tidy(value: str) -> str:
    """Without surrounding white space, in Unicode's composed form (NFC), so that equal texts compare as equal."""
    return unicodedata.normalize("NFC", value.strip())


def line_problem(value: str, *, max_length: int) -> TextProblem | None:
    """What is wrong with one line of `tidy` text of at most `max_length` characters, or None."""
    if len(value) > max_length:
        return TextProblem("too_long", _("At most %(count)s characters are allowed.") % {"count": max_length})
    categories = {unicodedata.category(character) for character in value}
    if categories & CONTROL:
        return TextProblem("control_character", _("Control characters and line breaks are not allowed."))
    if not any(category[0] in _VISIBLE for category in categories):
        return TextProblem("empty", _("Must not be empty; what is absent is null."))
    return None
