"""/help, the list of commands that Telegram shows, and an answer to whatever nobody else understood."""

import logging
from typing import Final

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, CallbackQuery, Message
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from bot.replies import acknowledge
from telegram.errors import TelegramError
from telegram.models import Chat

logger = logging.getLogger(__name__)

router = Router(name="commands")

COMMANDS: Final[list[tuple[str, Promise]]] = [
    ("start", gettext_lazy("Link this chat")),
    ("timezone", gettext_lazy("Your time zone")),
    ("help", gettext_lazy("What I can do")),
    ("stop", gettext_lazy("No more reminders here")),
]


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
    await message.answer("\n".join([_("I remind you of your habits at the time that you chose."), "", *lines]))


@router.message(F.text)
async def not_understood(message: Message, chat: Chat) -> None:
    if chat.person is None:
        text = _("I did not understand that, and I do not know yet whose chat this is. /start tells how to link it.")
    else:
        text = _(
            "I did not understand that. Reminders of your habits come here by themselves; /help tells what I can do."
        )
    await message.answer(text)


@router.message()
async def not_text(message: Message) -> None:
    await message.answer(_("I read text only. /help tells what I can do."))


@router.callback_query()
async def unknown_button(query: CallbackQuery) -> None:
    await acknowledge(query, _("This button does not work any more."))
