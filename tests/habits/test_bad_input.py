"""What people and programs send by mistake or on purpose: a 4xx that names the field, and nothing is written."""

import json
from typing import Any

import pytest

from accounts.models import Person
from habits.models import Habit
from tests.habits.conftest import USEFUL_JSON, Caller, errors_of

LONG = "x" * 201
HUGE = 10**30
TEXT: list[Any] = [
    "",
    "   ",
    "\u200b",
    LONG,
    "x" * 60_000,
    "a\x00b",
    "a\x1bb",
    "a\nb",
    "a\u2028b",
    1,
    True,
    ["run"],
    {},
]
NUMBER: list[Any] = ["60", 1.5, True, [1], {}, -1, 0, HUGE, -HUGE]
FLAG: list[Any] = [None, "true", "", 0, 1, [], {}]
BAD: dict[str, list[Any]] = {
    "action": [*TEXT, None],
    "place": TEXT,
    "reward": TEXT,
    "time": ["7:00", "24:00", "07:60", "07:00:00", "07:00Z", "٠٧:٠٠", "", "noon", 7, 7.5, True, {}, []],
    "duration": [*NUMBER, 121, None],
    "every_days": [*NUMBER, 8],
    "weekdays": [[0], [8], [1, 1], [], ["1"], [1.5], [True], [None], [[1]], 1, "1", {}, [HUGE], list(range(100))],
    "starts_on": [
        "2026-02-30",
        "2026-13-01",
        "2025-02-29",
        "0000-01-01",
        "9999-12-31",
        "1969-12-31",
        "2101-01-01",
        "2026-1-1",
        "31.01.2026",
        "2026-01-31T00:00:00",
        "",
        20260131,
        0,
        True,
        None,
        {},
    ],
    "is_pleasant": FLAG,
    "is_public": FLAG,
    "is_paused": FLAG,
    "related_habit": ["1", 1.5, True, 0, -1, HUGE, 2**63, [], {}],
}
FIELDS_IN_ANSWERS_ONLY = ["id", "owner", "owner_id", "sentence", "version", "next_reminder_at", "created_at", "person"]


@pytest.fixture
def call(alice: Person) -> Caller:
    return Caller(alice)


def names(response: Any, field: str) -> bool:
    """Whether an error is about the field or something inside it (`weekdays.0`)."""
    return any(error is not None and error.split(".")[0] == field for error in errors_of(response))


@pytest.mark.parametrize("field", BAD)
def test_it_refuses_to_create(call: Caller, field: str) -> None:
    for value in BAD[field]:
        response = call.post("/habits", USEFUL_JSON | {field: value})
        assert response.status_code == 422, value
        assert response["Content-Type"] == "application/problem+json"
        assert names(response, field), (value, response.json())
    assert not Habit.objects.exists()


@pytest.mark.parametrize("field", BAD)
def test_it_refuses_to_change(call: Caller, useful: Habit, field: str) -> None:
    before = Habit.objects.values().get()
    for value in BAD[field]:
        response = call.patch(f"/habits/{useful.pk}", {field: value})
        assert response.status_code == 422, value
        assert names(response, field), (value, response.json())
    assert Habit.objects.values().get() == before


@pytest.mark.parametrize("field", [*FIELDS_IN_ANSWERS_ONLY, "remind_at", "Action", "", "\u0000", "я" * 300])
def test_it_refuses_fields_that_it_does_not_take(call: Caller, useful: Habit, field: str) -> None:
    for response in (call.post("/habits", USEFUL_JSON | {field: 1}), call.patch(f"/habits/{useful.pk}", {field: 1})):
        assert response.status_code == 422
        assert {error["code"] for error in response.json()["errors"]} == {"unknown"}
    assert Habit.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"action": "\xc3\x28"}', 400),
        (b'{"duration": NaN}', 400),
        (b'{"duration": Infinity}', 400),
        (b'{"duration": 1e999}', 422),
        (b'{"duration": ' + b"9" * 5000 + b"}", 400),
        (b'{"action": "\\ud800"}', 422),
        (b'{"action": "a", "action": "b"}', 400),
        (b"[" * 50_000, 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"run"', 422),
        (b"7", 422),
    ],
)
def test_it_refuses_bodies_that_are_no_habit(call: Caller, useful: Habit, body: bytes, status: int) -> None:
    for response in (call("POST", "/habits", body), call("PATCH", f"/habits/{useful.pk}", body)):
        assert response.status_code == status
        assert response["Content-Type"] == "application/problem+json"
    assert Habit.objects.count() == 1


def test_it_refuses_a_body_of_ten_megabytes(call: Caller) -> None:
    response = call("POST", "/habits", json.dumps(USEFUL_JSON | {"action": "x" * 10_000_000}).encode())
    assert response.status_code == 413
    assert not Habit.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "🏃‍♀️ run 🏃🏿",
        "👨‍👩‍👧‍👦",
        "לרוץ בפארק",
        "اركض في الصباح",
        "跑步",
        "दौड़ना",
        "é" * 200,
        "🏃" * 200,
        '<b>"&%s%(x)s{}</b>',
        "O'Neill; DROP TABLE",
    ],
)
def test_it_takes_what_people_write(call: Caller, text: str) -> None:
    answer = call.post("/habits", USEFUL_JSON | {"action": text, "place": text, "reward": text})
    assert answer.status_code == 201
    habit = call.get(f"/habits/{answer.json()['id']}").json()
    assert (habit["action"], habit["place"], habit["reward"]) == (text, text, text)
    assert text in habit["sentence"]


def test_it_takes_off_what_surrounds_a_text(call: Caller) -> None:
    answer = call.post("/habits", USEFUL_JSON | {"action": "\t run  in the sun \n", "place": "cafe\u0301"})
    assert (answer.json()["action"], answer.json()["place"]) == ("run  in the sun", "café")


@pytest.mark.parametrize(
    ("query", "field", "status"),
    [
        ("page=0", "page", 422),
        ("page=-1", "page", 422),
        ("page=abc", "page", 422),
        ("page=", "page", 422),
        ("page=1.5", "page", 422),
        ("page=2", "page", 404),
        ("page=1000000000", "page", 404),
        (f"page={HUGE}", "page", 404),
        ("page=" + "9" * 5000, "page", 422),
        ("page=1&page=2", "page", 422),
        ("page=%00", "page", 422),
        ("is_pleasant=maybe", "is_pleasant", 422),
        ("is_pleasant=", "is_pleasant", 422),
        ("search=ru", "search", 422),
        ("search=", "search", 422),
        ("search=%20%20ru%20%20", "search", 422),
        ("search=run%00", "search", 422),
        ("search=run%0Arun", "search", 422),
        ("search=" + "x" * 101, "search", 422),
        ("page_size=100", "page_size", 422),
        ("limit=100", "limit", 422),
        ("cursor=x", "cursor", 422),
        ("owner=1", "owner", 422),
    ],
)
def test_it_refuses_parameters_of_the_own_list(
    call: Caller, useful: Habit, query: str, field: str, status: int
) -> None:
    response = call.get(f"/habits?{query}")
    assert (response.status_code, errors_of(response)) == (status, {field})


@pytest.mark.parametrize(
    "query",
    [
        "cursor=",
        "cursor=x",
        "cursor=o1",
        "cursor=o1:x",
        "cursor=%00",
        "cursor=%D0%B6",
        "cursor=" + "x" * 300,
        "cursor=-1",
        "page=1",
    ],
)
def test_it_refuses_parameters_of_the_public_feed(db: None, query: str) -> None:
    response = Caller(None).get(f"/habits/public?{query}")
    assert (response.status_code, errors_of(response)) == (422, {query.partition("=")[0]})


def test_messages_are_in_the_language_of_the_caller(alice: Person) -> None:
    body = {"duration": 0, "place": "x" * 201, "time": "noon"}
    said = {
        language: json.dumps(Caller(alice, language).post("/habits", body).json(), ensure_ascii=False)
        for language in (None, "en", "ru", "de")
    }
    assert "Must" in said["en"] or "expected" in said["en"]
    assert said["ru"] == said[None] == said["de"] != said["en"]  # her profile is Russian
