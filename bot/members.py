"""What needs an account: only the person of a linked chat may use it, and a refusal is said in words."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.types import CallbackQuery, Message, TelegramObject
from django.utils.translation import gettext as _

from bot.replies import refusal, replace
from contract.errors import Refused
from telegram.models import Chat


def for_members(name: str) -> Router:
    """A router whose handlers get `person`. Strangers are told where to begin; what is refused is said in words."""
    router = Router(name=name)
    router.message.middleware(MembersOnly())
    router.callback_query.middleware(MembersOnly())
    return router


def stranger() -> str:
    return _("I do not know you yet. /start is where we begin.")


class MembersOnly(BaseMiddleware):
    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        chat: Chat = data["chat"]
        if chat.person is None:
            return await say(event, stranger())
        try:
            return await handler(event, {**data, "person": chat.person})
        except Refused as error:
            return await say(event, refusal(error) or stranger())


async def say(event: TelegramObject, text: str) -> None:
    if isinstance(event, CallbackQuery):
        await replace(event, text)
    elif isinstance(event, Message):
        await event.answer(text)
