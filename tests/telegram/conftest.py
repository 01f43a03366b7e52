"""The far side of the network, and chats to link."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from accounts.models import Person
from telegram.chats import seen
from telegram.models import Chat
from telegram.signals import chat_linked, chat_lost
from tests.bot_api.fixtures import bot_api, bot_api_server

__all__ = ["bot_api", "bot_api_server"]

NOW = dt.datetime(2026, 1, 30, 12, 0, tzinfo=dt.UTC)


def chat_of(chat_id: int, username: str | None = None, *, now: dt.datetime = NOW, language: str | None = None) -> Chat:
    return seen(chat_id=chat_id, username=username, language_code=language, now=now)


@pytest.fixture
def news() -> Any:
    """What the rooms above are told: ("linked" | "lost", person's id)."""
    heard: list[tuple[str, int]] = []

    def linked(person: Person, **_: object) -> None:
        heard.append(("linked", person.pk))

    def lost(person: Person, **_: object) -> None:
        heard.append(("lost", person.pk))

    chat_linked.connect(linked)
    chat_lost.connect(lost)
    yield heard
    chat_linked.disconnect(linked)
    chat_lost.disconnect(lost)


def race(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions at the same moment, each with a connection of its own; what each returned or raised."""
    barrier = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(number: int, action: Callable[[], Any]) -> None:
        try:
            barrier.wait(60)
            results[number] = action()
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
