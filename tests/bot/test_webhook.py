"""The webhook: who may bring updates, and that each is handled once."""

import datetime as dt
import json
import time
from typing import Any

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from bot.models import HandledUpdate
from bot.registration import webhook_address
from bot.tasks import prune_conversations
from bot.webhook import HANDLED_WITHIN
from telegram.models import Chat
from tests.bot.conftest import ALICE, HEADER, SECRET, Conversation
from tests.bot_api.control import message

START: dict[str, Any] = {"update_id": 5, "message": message(ALICE, "/start")}


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "секрет"])
def test_without_the_secret_nothing_is_taken(chat: Conversation, secret: str) -> None:
    response = chat.bring(START, secret=secret)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert Chat.objects.count() == 0
    assert chat.bot_api.calls() == []


@pytest.mark.parametrize("setting", ["TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_BOT_TOKEN"])
def test_without_a_webhook_nothing_is_taken(chat: Conversation, settings: Settings, setting: str) -> None:
    setattr(settings, setting, "")
    for secret in ("", SECRET):
        assert chat.bring(START, secret=secret).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"update_id": "5"}', 422),
        (b'{"update_id": -1}', 422),
        (b'{"update_id": 9223372036854775808}', 422),
        (b'{"update_id": 1.5}', 422),
        (b'{"update_id": true}', 422),
    ],
)
@pytest.mark.parametrize("secret", [SECRET, "wrong"])
def test_a_bad_body_is_refused(chat: Conversation, body: bytes, status: int, secret: str) -> None:
    """Whoever lacks the secret does not learn even that."""
    response = chat.client.post(
        "/api/v1/telegram/webhook", body, content_type="application/json", headers={HEADER: secret}
    )
    assert response.status_code == (status if secret == SECRET else 401)
    assert HandledUpdate.objects.count() == 0


def test_an_update_that_comes_again_is_handled_once(chat: Conversation) -> None:
    for _time in range(3):
        assert chat.bring(START).status_code == 200
    assert len(chat.bot_api.said(ALICE)) == 1


def test_another_bots_update_of_that_number_is_another(chat: Conversation, settings: Settings) -> None:
    chat.bring(START)
    chat.valkey.flushdb()
    settings.TELEGRAM_BOT_TOKEN = "4343:the-token-of-another-bot"
    chat.bring(START)
    assert len(chat.bot_api.said(ALICE)) == 2


def test_an_update_that_another_process_is_at_is_to_come_again(chat: Conversation) -> None:
    claim = HandledUpdate.objects.create(bot_id=4242, update_id=5, claimed_at=now())
    response = chat.bring(START)
    assert response.status_code == 503
    assert chat.bot_api.calls() == []
    claim.claimed_at = now() - dt.timedelta(minutes=1)  # that process died
    claim.save()
    assert chat.bring(START).status_code == 200
    assert len(chat.bot_api.said(ALICE)) == 1


def test_the_longest_messages_are_taken(chat: Conversation) -> None:
    longest = message(ALICE, "🙂" * 4096)
    update = {"update_id": 5, "message": {**longest, "reply_to_message": longest}}
    assert len(json.dumps(update)) > 64 * 1024
    assert chat.bring(update).status_code == 200
    assert len(chat.bot_api.said(ALICE)) == 1


def test_it_forgets_what_telegram_will_not_bring_again(db: None) -> None:
    for number, age in ((1, dt.timedelta(days=3)), (2, dt.timedelta(hours=30))):
        HandledUpdate.objects.create(bot_id=4242, update_id=number, claimed_at=now() - age, done_at=now() - age)
    prune_conversations()
    assert list(HandledUpdate.objects.values_list("update_id", flat=True)) == [2]


def test_during_a_long_stop_an_update_is_to_come_again_at_once(chat: Conversation) -> None:
    """Waiting would hold a thread that serves the API."""
    chat.bot_api.flood(60, "sendMessage")
    assert chat.bring(START).status_code == 200
    began = time.monotonic()
    assert chat.bring(START | {"update_id": 6}).status_code == 503
    assert time.monotonic() - began < HANDLED_WITHIN
    assert HandledUpdate.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://habits.example.org", "https://habits.example.org/api/v1/telegram/webhook"),
        ("https://habits.example.org/", "https://habits.example.org/api/v1/telegram/webhook"),
        ("https://habits.example.org/hook", "https://habits.example.org/hook"),
    ],
)
def test_the_address_may_be_the_host_alone(given: str, address: str) -> None:
    assert webhook_address(given) == address


def test_it_never_logs_the_secret(chat: Conversation, caplog: pytest.LogCaptureFixture) -> None:
    chat.bring(START, secret="a-guess-at-the-secret")
    chat.bring(START)
    assert SECRET not in caplog.text
    assert json.dumps(START) not in caplog.text
