"""/stop."""

import datetime as dt

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from telegram.linking import unlink
from telegram.models import Chat

router = Router(name="stop")


@router.message(Command("stop", ignore_case=True, ignore_mention=True))
async def stop(message: Message, chat: Chat, now: dt.datetime) -> None:
    unlinked = chat.person is not None and await sync_to_async(unlink)(person=chat.person, now=now)
    if unlinked:
        await message.answer(
            _(
                "No more reminders come here. Your habits stay as they are. To come back, open the link to Telegram "
                "in the app once more."
            )
        )
    else:
        await message.answer(
            _("No reminders come here anyway: this chat is not linked to an account. /start tells how.")
        )
