"""allauth's endpoints, fed with what no front end would send: JSON comes back, never HTML, never a 500."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Person
from config.openapi_auth import PATHS
from tests.people import bearer

OPERATIONS = [(path, method) for path, methods in PATHS.items() for method in methods]
HOSTILE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"email": "\\ud800"}',
    b'{"email": "a\\u0000@example.org", "password": "\\u0000"}',
    b'{"email": ["a"], "password": {"b": 1}, "key": 7, "refresh_token": [], "primary": "x"}',
    b'{"email": null, "password": null, "key": null, "refresh_token": null}',
    b'{"email": "a", "email": "b"}',
    b'{"email": NaN}',
    b"[" * 60_000,
    json.dumps({"email": "x" * 30_000, "password": "y" * 30_000, "key": "z"}).encode(),
    b"x" * 70_000,
]


def send(method: str, path: str, body: bytes, headers: dict[str, str] | None = None, content_type: str = "") -> Any:
    return Client().generic(method.upper(), path, body, content_type or "application/json", headers=headers or {})


def assert_envelope(response: Any) -> None:
    assert response.status_code < 500, response.content
    assert response["Content-Type"] == "application/json"
    document = response.json()
    assert document["status"] == response.status_code
    if response.status_code not in {200, 401, 410}:
        assert document["errors"]
        assert all(error["code"] and error["message"] for error in document["errors"])


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_it_answers_hostile_bodies_in_allauths_envelope(alice: Person, path: str, method: str) -> None:
    for body in HOSTILE:
        for headers in ({}, bearer(alice), {"X-Session-Token": "\x7fnone"}, {"Authorization": "Bearer \xff"}):
            cache.clear()
            assert_envelope(send(method, path, body, headers))
        assert_envelope(send(method, path, body, content_type="text/html"))
    assert Person.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "header"),
    [("auth/email/verify", "X-Email-Verification-Key"), ("auth/password/reset", "X-Password-Reset-Key")],
)
def test_it_names_the_header_that_is_missing(alice: Person, path: str, header: str) -> None:
    for headers in (bearer(alice), bearer(alice) | {header: ""}):
        response = send("GET", f"/api/auth/app/v1/{path}", b"", headers)
        assert response.status_code == 400
        assert [(error["param"], error["code"]) for error in response.json()["errors"]] == [(header, "required")]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["email", "password", "timezone", "language", "key", "refresh_token"]) | st.text(max_size=8)


@pytest.mark.django_db
@settings(max_examples=40)
@given(body=st.dictionaries(NAMES, VALUES, max_size=5), operation=st.sampled_from(OPERATIONS))
def test_it_answers_any_json_object(body: dict[str, Any], operation: tuple[str, str]) -> None:
    cache.clear()
    path, method = operation
    assert_envelope(send(method, path, json.dumps(body).encode()))


@pytest.mark.parametrize(
    "path",
    [
        "/api/auth/",
        "/api/auth/nothing",
        "/api/auth/browser/v1/auth/login",
        "/api/auth/app/v1/account/phone",
        "/api/auth/app/v1/auth/phone/verify",
        "/api/auth/app/v1/auth/code/confirm",
    ],
)
@pytest.mark.django_db
def test_it_says_in_json_that_there_is_nothing(path: str) -> None:
    response = send("GET", path, b"")
    assert response.status_code == 404
    assert_envelope(response)
