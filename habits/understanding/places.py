"""Where a sentence says that the habit happens."""

from habits.understanding.spans import Found
from habits.understanding.text import Text


def places(text: Text, *, is_promise: bool) -> list[Found[str]]:
    return []
