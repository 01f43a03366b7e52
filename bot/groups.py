"""Groups: reminders are between two, so the bot says so and takes no part."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import ChatMemberUpdated, Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from contract.errors import Unavailable
from telegram.background import background

router = Router(name="groups")
IN_A_GROUP = F.chat.type.in_({ChatType.GROUP, ChatType.SUPERGROUP})


def refusal() -> str:
    return _("I work in private chats only, so that nobody else reads your reminders. Write to me there.")


@router.my_chat_member(IN_A_GROUP, F.new_chat_member.status.in_({"member", "administrator"}))
async def added(event: ChatMemberUpdated) -> None:
    await event.answer(refusal())


@router.message(IN_A_GROUP, F.text.startswith("/"))
async def asked(message: Message) -> None:
    _command, _at, bot = (message.text or "").split(maxsplit=1)[0].partition("@")
    if not bot or await sync_to_async(is_ours)(bot):
        await message.answer(refusal())


def is_ours(username: str) -> bool:
    """Whether a command is for this bot, not for another one of the group; where Telegram does not say, it is."""
    try:
        return username.lower() == background.bot_username().lower()
    except Unavailable:
        return True


@router.message(F.chat.type != ChatType.PRIVATE)
@router.callback_query(F.message.chat.type != ChatType.PRIVATE)
@router.my_chat_member(F.chat.type != ChatType.PRIVATE)
async def overheard(_event: object) -> None:
    """Whatever else is said in a group is not for the bot."""
