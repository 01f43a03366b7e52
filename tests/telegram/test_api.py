"""`/api/v1/telegram`: the state of the link, the deep link, the parting."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person
from telegram.background import background
from telegram.chats import mark_chat_gone
from telegram.linking import link, link_by_token
from telegram.models import Chat, LinkQuestion, LinkToken
from tests.bot_api import Control
from tests.people import bearer
from tests.telegram.conftest import NOW, chat_of


def state_of(client: Client, person: Person) -> dict[str, Any]:
    response = client.get("/api/v1/telegram", headers=bearer(person))
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def nothing(alice: Person) -> None:
    pass


def asked(alice: Person) -> None:
    Person.objects.filter(pk=alice.pk).update(telegram_username="alice_in_w")
    LinkQuestion.objects.create(person=alice, chat=chat_of(1, "alice_in_w"), asked_at=NOW)


def asked_under_another_name(alice: Person) -> None:
    asked(alice)
    Person.objects.filter(pk=alice.pk).update(telegram_username="another_name")


def linked(alice: Person) -> None:
    chat_of(1, "alice_in_w")
    link(person_id=alice.pk, chat_id=1, now=NOW)


def blocked(alice: Person) -> None:
    linked(alice)
    mark_chat_gone(chat_id=1, now=NOW)


@pytest.mark.parametrize(
    ("before", "state"),
    [
        (nothing, {"linked": False, "username": None, "status": "none", "linked_at": None}),
        (asked, {"linked": False, "username": None, "status": "asked", "linked_at": None}),
        (asked_under_another_name, {"linked": False, "username": None, "status": "none", "linked_at": None}),
        (linked, {"linked": True, "username": "alice_in_w", "status": "linked", "linked_at": "2026-01-30T12:00:00Z"}),
        (
            blocked,
            {"linked": False, "username": "alice_in_w", "status": "blocked", "linked_at": "2026-01-30T12:00:00Z"},
        ),
    ],
)
def test_it_shows_the_link(
    client: Client, alice: Person, bob: Person, before: Callable[[Person], None], state: dict[str, Any]
) -> None:
    before(alice)
    assert state_of(client, alice) == state
    assert state_of(client, bob)["status"] == "none"


def test_it_reads_the_link_by_two_queries(
    client: Client, alice: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Beside those that the sign-in costs."""
    headers = bearer(alice)
    asked(alice)
    with django_assert_num_queries(2) as profile:
        client.get("/api/v1/me", headers=headers)
    with django_assert_num_queries(len(profile) + 2):
        client.get("/api/v1/telegram", headers=headers)


def test_a_deep_link_leads_to_the_bot_and_links(client: Client, alice: Person, bot_api: Control) -> None:
    before = dt.datetime.now(dt.UTC)
    response = client.post("/api/v1/telegram/link", headers=bearer(alice))
    assert response.status_code == 201
    address, _question, token = response.json()["url"].partition("?start=")
    assert address == "https://t.me/habits_test_bot"
    assert response["Location"] == response.json()["url"]
    life = dt.datetime.fromisoformat(response.json()["expires_at"]) - before
    assert dt.timedelta(minutes=10) <= life < dt.timedelta(minutes=11)
    assert link_by_token(token=token, chat_id=1, now=dt.datetime.now(dt.UTC)) == alice
    assert state_of(client, alice)["status"] == "linked"


def test_the_bot_is_asked_for_its_name_once(client: Client, alice: Person, bot_api: Control) -> None:
    for _time in range(3):
        assert client.post("/api/v1/telegram/link", headers=bearer(alice)).status_code == 201
    assert len(bot_api.calls("getMe")) == 1


def test_without_a_bot_there_is_no_deep_link(client: Client, alice: Person, settings: Settings) -> None:
    settings.TELEGRAM_BOT_TOKEN = ""
    response = client.post("/api/v1/telegram/link", headers=bearer(alice) | {"Accept-Language": "ru"})
    assert response.status_code == 503
    assert response.json()["errors"] == [
        {"field": None, "code": "no_bot", "message": "На этом сервере бот Telegram не настроен."}
    ]
    assert LinkToken.objects.count() == 0


@pytest.mark.parametrize(
    "how", [{"status": 502, "body": "oops"}, {"answer": {"ok": True, "result": None}}, {"reset": True}]
)
def test_while_telegram_is_away_there_is_no_deep_link(
    client: Client, alice: Person, bot_api: Control, how: dict[str, Any]
) -> None:
    bot_api.fail("getMe", times=None, **how)
    for _time in range(3):
        response = client.post("/api/v1/telegram/link", headers=bearer(alice))
        assert response.status_code == 503
        assert response.json()["errors"][0]["code"] == "telegram_away"
    assert len(bot_api.calls("getMe")) == 1  # those after the first did not wait for it
    background.stop()
    bot_api.recover()
    assert client.post("/api/v1/telegram/link", headers=bearer(alice)).status_code == 201


def test_deleting_parts_the_chat(client: Client, alice: Person, news: list[Any]) -> None:
    linked(alice)
    for _time in range(2):
        assert client.delete("/api/v1/telegram", headers=bearer(alice)).status_code == 204
    assert state_of(client, alice)["status"] == "none"
    assert Chat.objects.get().person is None
    assert news == [("linked", alice.pk), ("lost", alice.pk)]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/telegram"), ("DELETE", "/telegram"), ("POST", "/telegram/link")]
)
def test_a_stranger_is_refused(client: Client, db: None, method: str, path: str) -> None:
    assert client.generic(method, f"/api/v1{path}").status_code == 401
