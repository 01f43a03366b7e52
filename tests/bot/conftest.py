"""A conversation with the bot by way of the webhook: the handlers run in the test's own transaction."""

import json
from typing import Any

import pytest
import redis
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import Person
from bot.models import HandledUpdate
from bot.redrawing import redrawing
from telegram.linking import link
from tests.bot_api import Call, Control
from tests.bot_api.control import message
from tests.bot_api.fixtures import bot_api, bot_api_server

__all__ = ["bot_api", "bot_api_server"]

SECRET = "the-secret-of-the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
ALICE, BOB = 101, 102  # their chats


class Conversation:
    """Brings updates to the webhook; each method returns what the bot called because of it."""

    def __init__(self, bot_api: Control, valkey: "redis.Redis") -> None:
        self.bot_api = bot_api
        self.valkey = valkey
        self.client = Client()
        self.last: dict[str, Any] = {}

    def bring(self, update: dict[str, Any], *, secret: str = SECRET) -> Any:
        """The webhook's response."""
        return self.client.post(
            "/api/v1/telegram/webhook",
            json.dumps(update),
            content_type="application/json",
            headers={HEADER: secret},
        )

    def update(self, update: dict[str, Any]) -> list[Call]:
        self.valkey.flushdb()  # the pause of a chat is not what these tests are about
        before = len(self.bot_api.calls())
        number = self.bot_api.update(update)
        self.last = {"update_id": number, **update}
        response = self.bring(self.last)
        assert (response.status_code, response.json()) == (200, {"handled": True})
        redrawing.finish(within=30)
        return self.bot_api.calls(since=before)

    def again(self) -> list[Call]:
        """The last update once more, as when its process died before it could say that it was done."""
        self.valkey.flushdb()
        before = len(self.bot_api.calls())
        HandledUpdate.objects.filter(update_id=self.last["update_id"]).delete()
        assert self.bring(self.last).status_code == 200
        return self.bot_api.calls(since=before)

    def write(self, chat_id: int, text: str, *, username: str | None = None, language: str | None = None) -> list[Call]:
        return self.update({"message": message(chat_id, text, username=username, language=language)})

    def said(self, chat_id: int, text: str, *, username: str | None = None, language: str | None = None) -> str:
        """The one message that the bot answers with."""
        calls = self.write(chat_id, text, username=username, language=language)
        assert [(call.method, call.chat_id) for call in calls] == [("sendMessage", chat_id)]
        return calls[0].text

    def press(self, chat_id: int, data: str, *, message_id: int = 1) -> list[Call]:
        query = {
            "id": "77",
            "from": {"id": chat_id, "is_bot": False, "first_name": "User"},
            "chat_instance": "1",
            "data": data,
            "message": message(chat_id, "…") | {"message_id": message_id},
        }
        return self.update({"callback_query": query})

    def tap(self, chat_id: int, message_id: int | None, button: str) -> list[Call]:
        """A tap on a button that stands under a message which the bot has sent: by its text, or by its data."""
        return self.update(self.bot_api.tapped(chat_id, message_id, button))


@pytest.fixture
def chat(bot_api: Control, valkey: "redis.Redis", settings: Settings, db: None) -> Conversation:
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    return Conversation(bot_api, valkey)


@pytest.fixture
def bobs(chat: Conversation, bob: Person) -> Conversation:
    """Bob's chat, linked; he speaks English, in New York."""
    link(person_id=bob.pk, chat_id=BOB, now=now())
    return chat
