"""A log line: for people or for machines, with the ids of its request or task, without secrets."""

import json
import logging
import re
from typing import Any

import pytest
from celery import signals
from django.conf import settings
from django.test import Client
from structlog import contextvars

from config import log_lines
from config.celery import app
from contract.secrets import hide

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
BOT = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


def line(kind: str, message: str, **record: Any) -> str:
    made = logging.LogRecord("habits.sample", logging.WARNING, __file__, 1, message, (), None)
    made.__dict__.update(record)
    return log_lines.formatter(kind).format(made)


def test_a_machine_gets_one_object_a_line() -> None:
    told = json.loads(line("json", "Планы\nна утро", envelopes={3: [4]}))
    assert told == {
        "timestamp": told["timestamp"],
        "level": "warning",
        "logger": "habits.sample",
        "event": "Планы\nна утро",
        "envelopes": {"3": [4]},
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", told["timestamp"])


def test_nobody_forges_a_line_with_a_line_break() -> None:
    for kind in ("text", "json"):
        assert len(line(kind, "Not Found: /a\nERROR root: /b\rc").splitlines()) == 1


def test_what_libraries_attach_is_left_out() -> None:
    assert "s3cret" not in line("json", "x", request="<WSGIRequest: GET '/?code=s3cret'>", data={"args": "s3cret"})


@pytest.mark.parametrize("kind", ["text", "json"])
@pytest.mark.parametrize(
    ("said", "secret"),
    [
        (f"https://api.telegram.org/bot{BOT}/sendMessage", BOT),
        (f"https://api.telegram.org/bot{BOT}/sendMessage", BOT.partition(":")[2]),
        ("http://127.0.0.1:80/bot42:short-token/getMe", "short-token"),
        (f"Authorization: Bearer {JWT}", JWT),
        (f"Authorization: Bearer {JWT}", JWT.rpartition(".")[2]),
        ("redis://:hunter2@redis:6379/0", "hunter2"),
        ("postgres://habits:h%40nter@db/habits", "h%40nter"),
        ("DETAIL:  Failing row contains (1, argon2$abc, alice@example.org).", "argon2"),
        ("DETAIL:  Key (email)=(alice@example.org) already exists.", "alice"),
        ("DETAIL:  Key (person_id, digest)=(1, x9(y)) is still referenced from table", "x9"),
        (f"signed with {settings.SECRET_KEY}", settings.SECRET_KEY),
    ],
)
def test_it_tells_no_secret(kind: str, said: str, secret: str) -> None:
    assert secret not in line(kind, said)
    assert secret not in line(kind, "It failed", exc_info=(ValueError, ValueError(said), None))


def test_what_is_no_secret_stays() -> None:
    for said in ("at 07:30:15", "habit 12:00", "http://db:5432/x", "2026-11-22T00:34:09.455997Z", "::1"):
        assert hide(said) == said


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("front-end.request_0001", True),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", True),
        ("", False),
        ("short", False),
        ("x" * 65, False),
        ("with space in it", False),
        ("line\\nbreak-in-it", False),
        ("кириллица-тоже", False),
    ],
)
def test_a_request_has_one_id_in_its_answer_and_its_lines(
    caplog: pytest.LogCaptureFixture, given: str, taken: bool
) -> None:
    ids: list[object] = []

    def look(_record: logging.LogRecord) -> bool:
        ids.append(contextvars.get_contextvars().get("request_id"))
        return True

    caplog.handler.addFilter(look)
    response = Client().get("/nowhere", HTTP_X_REQUEST_ID=given)
    told = response["X-Request-ID"]
    assert (told == given) is taken
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", told)
    # Ours, and Django's own, which it writes after the last middleware.
    assert {record.name for record in caplog.records} >= {"config.log_context", "django.request"}
    assert set(ids) == {told}


@pytest.mark.django_db
def test_health_checks_leave_no_line(caplog: pytest.LogCaptureFixture) -> None:
    assert "X-Request-ID" in Client().get("/healthz")
    assert caplog.text == ""


@pytest.mark.parametrize("path", ["/", "/api/v1/habits"])
def test_a_host_that_is_not_ours_leaves_one_line_that_says_what_to_do(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert Client(headers={"Host": "evil.example"}).get(path).status_code == 400
    (record,) = [one for one in caplog.records if one.name == "django.security.DisallowedHost"]
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert "ALLOWED_HOSTS" in record.getMessage()


def test_a_request_line_leaves_the_query_out(caplog: pytest.LogCaptureFixture) -> None:
    Client().get("/nowhere?code=s3cret")
    assert "s3cret" not in caplog.text


def test_a_task_has_an_id_and_keeps_that_of_the_request_which_asked_for_it() -> None:
    headers: dict[str, Any] = {}
    with contextvars.bound_contextvars(request_id="request-0001"):
        signals.before_task_publish.send(sender="x", headers=headers)
    assert headers == {"request_id": "request-0001"}
    seen: dict[str, Any] = {}

    @app.task(name="tests.look", bind=True)  # type: ignore[untyped-decorator]  # Celery is untyped
    def look(_self: Any) -> None:
        seen.update(contextvars.get_contextvars())

    with contextvars.bound_contextvars(request_id="request-0002"):
        look.apply(task_id="task-1", headers=headers)
        assert contextvars.get_contextvars() == {"request_id": "request-0002"}
    del app.tasks["tests.look"]
    assert seen == {"task_id": "task-1", "task": "tests.look", "request_id": "request-0001"}
