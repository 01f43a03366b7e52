"""What a "not" denies: «не каждый день», "not at 7 but at 8", "I won't smoke". What is denied is never told."""

import re

from habits.understanding.text import BLANK, Text

NOT = ("not", "не")
_DENIED = re.compile(r"(?<!\w)(?:(?:but|and|а|но|и),? )?(?:not|не) $")
_INSTEAD = re.compile(r",? (?:but|а|но)(?!\w)")
_REFUSAL = re.compile(
    rf"[ ,;:.!{BLANK}-]*(?:не (?P<will>буду|хочу|стану)"
    r"|(?P<reworded>won't|wont|don't|dont|do not|not(?= (?:going )?to ))"
    r"(?P<to> (?:(?:want|plan|going|have) )?to)?)(?!\w)"
)


def deny(text: Text, start: int, end: int) -> bool:
    """Whether a "not" stands before this part of a sentence. Then both are out of the text."""
    before = _DENIED.search(text.plain, max(0, start - 10), start)
    if before is None:
        return False
    instead = _INSTEAD.match(text.plain, end)
    text.blank(before.start(), instead.end() if instead else end)
    return True


def take_refusal(text: Text, start: int = 0) -> None:
    """«Не буду есть сладкое» is "not to eat", never "to eat"; and after "I will", "won't" is "not"."""
    if refusal := _REFUSAL.match(text.plain, start):
        if refusal["reworded"]:
            text.reword(*refusal.span("reworded"), "not")
            text.blank(*refusal.span("to"))
        else:
            text.blank(*refusal.span("will"))
