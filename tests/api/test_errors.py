"""Every kind of error, in both languages, as RFC 9457 wants it; none of them HTML, none of them a 500."""

import json
import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import path

from accounts.models import Person
from config import urls
from contract.problems import KINDS
from tests.people import bearer

pytestmark = pytest.mark.django_db

ME, HABITS = "/api/v1/me", "/api/v1/habits"
JSON = "application/json"


def call(person: Person | None, method: str, address: str, body: Any = b"", **extra: Any) -> Any:
    headers = (bearer(person) if person else {}) | extra.pop("headers", {})
    content_type = extra.pop("content_type", JSON)
    return Client(raise_request_exception=False).generic(method, address, body, content_type, headers=headers, **extra)


def assert_problem(response: Any, status: int, code: str, field: str | None = None) -> None:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert set(document) == {"type", "title", "status", "detail", "errors"}
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert (field, code) in {(error["field"], error["code"]) for error in document["errors"]}
    assert all(error["message"] for error in document["errors"])


CHUNKED = {"Content-Length": "", "Transfer-Encoding": "chunked"}
CASES: list[tuple[str, str, Any, dict[str, Any], int, str, str | None]] = [
    ("GET", "/api/v1/nothing", b"", {}, 404, "not_found", None),
    ("GET", "/api/", b"", {}, 404, "not_found", None),
    ("GET", "/api/v1/habits/0", b"", {}, 404, "not_found", None),
    ("GET", "/api/v1/habits/99999999999999999999999999", b"", {}, 404, "not_found", None),
    ("PUT", ME, b"{}", {}, 405, "method_not_allowed", None),
    ("POST", ME, b"{}", {}, 405, "method_not_allowed", None),
    ("PATCH", ME, b"{}", {"content_type": "text/plain"}, 415, "not_json", None),
    ("PATCH", ME, b"a=1", {"content_type": "application/x-www-form-urlencoded"}, 415, "not_json", None),
    ("PATCH", ME, b"{", {}, 400, "invalid_json", None),
    ("PATCH", ME, b"{'a': 1}", {}, 400, "invalid_json", None),
    ("PATCH", ME, b'{"display_name": NaN}', {}, 400, "invalid_json", None),
    ("PATCH", ME, b"[" * 60_000, {}, 400, "invalid_json", None),
    ("PATCH", ME, b'{"a":' * 10_000, {}, 400, "invalid_json", None),
    ("PATCH", ME, b'{"id": ' + b"1" * 60_000 + b"}", {}, 400, "invalid_json", None),
    ("PATCH", ME, b'{"display_name": "\xff"}', {}, 400, "invalid_utf8", None),
    ("PATCH", ME, '{"display_name": "x"}'.encode("utf-16"), {}, 400, "invalid_utf8", None),
    ("PATCH", ME, b'{"\\ud800": 1}', {}, 400, "invalid_utf8", None),
    ("PATCH", ME, b'{"language": "en", "language": "ru"}', {}, 400, "given_twice", None),
    ("PATCH", ME, b"", {}, 422, "required", None),
    ("PATCH", ME, b"[]", {}, 422, "required", None),
    ("PATCH", ME, b"null", {}, 422, "required", None),
    ("PATCH", ME, b'"text"', {}, 422, "required", None),
    ("PATCH", ME, b'{"display_name": "a\\u0000b"}', {}, 422, "control_character", "display_name"),
    ("PATCH", ME, b'{"display_name": "a\\ud800b"}', {}, 422, "control_character", "display_name"),
    ("PATCH", ME, b'{"nickname": "x"}', {}, 422, "unknown", "nickname"),
    ("PATCH", ME, json.dumps({"x" * 5000: 1}), {}, 422, "unknown", "x" * 100),
    ("GET", ME + "?pretty=1", b"", {}, 422, "unknown", "pretty"),
    ("GET", ME + "?%00=%ff", b"", {}, 422, "unknown", "\0"),
    ("GET", HABITS + "?pag=2", b"", {}, 422, "unknown", "pag"),
    ("GET", HABITS + "?page=1&page=2", b"", {}, 422, "given_twice", "page"),
    ("GET", HABITS + "?page=x", b"", {}, 422, "invalid_type", "page"),
    ("GET", ME, b"", {"headers": {"Authorization": "Bearer forged.token.here"}}, 401, "not_signed_in", None),
    ("GET", ME, b"", {"headers": {"Host": "evil.example.org"}}, 400, "malformed", None),
    ("PATCH", ME, b"x" * 65_537, {}, 413, "too_large", None),
    ("PATCH", ME, b"x" * 10_000_000, {}, 413, "too_large", None),
    ("PATCH", ME, b"{}", {"headers": {"Content-Length": "-1"}}, 400, "malformed", None),
    ("PATCH", ME, b"{}", {"headers": {"Content-Length": "many"}}, 400, "malformed", None),
    (
        "PATCH",
        ME,
        b"",
        {"headers": {"Content-Length": "", "Transfer-Encoding": "chunked"}},
        411,
        "length_required",
        None,
    ),
]


@pytest.mark.parametrize(("method", "address", "body", "extra", "status", "code", "field"), CASES)
def test_it_answers_with_a_problem_document_and_writes_nothing(
    alice: Person,
    method: str,
    address: str,
    body: Any,
    extra: dict[str, Any],
    status: int,
    code: str,
    field: str | None,
) -> None:
    before = Person.objects.values().get()
    assert_problem(call(alice, method, address, body, **extra), status, code, field)
    assert Person.objects.values().get() == before


@pytest.mark.parametrize(
    ("address", "method"), [(ME, "GET"), (ME, "PATCH"), (ME, "DELETE"), (HABITS, "GET"), (HABITS, "POST")]
)
def test_it_asks_who_is_there_before_anything_else(address: str, method: str) -> None:
    response = call(None, method, address + "?unknown=1", b"{" if method != "GET" else b"")
    assert_problem(response, 401, "not_signed_in")
    assert response["WWW-Authenticate"] == "Bearer"


def test_it_names_the_methods_that_an_address_takes(alice: Person) -> None:
    assert set(call(alice, "PUT", ME)["Allow"].split(", ")) == {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH"}


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        ("en", "Invalid data", "There is no such field."),
        ("ru", "Ошибки в данных", "Такого поля нет."),
        ("ru-RU,ru;q=0.9,en;q=0.8", "Ошибки в данных", "Такого поля нет."),
    ],
)
def test_it_speaks_the_language_that_was_asked_for(alice: Person, language: str, title: str, message: str) -> None:
    response = call(alice, "PATCH", ME, b'{"nickname": 1}', headers={"Accept-Language": language})
    document = response.json()
    assert (document["title"], document["errors"][0]["message"]) == (title, message)
    assert response["Content-Language"] == language[:2]
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize("header", [None, "de", "*", "fr-FR, *;q=0.1"])
def test_without_a_known_language_it_speaks_that_of_the_profile(alice: Person, bob: Person, header: str | None) -> None:
    headers = {"Accept-Language": header} if header else {}
    for person, language in ((alice, "ru"), (bob, "en")):
        response = call(person, "PATCH", ME, b"{", headers=headers)
        assert response["Content-Language"] == language
    assert call(None, "GET", ME, headers=headers)["Content-Language"] == "en"


def test_every_kind_of_error_has_a_title_and_a_text_in_russian() -> None:
    from django.utils import translation

    with translation.override("ru"):
        russian = {status: (str(title), str(detail)) for status, (_code, title, detail) in KINDS.items()}
    for status, (_code, title, detail) in KINDS.items():
        assert russian[status][0] != str(title), status
        assert russian[status][1] != str(detail), status


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a secret: hunter2")


@pytest.mark.parametrize("address", ["/api/v1/broken", "/api/auth/app/v1/config"])
@pytest.mark.parametrize("debug", [True, False])
def test_it_keeps_the_cause_of_an_unforeseen_error_to_itself(
    settings: Any, caplog: pytest.LogCaptureFixture, address: str, debug: bool
) -> None:
    settings.DEBUG = debug
    settings.ROOT_URLCONF = type(
        "Urls", (), {"urlpatterns": [path(address[1:], broken), *urls.urlpatterns], "__name__": "urls"}
    )
    response = call(None, "GET", address, headers={"Accept-Language": "ru"})
    assert response.status_code == 500
    assert "hunter2" not in response.content.decode()
    assert response.json()["errors"][0]["code"] == "internal"
    assert response.json()["errors"][0]["message"].startswith("На нашей стороне")
    assert "hunter2" in caplog.text


def test_an_endpoint_that_fails_is_recorded_and_answers_500(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", broken)
    assert_problem(call(alice, "PATCH", ME, b'{"language": "en"}'), 500, "internal")
    assert "hunter2" in caplog.text
    assert len([line for line in caplog.records if line.levelno > logging.INFO]) == 1


@pytest.mark.parametrize("address", [ME, "/api/auth/app/v1/auth/login"])
def test_it_answers_503_where_redis_or_the_database_is_away(
    alice: Person, settings: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    from django.db import OperationalError

    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("server closed the connection unexpectedly")

    headers = bearer(alice)
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    body = json.dumps({"email": "alice@example.org", "password": "x"}) if "auth" in address else b""
    response = call(None, "POST" if body else "GET", address, body, headers=headers)
    assert response.status_code == 503
    assert response.json()["errors"][0]["code"] == "unavailable"
