"""Fixtures for the rooms that speak to Telegram; their `conftest.py` imports what it needs."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from telegram.background import background
from tests.bot_api import Control, served

TOKEN = "4242:the-token-of-the-tests-own-bot"


@pytest.fixture(scope="session")
def bot_api_server() -> Iterator[Control]:
    with served() as control:
        yield control


@pytest.fixture
def bot_api(bot_api_server: Control, settings: Settings, valkey: object) -> Iterator[Control]:
    """The tests' Bot API server, as new, and settings that point at it. The limits start anew as well."""
    bot_api_server.reset()
    bot_api_server.set_latency(0)
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    settings.TELEGRAM_API_URL = bot_api_server.url
    settings.TELEGRAM_RATE = 1000
    yield bot_api_server
    background.stop()
