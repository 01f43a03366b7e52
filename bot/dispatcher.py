"""The one dispatcher, which polling and the webhook share."""

import logging
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from aiogram import BaseMiddleware, Dispatcher
from aiogram.enums import ChatType
from aiogram.types import Chat as TelegramChat
from aiogram.types import TelegramObject, Update, User
from asgiref.sync import sync_to_async
from django.utils.timezone import now
from django.utils.translation import override

from bot import (
    answers,
    commands,
    groups,
    habit_list,
    language,
    login,
    new_habit,
    pausing,
    start,
    stats,
    stop,
    time_zone,
    today,
    undo,
)
from telegram.chats import mark_chat_gone, seen
from telegram.errors import ChatGone
from telegram.models import Chat
from telegram.questions import language_of


@cache
def dispatcher() -> Dispatcher:
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)  # it would have a line for every update
    found = Dispatcher(disable_fsm=True)
    found.update.outer_middleware(Acquaintance())
    # In this order; `commands` has what nobody else understood.
    rooms = (
        groups,
        answers,
        today,
        start,
        stop,
        new_habit,
        habit_list,
        stats,
        pausing,
        undo,
        language,
        login,
        time_zone,
        commands,
    )
    found.include_routers(*(room.router for room in rooms))
    return found


class Acquaintance(BaseMiddleware):
    """Keeps what the update tells of a private chat, and speaks its language.

    Handlers get `chat` (telegram.models.Chat with its person; None in a group) and `now`.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        where: TelegramChat | None = data.get("event_chat")
        who: User | None = data.get("event_from_user")
        if where is None or who is None:
            return None  # a channel's post, and whatever else nobody said to us
        data["now"] = now()
        data["chat"] = None
        if where.type != ChatType.PRIVATE:
            with override("ru" if (who.language_code or "").startswith("ru") else "en"):
                return await handler(event, data)
        is_farewell = isinstance(event, Update) and bool(event.my_chat_member) and not is_welcome(event)
        if is_farewell:
            await sync_to_async(mark_chat_gone)(chat_id=where.id, now=data["now"])
            return None
        chat = data["chat"] = await sync_to_async(meet)(where.id, who, data["now"])
        try:
            with override(language_of(chat)):
                return await handler(event, data)
        except ChatGone:
            await sync_to_async(mark_chat_gone)(chat_id=where.id, now=data["now"])
            return None


def is_welcome(update: Update) -> bool:
    """Whether the bot may write there, after a change of its membership."""
    change = update.my_chat_member
    return change is not None and change.new_chat_member.status not in {"kicked", "left"}


def meet(chat_id: int, who: User, now: Any) -> Chat:
    chat = seen(chat_id=chat_id, username=who.username, language_code=who.language_code, now=now)
    _ = chat.person  # fetched here, since handlers run where the database may not be asked
    return chat
