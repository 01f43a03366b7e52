"""/language."""

import datetime as dt

from aiogram import F
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Person
from accounts.services import update_profile
from bot.members import for_members
from bot.replies import Reply, replace

router = for_members("language")

NAMES = {"en": "English", "ru": "Русский"}


@router.message(Command("language", ignore_case=True, ignore_mention=True))
async def language(message: Message) -> None:
    choice = [(NAMES.get(code, code), f"language:{code}") for code, _name in settings.LANGUAGES]
    reply = Reply(_("Which language shall I speak?"), [choice])
    await message.answer(reply.text, reply_markup=reply.markup)


@router.callback_query(F.data.startswith("language:"))
async def chosen(query: CallbackQuery, person: Person, now: dt.datetime) -> None:
    code = (query.data or "").removeprefix("language:")
    await sync_to_async(update_profile)(person=person, changes={"language": code}, now=now)
    with override(person.language):
        await replace(query, _("From now on I speak English. /language changes that."))
