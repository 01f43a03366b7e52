"""Groups: reminders are between two, so the bot says so and takes no part."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import ChatMemberUpdated, Message
from django.utils.translation import gettext as _

router = Router(name="groups")
IN_A_GROUP = F.chat.type.in_({ChatType.GROUP, ChatType.SUPERGROUP})


def refusal() -> str:
    return _("I work in private chats only, so that nobody else reads your reminders. Write to me there.")


@router.my_chat_member(IN_A_GROUP, F.new_chat_member.status.in_({"member", "administrator"}))
async def added(event: ChatMemberUpdated) -> None:
    await event.answer(refusal())


@router.message(IN_A_GROUP, F.text.startswith("/"))
async def asked(message: Message) -> None:
    await message.answer(refusal())


@router.message(F.chat.type != ChatType.PRIVATE)
@router.callback_query(F.message.chat.type != ChatType.PRIVATE)
@router.my_chat_member(F.chat.type != ChatType.PRIVATE)
async def overheard(_event: object) -> None:
    """Whatever else is said in a group is not for the bot."""
