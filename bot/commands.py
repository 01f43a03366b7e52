"""/help, the list of commands that Telegram shows, and an answer to whatever nobody else understood."""

import datetime as dt
import logging
from typing import Final

from aiogram import Bot, F, Router
from aiogram.enums import ContentType
from aiogram.filters import Command
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, CallbackQuery, Message, Update
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from bot import telling
from bot.listening import habit_in
from bot.replies import Reply, acknowledge, refusal
from bot.start import introduction
from contract.errors import Refused
from telegram.errors import TelegramError
from telegram.models import Chat

logger = logging.getLogger(__name__)

router = Router(name="commands")

COMMANDS: Final[list[tuple[str, Promise]]] = [
    ("today", gettext_lazy("What is due today")),
    ("new", gettext_lazy("A new habit")),
    ("habits", gettext_lazy("Your habits")),
    ("stats", gettext_lazy("How your habits grow")),
    ("pause", gettext_lazy("A rest, with streaks kept")),
    ("resume", gettext_lazy("Go on after a rest")),
    ("undo", gettext_lazy("Take back the last answer or deletion")),
    ("timezone", gettext_lazy("Your time zone")),
    ("language", gettext_lazy("The language that I speak")),
    ("login", gettext_lazy("A code to sign in to the app")),
    ("stop", gettext_lazy("No more reminders here")),
    ("help", gettext_lazy("What I can do")),
]


# What Telegram tells of a private chat by itself: nobody has said anything.
SERVICE: Final = {
    ContentType.PINNED_MESSAGE,
    ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
    ContentType.WRITE_ACCESS_ALLOWED,
    ContentType.CHAT_BACKGROUND_SET,
    ContentType.BOOST_ADDED,
}


async def register(bot: Bot) -> None:
    """Tell Telegram the commands in every language. A failure is logged and harmless: they work all the same."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            commands = [BotCommand(command=command, description=str(about)) for command, about in COMMANDS]
        code = None if language == settings.LANGUAGE_CODE else language
        try:
            await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats(), language_code=code)
        except TelegramError as error:
            logger.warning("The commands were not registered: %s", error)


@router.message(Command("help", ignore_case=True, ignore_mention=True))
async def help_(message: Message) -> None:
    lines = [f"/{command}: {about}" for command, about in COMMANDS]
    about = _("I remind you of your habits at the time that you chose, and count how they grow.")
    how = _("To make a habit, just write it: I will read at 21:30 in bed.")
    await message.answer("\n".join([about, how, "", *lines]))


@router.message(F.text)
async def not_understood(message: Message, chat: Chat, event_update: Update, now: dt.datetime) -> None:
    """What looks like a habit can be made one; to anything else the answer says what can be done."""
    try:
        reply = await sync_to_async(helpful)(chat, message.text or "", event_update.update_id, now)
    except Refused as error:
        reply = Reply(refusal(error))
    await message.answer(reply.text, reply_markup=reply.markup)


def helpful(chat: Chat, text: str, update: int, now: dt.datetime) -> Reply:
    found = None if text.startswith("/") else habit_in(text)
    if chat.person is None:
        if found:
            telling.remember(chat=chat, told=found, update=update, now=now)
        return introduction(chat)
    if found:
        return telling.propose(chat=chat, told=found, update=update, now=now)
    return Reply(
        _("I did not understand that. Reminders come here by themselves, /new makes a habit, /help tells the rest.")
    )


@router.message(~F.content_type.in_(SERVICE))
async def not_text(message: Message) -> None:
    await message.answer(_("I read text only. /help tells what I can do."))


@router.callback_query()
async def unknown_button(query: CallbackQuery) -> None:
    await acknowledge(query, _("This button does not work any more."))
