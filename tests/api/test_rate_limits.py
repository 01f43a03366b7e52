"""Every limited endpoint tells what is left and when to come back, whether it lets a request through or not."""

import json
import re
from typing import Any

import pytest
import redis
from allauth.account import app_settings as allauth
from django.conf import settings
from django.test import Client

from accounts.limits import WRITING, writes
from accounts.models import Person
from config.api import api
from contract import throttle
from contract.throttle import WINDOW
from tests.accounts.flows import Caller
from tests.people import bearer

HABITS, FEED = "/api/v1/habits", "/api/v1/habits/public"
PLEASANT = {"action": "sing", "is_pleasant": True}

pytestmark = pytest.mark.django_db


def left(response: Any) -> tuple[str, int, int]:
    """The limit's name, what is left of it, and in how many seconds it begins anew."""
    told = re.fullmatch(r'"([a-z_]+)";r=(\d+);t=(\d+)', response["RateLimit"])
    assert told, response["RateLimit"]
    return told[1], int(told[2]), int(told[3])


def create(person: Person, **headers: str) -> Any:
    return Client().post(HABITS, PLEASANT, "application/json", headers=bearer(person) | headers)


@pytest.fixture
def three_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "limit", 3)


def test_the_feed_tells_every_caller_what_is_left() -> None:
    first = Client().get(FEED)
    assert first["RateLimit-Policy"] == f'"public_habits";q={settings.PUBLIC_REQUESTS_A_MINUTE};w=60'
    name, remaining, seconds = left(first)
    assert (name, remaining) == ("public_habits", settings.PUBLIC_REQUESTS_A_MINUTE - 1)
    assert 1 <= seconds <= WINDOW


@pytest.mark.usefixtures("within_a_minute")
def test_what_a_person_changes_is_limited_all_together(alice: Person, bob: Person, three_writes: None) -> None:
    made = create(alice)
    assert (made.status_code, left(made)[:2]) == (201, ("writes", 2))
    changed = Client().patch("/api/v1/me", {"language": "en"}, "application/json", headers=bearer(alice))
    assert left(changed)[:2] == ("writes", 1)
    # What is refused has been work all the same.
    assert create(alice, **{"Content-Type": "text/plain"})["RateLimit"]
    answers = [create(alice) for _ in range(4)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    for answer in refused:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["errors"][0]["code"] == "too_many_requests"
        assert left(answer)[1] == 0
        assert 1 <= int(answer["Retry-After"]) <= WINDOW
    # Reading goes on, uncounted, and so does everyone else.
    shown = Client().get(HABITS, headers=bearer(alice))
    assert (shown.status_code, "RateLimit" in shown) == (200, False)
    assert create(bob).status_code == 201


def test_whoever_is_not_signed_in_counts_against_nobody(three_writes: None) -> None:
    for _ in range(5):
        answer = Client().post(HABITS, PLEASANT, "application/json")
        assert (answer.status_code, "RateLimit" in answer) == (401, False)


def test_everything_that_a_signed_in_person_can_change_is_limited() -> None:
    for path, item in api.get_openapi_schema()["paths"].items():
        for method, operation in item.items():
            if path.startswith("/api/v1/") and method.upper() in WRITING and operation.get("security") != []:
                if path.endswith(("/webhook", "/telegram/login")):
                    continue
                assert "429" in map(str, operation["responses"]), (method, path)


def test_refreshing_tells_what_is_left() -> None:
    answer = Caller()("POST", "tokens/refresh", {"refresh_token": "x"})
    assert left(answer)[:2] == ("refreshes", settings.REFRESHES_A_MINUTE - 1)


def test_allauths_refusals_tell_when_to_come_back() -> None:
    login = {"email": "nobody@example.org", "password": "a wrong one"}
    answers = [Caller()("POST", "auth/login", login | {"email": f"n{number}@example.org"}) for number in range(31)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(answer["Retry-After"] == "60" for answer in refused)
    # And that is never too soon: wrong passwords, whose window is longer, answer 400.
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    windows = [
        int(span[:-1] or 1) * seconds[span[-1]]
        for action, rates in allauth.RATE_LIMITS.items()
        if rates and action != "login_failed"
        for _amount, span, _whose in (rate.split("/") for rate in rates.split(","))
    ]
    assert max(windows) <= WINDOW


def test_nobody_is_refused_while_redis_is_away(
    alice: Person, monkeypatch: pytest.MonkeyPatch, three_writes: None
) -> None:
    nowhere = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(throttle, "_redis", lambda: nowhere)
    for _ in range(5):
        answer = create(alice)
        assert (answer.status_code, "RateLimit" in answer) == (201, False)


def test_counting_is_one_round_trip(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    send: Any = redis.Connection.send_packed_command

    def noted(connection: redis.Connection, *told: Any, **more: Any) -> Any:
        sent.append(told)
        return send(connection, *told, **more)

    create(alice)  # connects
    monkeypatch.setattr(redis.Connection, "send_packed_command", noted)
    create(alice)
    assert len(sent) == 1


def test_it_is_shown_to_front_ends_elsewhere(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    answer = Client().get(FEED, headers={"Origin": "https://app.example.org"})
    shown = answer["Access-Control-Expose-Headers"].split(", ")
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(shown)
    assert json.loads(answer.content)["results"] == []
