"""/login: a one-time code, to sign in elsewhere as the person of this chat."""

import datetime as dt
from zoneinfo import ZoneInfo

from aiogram.filters import Command
from aiogram.types import Message, MessageEntity
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from accounts.models import Person
from bot.members import for_members
from telegram.logins import create_code

router = for_members("login")


@router.message(Command("login", ignore_case=True, ignore_mention=True))
async def login(message: Message, person: Person, now: dt.datetime) -> None:
    code = await sync_to_async(create_code)(person=person, now=now)
    until = code.expires_at.astimezone(ZoneInfo(person.timezone)).strftime("%H:%M")
    hint = _(
        "Enter this code in the app to sign in there. It works once, for five minutes (until %(time)s). Give it to "
        "nobody: whoever has it gets into your account."
    ) % {"time": until}
    # As code, so that a tap copies it.
    await message.answer(
        f"{code.text}\n\n{hint}", entities=[MessageEntity(type="code", offset=0, length=len(code.text))]
    )
