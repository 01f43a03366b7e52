"""The views that the API is measured against: they are worth something only while they answer and ask the same."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Person
from benchmarks.api import NEW, plain
from benchmarks.ground import TOKEN
from habits.services import create_habit
from telegram.linking import link
from tests.habits.conftest import NOW, USEFUL
from tests.people import bearer
from tests.telegram.conftest import chat_of


@pytest.fixture(autouse=True)
def beside(settings: Settings) -> None:
    settings.ROOT_URLCONF = "benchmarks.by_hand_urls"
    settings.TELEGRAM_BOT_TOKEN = TOKEN


@pytest.fixture
def habits(alice: Person) -> list[int]:
    prize = create_habit(person=alice, now=NOW, action="drink tea", is_pleasant=True)
    related = USEFUL | {"reward": None, "related_habit": prize.pk}
    return [create_habit(person=alice, now=NOW, is_public=True, **related).pk for _ in range(7)]


def asked(person: Person, method: str, path: str, body: object = None) -> tuple[dict[str, Any], list[str]]:
    """The answer, and the kinds of statements with their tables."""
    content = b"" if body is None else json.dumps(body).encode()
    headers = bearer(person)
    with CaptureQueriesContext(connection) as queries:
        response = Client().generic(method, path, content, "application/json", headers=headers)
    assert response.status_code < 400, response.content
    told = plain(response.content.decode())
    told["headers"] = {name: "ETag" in name or response[name] for name in ("ETag", "Vary") if name in response}
    return told, [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("path", ["habits", "habits?page=2", "habits/public", "habits/{habit}"])
def test_it_reads_the_same_by_as_many_statements(alice: Person, habits: list[int], path: str) -> None:
    path = path.format(habit=habits[0])
    assert asked(alice, "GET", f"/api/by-hand/{path}") == asked(alice, "GET", f"/api/v1/{path}")


@pytest.mark.parametrize("by_hand", ["new", "new-by-cursor"])
def test_it_creates_the_same_by_the_same_kinds_of_statements(alice: Person, by_hand: str) -> None:
    chat_of(1)
    link(person_id=alice.pk, chat_id=1, now=NOW)
    found = asked(alice, "POST", f"/api/by-hand/habits/{by_hand}", NEW)
    assert found[0]["next_reminder_at"]
    assert found == asked(alice, "POST", "/api/v1/habits", NEW)


@pytest.mark.parametrize("path", ["habits", "habits/1"])
def test_it_lets_nobody_in_without_a_token(db: None, path: str) -> None:
    assert Client().get(f"/api/by-hand/{path}").status_code == 401
