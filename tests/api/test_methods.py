"""HEAD wherever GET is, OPTIONS everywhere, and what an address takes: by the document, address for address."""

import http.client
import json
from typing import Any

import django
import pytest
from django.test import Client

from accounts.models import Person
from config.api import api
from tests.people import bearer

PATHS: dict[str, Any] = api.get_openapi_schema()["paths"]
API = sorted(path for path in PATHS if path.startswith(("/api/", "/user/")))
NUMBERS = {"{habit_id}": "1", "{date}": "2026-01-31", "{pk}": "1"}
# What differs from one answer to the next.
OF_THE_MOMENT = {"X-Request-ID", "RateLimit", "Expires"}

pytestmark = pytest.mark.django_db


def address(path: str) -> str:
    for name, value in NUMBERS.items():
        path = path.replace(name, value)
    return path


def taken(path: str) -> set[str]:
    methods = {method.upper() for method in PATHS[path]}
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


@pytest.mark.parametrize("path", API)
def test_options_tells_anyone_what_an_address_takes(path: str) -> None:
    response = Client().options(address(path))
    assert (response.status_code, response.content) == (204, b"")
    assert set(response["Allow"].split(", ")) == taken(path)


@pytest.mark.parametrize("path", API)
def test_any_other_method_is_refused_with_those_that_are_taken(path: str) -> None:
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - taken(path):
        response = Client().generic(method, address(path), b"{}", "application/json")
        assert response.status_code == 405, method
        assert set(response["Allow"].split(", ")) == taken(path), method


@pytest.mark.parametrize("path", [path for path in API if "get" in PATHS[path] and path.startswith("/api/")])
@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_head_tells_the_headers_of_get_and_sends_no_body(alice: Person, path: str, accepted: str) -> None:
    client = Client(headers={"Accept-Encoding": accepted} | bearer(alice))
    got, asked = client.get(address(path)), client.head(address(path))
    assert asked.status_code == got.status_code
    assert asked.getvalue() == b""

    def told(response: Any) -> dict[str, str]:
        return {name: value for name, value in response.headers.items() if name not in OF_THE_MOMENT}

    expected = told(got)
    if not got.streaming:
        expected["Content-Length"] = str(len(got.content))
    assert told(asked) == expected


def test_head_writes_nothing_that_get_does_not_and_asks_for_sign_in() -> None:
    response = Client().head("/api/v1/me")
    assert (response.status_code, response["WWW-Authenticate"], response.content) == (401, "Bearer", b"")


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs", "/api/redoc"])
def test_what_describes_the_api_is_for_reading(path: str) -> None:
    assert Client().head(path).status_code == 200
    assert Client().post(path).status_code == 405
    told = Client().options(path)
    assert (told.status_code, told["Allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_an_address_that_is_not_there_is_not_there(method: str) -> None:
    assert Client().generic(method, "/api/v1/nowhere").status_code == 404
    assert Client().generic(method, "/api/auth/app/v1/nowhere").status_code == 404


def test_a_front_end_may_ask_with_options_and_a_preflight_is_answered_as_ever(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    headers = {"Origin": "https://app.example.org"}
    assert Client().options("/api/v1/me", headers=headers)["Access-Control-Allow-Origin"] == headers["Origin"]
    preflight = Client().options("/api/v1/me", headers=headers | {"Access-Control-Request-Method": "PATCH"})
    assert preflight.status_code == 200
    assert "PATCH" in preflight["Access-Control-Allow-Methods"]
    assert "Allow" not in preflight


@pytest.mark.django_db(transaction=True)
def test_a_real_connection_goes_on_after_head(alice: Person, live_server: Any) -> None:
    """Bytes of a body that nobody expects would be read as the next answer."""
    connection = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=20)
    headers = bearer(alice)
    try:
        for path in ("/api/v1/me", "/api/v1/me/export", "/api/openapi.json"):
            connection.request("HEAD", path, headers=headers)
            head = connection.getresponse()
            assert (head.status, head.read()) == (200, b"")
            if django.VERSION >= (5,):  # before, the server of Django's tests takes it off a HEAD
                assert int(head.headers["Content-Length"]) > 0
        connection.request("GET", "/api/v1/me", headers=headers)
        assert json.loads(connection.getresponse().read())["id"] == alice.pk
    finally:
        connection.close()
