"""The one renderer of messages about habits: reminders, what is due today, and both once they are answered."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from django.utils import translation

from accounts.models import Person
from reminders.channels import buttons
from reminders.channels.buttons import Row
from reminders.channels.text import LONGEST, Item, shortened, units, words

__all__ = ["Card", "Item", "assembled", "card", "cards", "groups"]

# Telegram takes 100 buttons in a message; a row has up to four of them, for one habit at a time.
MOST: Final = 30
BETWEEN: Final = "\n\n"
# Units that are left free for each item: its number, and what an answer or a snooze adds to it.
ROOM: Final = 80

T = TypeVar("T")


class Card(NamedTuple):
    """A message: plain text within Telegram's limit, and rows of (text, callback data) for `bot.replies.keyboard`."""

    text: str
    rows: list[Row]


def card(items: Sequence[Item], *, person: Person, now: dt.datetime, heading: str | None = None) -> Card:
    """These items as one message, in the person's language and on their clock. For at most `MOST` items."""
    with translation.override(person.language):
        bodies = [words(item, timezone=person.timezone) for item in items]
        return assembled(items, bodies, timezone=person.timezone, now=now, heading=heading)


def cards(items: Sequence[Item], *, person: Person, now: dt.datetime, heading: str | None = None) -> list[Card]:
    """These items in as few messages as the limits allow, in their order; the heading is over the first."""
    with translation.override(person.language):
        bodies = [(item, words(item, timezone=person.timezone)) for item in items]
        taken = 0 if heading is None else units(heading + BETWEEN)
        found = []
        for group in groups(bodies, taken=taken):
            together, texts = [item for item, _ in group], [text for _, text in group]
            found.append(assembled(together, texts, timezone=person.timezone, now=now, heading=heading))
            heading = None
    return found


def groups(bodies: Iterable[tuple[T, str]], *, taken: int = 0) -> Iterator[list[tuple[T, str]]]:
    """What fits into one message, with room for answers, and then into the next. `taken`: units gone in the first."""
    group: list[tuple[T, str]] = []
    length = taken
    for one in bodies:
        more = len(BETWEEN) + units(one[1]) + ROOM
        if group and (length + more > LONGEST or len(group) == MOST):
            yield group
            group, length = [], 0
        group.append(one)
        length += more
    if group:
        yield group


def assembled(
    items: Sequence[Item], bodies: Sequence[str], *, timezone: str, now: dt.datetime, heading: str | None = None
) -> Card:
    """The message of items that are worded, in the active language; several are numbered like their buttons."""
    several = len(items) > 1
    texts = [f"{number}. {body}" for number, body in enumerate(bodies, 1)] if several else list(bodies)
    if heading is not None:
        texts.insert(0, heading)
    text = BETWEEN.join(texts)
    if units(text) > LONGEST:
        # By the rules of habits it never comes to this, but for words that grew since the message was sent.
        text = BETWEEN.join(shortened(one, to=LONGEST // len(texts) - len(BETWEEN)) for one in texts)
    rows = []
    for number, item in enumerate(items, 1):
        row = _row(item, number if several else None, timezone=timezone, now=now)
        if row:
            rows.append(row)
    return Card(text, rows)


def _row(item: Item, number: int | None, *, timezone: str, now: dt.datetime) -> Row:
    habit = item.habit
    if habit is None or habit.is_pleasant:
        return []
    if item.answer is not None:
        return buttons.answered(habit.pk, item.date, number=number)
    if item.choosing:
        evening = buttons.snooze_until("eve", timezone=timezone, now=now) is not None
        return buttons.choosing(habit.pk, item.date, number=number, evening=evening)
    return buttons.unanswered(habit.pk, item.date, number=number)
