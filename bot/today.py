"""/today: what is due today on the person's own clock, each with its buttons or with its answer."""

import datetime as dt
from typing import Final

from aiogram.filters import Command
from aiogram.types import Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from bot.cards import items_of
from bot.members import for_members
from bot.replies import keyboard
from bot.wording import day, moment
from habits.models import Habit, Schedule
from habits.sentence import sentence
from reminders.channels.card import MOST, Card, cards
from tracking.due import due_on
from tracking.rules import today as today_of

router = for_members("today")

# A chat takes one message a second, and a webhook request is answered within some seconds.
MESSAGES: Final = 5


@router.message(Command("today", ignore_case=True, ignore_mention=True))
async def today(message: Message, person: Person, now: dt.datetime) -> None:
    for text, rows in await sync_to_async(agenda)(person=person, now=now):
        await message.answer(text, reply_markup=keyboard(*rows) if rows else None)


def agenda(*, person: Person, now: dt.datetime) -> list[Card]:
    """What is due today, in as many messages as it takes; or that nothing is, and what comes next."""
    date = today_of(person, now)
    due = due_on(person=person, date=date)
    if not due:
        return [Card("\n".join(_nothing(person, now)), [])]
    items = items_of(person=person, dates=[(habit.pk, date) for habit in due[: MESSAGES * MOST]], now=now)
    found = cards(items, person=person, now=now, heading=_pause(person, now))
    if len(due) > len(items) or len(found) > MESSAGES:
        found = [*found[:MESSAGES], Card(_("That is not all of today: /habits shows every habit."), [])]
    return found


def _nothing(person: Person, now: dt.datetime) -> list[str]:
    said = [_("Nothing is due today.")]
    if pause := _pause(person, now):
        said.append(pause)
    useful = person.habits.filter(is_pleasant=False)
    upcoming = Schedule.objects.filter(person=person, next_at__isnull=False).select_related("habit")
    first = upcoming.order_by("next_at", "habit").first()
    if first is not None and first.next_at is not None:
        said.append(
            _("Next, %(moment)s: %(sentence)s")
            % {
                "moment": moment(first.next_at, person=person, now=now),
                "sentence": sentence(Habit(action=first.habit.action, place=first.habit.place)),
            }
        )
    elif not useful.exists():
        said.append(_("You have no habits yet: /new makes the first one."))
    paused = useful.filter(is_paused=True).count()
    if paused:
        said.append(
            ngettext(
                "%(count)d habit is paused; /resume takes it up again.",
                "%(count)d habits are paused; /resume takes them up again.",
                paused,
            )
            % {"count": paused}
        )
    return said


def _pause(person: Person, now: dt.datetime) -> str | None:
    """That everything is paused, where it is."""
    if person.paused_until is None or person.pause_end(now) is None:
        return None
    return _("Everything is paused until %(day)s. /resume ends that.") % {"day": day(person.paused_until)}
