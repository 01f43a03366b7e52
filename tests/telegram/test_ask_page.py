"""`/user/get_chat_id/{pk}`: needs no token and tells nothing; the bot asks."""

from collections.abc import Iterator

import pytest
from django.test import Client
from kombu.pools import producers
from pytest_django import Settings

from accounts.models import Person
from config.celery import app
from telegram.chats import mark_chat_gone
from telegram.models import Chat
from tests.bot_api import Control
from tests.telegram.conftest import chat_of


@pytest.fixture(autouse=True)
def worker_at_once() -> Iterator[None]:
    """Tasks run where they are queued."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def claimed(alice: Person, bot_api: Control) -> Person:
    Person.objects.filter(pk=alice.pk).update(telegram_username="alice_in_w")
    chat_of(1, "alice_in_w")
    return alice


@pytest.mark.parametrize("slash", ["", "/"])
def test_following_the_link_makes_the_bot_ask(client: Client, claimed: Person, bot_api: Control, slash: str) -> None:
    response = client.get(f"/user/get_chat_id/{claimed.pk}{slash}")
    assert response.status_code == 200
    assert [call.chat_id for call in bot_api.calls("sendMessage")] == [1]
    assert "no-store" in response["Cache-Control"]


def test_following_it_again_today_asks_nothing(client: Client, claimed: Person, bot_api: Control) -> None:
    for _time in range(3):
        assert client.get(f"/user/get_chat_id/{claimed.pk}").status_code == 200
    assert len(bot_api.said(1)) == 1


def test_looking_asks_nothing(client: Client, claimed: Person, bot_api: Control) -> None:
    assert client.head(f"/user/get_chat_id/{claimed.pk}").status_code == 200
    assert bot_api.calls() == []


def test_the_answer_is_the_same_for_every_number(
    client: Client, claimed: Person, bob: Person, bot_api: Control
) -> None:
    found = [client.get(f"/user/get_chat_id/{pk}") for pk in (claimed.pk, bob.pk, 10**6, 2**63 - 1, 2**63, 10**30, 0)]
    for response in found:
        # The second in which it was answered, its own number, and what is left for this caller.
        del response["Expires"], response["X-Request-ID"], response["RateLimit"]
    assert {(response.status_code, response.content, str(response.headers)) for response in found} == {
        (200, found[0].content, str(found[0].headers))
    }
    assert len(bot_api.calls("sendMessage")) == 1


def test_a_question_that_failed_is_told_to_nobody(client: Client, claimed: Person, bot_api: Control) -> None:
    bot_api.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    assert client.get(f"/user/get_chat_id/{claimed.pk}").status_code == 200
    assert Chat.objects.get().blocked_at is not None


def test_a_blocked_chat_is_not_asked(client: Client, claimed: Person, bot_api: Control) -> None:
    mark_chat_gone(chat_id=1, now=Chat.objects.get().seen_at)
    assert client.get(f"/user/get_chat_id/{claimed.pk}").status_code == 200
    assert bot_api.calls() == []


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/html, application/json", "text/html"),
        ("application/json, text/html", "application/json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        (None, "application/json"),
    ],
)
def test_it_answers_what_is_asked_for(
    client: Client, bot_api: Control, db: None, accept: str | None, kind: str
) -> None:
    response = client.get("/user/get_chat_id/1", headers={"Accept": accept} if accept else None)
    assert response.status_code == 200
    assert response["Content-Type"].startswith(kind)


@pytest.mark.parametrize(("language", "said"), [("ru", "Спрашивает он не чаще раза в сутки"), ("en", "once a day")])
def test_it_speaks_the_callers_language(client: Client, bot_api: Control, db: None, language: str, said: str) -> None:
    headers = {"Accept-Language": language}
    assert said in client.get("/user/get_chat_id/1", headers=headers).json()["detail"]
    page = client.get("/user/get_chat_id/1", headers=headers | {"Accept": "text/html"}).content.decode()
    assert said in page
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize(("accept", "kind"), [("text/html", "text/html"), ("*/*", "application/problem+json")])
def test_without_a_bot_it_says_so(client: Client, settings: Settings, db: None, accept: str, kind: str) -> None:
    settings.TELEGRAM_BOT_TOKEN = ""
    response = client.get("/user/get_chat_id/1", headers={"Accept": accept})
    assert response.status_code == 503
    assert response["Content-Type"].startswith(kind)


@pytest.mark.usefixtures("within_a_minute")
def test_it_is_rate_limited(client: Client, bot_api: Control, db: None) -> None:
    found = [client.get("/user/get_chat_id/1") for _time in range(11)]
    assert [response.status_code for response in found] == [200] * 10 + [429]
    assert 1 <= int(found[-1]["Retry-After"]) <= 61
    assert found[-1].json()["errors"][0]["code"] == "too_many_requests"


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers where tasks would be queued."""
    app.conf.task_always_eager = False
    away = producers[app.connection_for_write("redis://127.0.0.1:1/0")]
    monkeypatch.setattr(app.amqp, "_producer_pool", away)


def test_without_redis_it_says_so(client: Client, bot_api: Control, db: None, no_broker: None) -> None:
    response = client.get("/user/get_chat_id/1")
    assert response.status_code == 503
    assert response.json()["errors"][0]["code"] == "unavailable"


@pytest.mark.parametrize("pk", ["abc", "-1", "1.5", "9x", "٣"])
@pytest.mark.parametrize(
    ("accept", "kind", "said"),
    [
        ("text/html", "text/html", "<h1>Не найдено</h1>"),
        ("application/json", "application/problem+json", "По этому адресу ничего нет."),
    ],
)
def test_what_is_no_number_is_not_there(
    client: Client, bot_api: Control, db: None, pk: str, accept: str, kind: str, said: str
) -> None:
    response = client.get(f"/user/get_chat_id/{pk}", headers={"Accept": accept, "Accept-Language": "ru"})
    assert response.status_code == 404
    assert response["Content-Type"].startswith(kind)
    assert said in response.content.decode()
    assert bot_api.calls() == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused(claimed: Person, bot_api: Control, method: str) -> None:
    response = Client(enforce_csrf_checks=True).generic(method, f"/user/get_chat_id/{claimed.pk}")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert bot_api.calls() == []
