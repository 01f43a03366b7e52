"""What is in claimed envelopes: read for a whole batch in a constant number of queries, when it is about to be sent."""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.utils import translation

from accounts.models import Person
from reminders.channels.base import Channel, Message, Recipient
from reminders.channels.card import assembled, groups
from reminders.channels.text import Item, words
from reminders.claims import Claim, Told, said
from reminders.models import Reminder
from tracking.missing import just_missed
from tracking.queries import HabitDate, answered

logger = logging.getLogger(__name__)

# All that is read of a reminder and its habit, and of a person: at a thousand a second, what is not needed is felt.
WORDED: Final = (
    "envelope_id",
    "due_at",
    "date",
    "kind",
    "habit__action",
    "habit__place",
    "habit__time",
    "habit__duration",
    "habit__is_pleasant",
    "habit__reward",
    "habit__related_habit__action",
)
ADDRESSED: Final = ("email", "display_name", "timezone", "language")


@dataclass(slots=True)
class Letter:
    """A claimed envelope, opened: the messages to send, and what is settled without sending."""

    claim: Claim
    recipient: Recipient | None = None
    messages: list[Message] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def open_envelopes(claims: Sequence[Claim], *, channel: Channel, now: dt.datetime) -> list[Letter]:
    """The letters of these claims, in their order. What is late, answered or reaches nobody is not in a message."""
    if not claims:
        return []
    contents: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in (
        Reminder.objects.filter(envelope__in=[claim.envelope_id for claim in claims], state=Reminder.State.WAITING)
        .select_related("habit__related_habit")
        .only(*WORDED)
        .order_by("due_at", "habit_id")
    ):
        if reminder.envelope_id is not None:
            contents[reminder.envelope_id].append(reminder)
    ids = {claim.person_id for claim in claims}
    people = Person.objects.filter(is_active=True).only(*ADDRESSED).in_bulk(ids)
    addresses = channel.addresses(people)
    inside = [reminder for reminders in contents.values() for reminder in reminders]
    done = answered([(one.habit_id, one.date) for one in inside])
    slipped = _slipped([one for one in inside if (one.habit_id, one.date) not in done])
    return [
        _open(
            claim,
            contents[claim.envelope_id],
            people.get(claim.person_id),
            addresses.get(claim.person_id),
            done=done,
            slipped=slipped,
            now=now,
        )
        for claim in claims
    ]


def _slipped(reminders: Sequence[Reminder]) -> set[HabitDate]:
    """The dates before which the habit was missed once. That is said with the reminder itself, not with a snooze."""
    dates = [(one.habit_id, one.date) for one in reminders if one.kind == Reminder.Kind.OCCURRENCE]
    try:
        return just_missed(dates)
    except DatabaseError:
        raise
    except Exception:
        # A kind word is worth no reminder.
        logger.exception("It could not be told who has just missed a habit")
        return set()


def _open(
    claim: Claim,
    reminders: Sequence[Reminder],
    person: Person | None,
    address: int | None,
    *,
    done: Container[HabitDate],
    slipped: Container[HabitDate],
    now: dt.datetime,
) -> Letter:
    letter = Letter(claim)
    if person is None or address is None:
        letter.told = [Told(reminder.pk, Reminder.State.CANCELLED) for reminder in reminders]
        return letter
    letter.recipient = Recipient(person.pk, str(person), person.language, address)
    try:
        with translation.override(person.language):
            _word(letter, reminders, person, done=done, slipped=slipped, now=now)
    except Exception as error:
        # Nor may a whole message hold up the other envelopes.
        logger.exception("Envelope %s could not be put into messages", claim.envelope_id)
        return Letter(claim, told=[Told(one.pk, Reminder.State.FAILED, error=said(error)) for one in reminders])
    return letter


def _word(
    letter: Letter,
    reminders: Sequence[Reminder],
    person: Person,
    *,
    done: Container[HabitDate],
    slipped: Container[HabitDate],
    now: dt.datetime,
) -> None:
    """Put into messages what is still to be told; in the active language."""
    worded = []
    for reminder in reminders:
        pair = (reminder.habit_id, reminder.date)
        if pair in done:
            letter.told.append(Told(reminder.pk, Reminder.State.CANCELLED))
        elif now - reminder.due_at > settings.REMINDER_MAKES_SENSE_FOR:
            letter.told.append(Told(reminder.pk, Reminder.State.MISSED, error=letter.claim.error))
        else:
            try:
                item = Item(habit=reminder.habit, date=reminder.date, missed_before=pair in slipped)
                text = words(item, timezone=person.timezone)
            except Exception as error:
                # One that cannot be put into words must not hold up the rest of the batch.
                logger.exception("Reminder %s could not be worded", reminder.pk)
                letter.told.append(Told(reminder.pk, Reminder.State.FAILED, error=said(error)))
            else:
                worded.append(((reminder.pk, item), text))
    letter.messages = list(_messages(worded, timezone=person.timezone, now=now))


def _messages(worded: Sequence[tuple[tuple[int, Item], str]], *, timezone: str, now: dt.datetime) -> Iterator[Message]:
    for group in groups(worded):
        ids = tuple(reminder_id for (reminder_id, _), _ in group)
        items = [item for (_, item), _ in group]
        text, rows = assembled(items, [text for _, text in group], timezone=timezone, now=now)
        yield Message(text, ids, rows)
