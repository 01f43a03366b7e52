"""/stop: no more reminders here. Who came through Telegram has no other way in, so for them it is the end of it all."""

import datetime as dt

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.services import erase
from bot import drafts
from bot.members import stranger
from bot.replies import Reply, replace
from telegram.linking import unlink
from telegram.models import Chat

router = Router(name="stop")


@router.message(Command("stop", ignore_case=True, ignore_mention=True))
async def stop(message: Message, chat: Chat, now: dt.datetime) -> None:
    reply = await sync_to_async(parting)(chat, now)
    await message.answer(reply.text, reply_markup=reply.markup)


@router.callback_query(F.data.in_({"stop:all", "stop:sure", "stop:no"}))
async def stop_for_good(query: CallbackQuery, chat: Chat) -> None:
    if query.data == "stop:no":
        reply = Reply(_("All right, everything stays as it is."))
    else:
        reply = await sync_to_async(erasing)(chat, is_sure=query.data == "stop:sure")
    await replace(query, reply.text, reply.markup)


def parting(chat: Chat, now: dt.datetime) -> Reply:
    """Unlink the chat, unless it is the only way into the account."""
    person = chat.person
    if person is not None and is_only_here(person):
        text = _(
            "Your habits live in this chat only: without it nothing leads back to them. /pause keeps me quiet for as "
            "long as you like. /login opens the app, where an e-mail address gives you another way in."
        )
        quiet = (_("⏸ A month of rest"), "pause:month")
        return Reply(text, [[quiet], [(_("🗑 Erase everything"), "stop:all")]])
    if person is not None and unlink(person=person, now=now):
        drafts.drop(chat)
        text = _(
            "No more reminders come here. Your habits stay as they are. To come back, open the link to Telegram in the "
            "app once more."
        )
        return Reply(text)
    return Reply(_("No reminders come here anyway: this chat is not linked to an account. /start tells how."))


def erasing(chat: Chat, *, is_sure: bool) -> Reply:
    person = chat.person
    if person is None:
        return Reply(stranger())
    if not is_only_here(person):
        return Reply(_("Your account has an e-mail address now. /stop ends the reminders here, and your habits stay."))
    if not is_sure:
        text = _("Erase your account with all habits and answers? Nothing brings them back.")
        return Reply(text, [[(_("Yes, erase everything"), "stop:sure")], [(_("No, keep everything"), "stop:no")]])
    erase(person=person)
    return Reply(_("Everything is erased. All the best! /start begins anew."))


def is_only_here(person: Person) -> bool:
    """Whether nothing but this chat lets them in: they came through Telegram and never gave an e-mail address."""
    return person.email is None
