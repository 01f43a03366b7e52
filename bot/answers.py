"""Answers: a tap below a reminder or below /today is written down, and the message drawn anew from its own keyboard."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

from aiogram import Router
from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from accounts.models import Person
from bot.cards import items_of
from bot.members import stranger
from bot.redrawing import redrawing
from bot.replies import acknowledge, refusal
from contract.errors import Conflict, FieldError, NotFound, Refused
from reminders.channels.buttons import Tap, pairs_of, parse, snooze_until
from reminders.channels.card import MOST, Card, card
from reminders.snoozing import snooze
from telegram.models import Chat
from tracking.models import CheckIn
from tracking.queries import HabitDate
from tracking.services import check_in, take_back

router = Router(name="answers")

STATUSES = {"done": CheckIn.Status.DONE, "skip": CheckIn.Status.SKIPPED}


class Answering(BaseFilter):
    """A tap on a button of a habit; handlers get `tap`."""

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        tap = parse(query.data)
        return {"tap": tap} if tap else False


@router.callback_query(Answering())
async def answer(query: CallbackQuery, tap: Tap, chat: Chat, now: dt.datetime) -> None:
    if chat.person is None or not chat.person.is_active:
        await acknowledge(query, stranger(), alert=True)
        return
    # The spinner stops while the answer is written down; whether it did is no reason not to show what was written.
    ends = await asyncio.gather(acknowledge(query), show(query, tap, chat.person, now), return_exceptions=True)
    for end in reversed(ends):
        if end is not None:
            raise end


async def show(query: CallbackQuery, tap: Tap, person: Person, now: dt.datetime) -> None:
    """Carry out what was tapped, and show the message as it stands then."""
    text, rows = await sync_to_async(carried_out)(person=person, tap=tap, listed=listed(query), now=now)
    message_id = query.message.message_id if isinstance(query.message, Message) else None
    await redrawing.draw(query.from_user.id, message_id, text, rows)


def listed(query: CallbackQuery) -> list[HabitDate]:
    """What the tapped message lists, by its own keyboard. Nothing where Telegram no longer shows it to bots."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    return pairs_of(markup.inline_keyboard) if markup else []


def carried_out(*, person: Person, tap: Tap, listed: Sequence[HabitDate], now: dt.datetime) -> Card:
    """Do what a tap says. The message as it stands after that; above it, why something was refused.

    A tap may come twice, late, or forged: services are asked as if anyone had sent it.
    """
    pair = (tap.habit_id, tap.date)
    heading = None
    try:
        _carry_out(person, tap, now)
    except Refused as error:
        says_so = isinstance(error, NotFound) and pair in (listed or [pair])  # the card, of a habit that is gone
        heading = None if says_so else refusal(error)
    items = items_of(
        person=person,
        dates=listed[:MOST] or [pair],
        now=now,
        choosing=pair if tap.verb == "later" else None,
    )
    return card(items, person=person, now=now, heading=heading)


def _carry_out(person: Person, tap: Tap, now: dt.datetime) -> None:
    """Raises `Refused`."""
    verb, habit_id, date = tap
    if verb in STATUSES:
        check_in(person=person, habit_id=habit_id, date=date, status=STATUSES[verb], source=CheckIn.Source.BOT, now=now)
    elif verb == "undo":
        take_back(person=person, habit_id=habit_id, date=date, now=now)
    elif verb not in ("later", "back"):
        until = snooze_until(verb, timezone=person.timezone, now=now)
        if until is None:
            raise Conflict(FieldError(None, "evening_is_here", _("It is evening already. Choose another time.")))
        snooze(person=person, habit_id=habit_id, date=date, until=until, now=now)
