"""Telegram: to the chat that a person has linked, by way of the one client that keeps the limits."""

import datetime as dt
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db.models import Q

from reminders.channels.base import Message, Recipient
from reminders.channels.buttons import as_markup
from telegram.chats import mark_chat_gone
from telegram.client import BotApi
from telegram.limits import Priority
from telegram.models import Chat


class TelegramChannel:
    """Reaches people with a linked chat that has not blocked the bot."""

    name = "telegram"

    def __init__(self) -> None:
        self.rate: int = settings.TELEGRAM_RATE
        self._api: BotApi | None = None

    def reached(self) -> Q:
        return Q(chat__isnull=False, chat__blocked_at__isnull=True)

    def addresses(self, people: Collection[int]) -> dict[int, int]:
        chats = Chat.objects.filter(person__in=people, blocked_at__isnull=True)
        return dict(chats.values_list("person_id", "chat_id"))

    def gone(self, address: int, *, now: dt.datetime) -> None:
        mark_chat_gone(chat_id=address, now=now)

    async def send(self, recipient: Recipient, message: Message, *, ready: Callable[[], None]) -> int | None:
        if self._api is None:
            raise RuntimeError("the channel is not open")
        return await self._api.send_message(
            recipient.address,
            message.text,
            priority=Priority.REMINDER,
            ready=ready,
            reply_markup=as_markup(message.rows),
        )

    async def __aenter__(self) -> Self:
        self._api = BotApi()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._api is not None:
            await self._api.close()
            self._api = None
