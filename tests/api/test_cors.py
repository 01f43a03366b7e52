import re
from typing import Any

import pytest
from django.test import Client

from config import settings as written
from tests.people import bearer

APP = "https://app.example.org"
LOCAL = ["http://localhost:3000", "http://127.0.0.1:5173", "https://localhost", "http://[::1]:8080"]
FOREIGN = ["https://evil.example", "http://localhost.evil.example", "http://evil.example/?http://localhost", "null"]


def preflight(origin: str, address: str = "/api/v1/me", method: str = "PATCH", headers: str = "authorization") -> Any:
    return Client().options(
        address,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )


@pytest.fixture
def closed(settings: Any) -> Any:
    settings.CORS_ALLOWED_ORIGINS = []
    settings.CORS_ALLOWED_ORIGIN_REGEXES = []
    return settings


@pytest.mark.parametrize("origin", [APP, *LOCAL, *FOREIGN])
def test_it_lets_no_other_origin_in_by_default(closed: Any, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(origin)


@pytest.mark.parametrize(
    "header", ["authorization", "x-session-token", "x-request-id", "if-match", "content-type", "accept-language"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_it_lets_a_named_origin_send_what_the_contract_names(closed: Any, header: str, method: str) -> None:
    closed.CORS_ALLOWED_ORIGINS = [APP]
    response = preflight(APP, method=method, headers=header)
    assert response["Access-Control-Allow-Origin"] == APP
    assert header in response["Access-Control-Allow-Headers"].lower()
    assert method in response["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in response
    assert "Access-Control-Allow-Origin" not in preflight("https://evil.example")


@pytest.mark.django_db
def test_it_shows_a_named_origin_the_headers_of_the_contract(closed: Any, alice: Any) -> None:
    closed.CORS_ALLOWED_ORIGINS = [APP]
    response = Client().get("/api/v1/me", headers=bearer(alice) | {"Origin": APP})
    shown = {name.strip() for name in response["Access-Control-Expose-Headers"].split(",")}
    assert shown == {"Content-Disposition", "Deprecation", "ETag", "Link", "Location", "Sunset", "X-Request-ID"} | {
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
    }
    # So that a front end can read why it was refused.
    assert Client().get("/api/v1/me", headers={"Origin": APP})["Access-Control-Allow-Origin"] == APP
    assert Client().patch("/api/v1/me", b"x" * 70_000, headers={"Origin": APP})["Access-Control-Allow-Origin"] == APP


def test_a_front_end_may_call_what_is_a_link_as_well(closed: Any, db: None) -> None:
    closed.CORS_ALLOWED_ORIGINS = [APP]
    assert Client().get("/user/get_chat_id/1", headers={"Origin": APP})["Access-Control-Allow-Origin"] == APP


@pytest.mark.parametrize("address", ["/", "/admin/login/", "/healthz"])
def test_it_opens_the_api_only(closed: Any, db: None, address: str) -> None:
    closed.CORS_ALLOWED_ORIGINS = [APP]
    assert "Access-Control-Allow-Origin" not in Client().get(address, headers={"Origin": APP})


def test_while_debugging_it_takes_any_localhost_and_nothing_else() -> None:
    pattern = written.LOCALHOST_ORIGIN
    assert all(re.match(pattern, origin) for origin in LOCAL)
    assert not any(re.match(pattern, origin) for origin in [APP, *FOREIGN])
