"""What goes out compressed, and that entity tags mean the same then."""

import datetime as dt
import gzip
import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from config.compression import SHORTEST
from habits.models import Habit
from habits.services import create_habit
from tests.accounts.flows import Caller
from tests.people import bearer

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LONG = "бежать " * 28  # in JSON three times over: action, place, sentence

pytestmark = pytest.mark.django_db


@pytest.fixture
def habit(alice: Person) -> Habit:
    return create_habit(person=alice, now=NOW, action=LONG, place=LONG, time=dt.time(7), reward="чай")


def get(address: str, person: Person | None = None, accepted: str = "gzip, br") -> Any:
    return Client().get(address, headers=(bearer(person) if person else {}) | {"Accept-Encoding": accepted})


def test_a_long_answer_goes_out_compressed_to_whoever_accepts_it(alice: Person, habit: Habit) -> None:
    plain = get("/api/v1/habits", alice, "")
    packed = get("/api/v1/habits", alice)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    assert gzip.decompress(packed.content) == plain.content
    assert all("Accept-Encoding" in answer["Vary"] for answer in (plain, packed))


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, identity"])
def test_who_does_not_accept_it_gets_it_as_it_is(alice: Person, habit: Habit, accepted: str) -> None:
    answer = get("/api/v1/habits", alice, accepted)
    assert "Content-Encoding" not in answer
    assert "Accept-Encoding" in answer["Vary"]
    assert answer.json()["count"] == 1


def test_a_short_answer_goes_out_as_it_is(alice: Person) -> None:
    answer = get("/api/v1/me", alice)
    assert len(answer.content) < SHORTEST
    assert "Content-Encoding" not in answer


def test_the_document_and_the_export_go_out_compressed(alice: Person) -> None:
    assert gzip.decompress(get("/api/openapi.json").content).startswith(b"{")
    export = get("/api/v1/me/export", alice)
    assert export["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(export.getvalue()))["profile"]["id"] == alice.pk


def test_tokens_and_pages_never_go_out_compressed(alice: Person) -> None:
    headers = {"Accept-Encoding": "gzip"}
    signed_up = Caller()("POST", "auth/signup", {"email": "d@example.org", "password": "quiet-river-42"}, **headers)
    assert len(signed_up.content) > SHORTEST or signed_up.status_code == 200
    assert "Content-Encoding" not in signed_up
    for page in ("/api/docs", "/admin/login/"):
        assert "Content-Encoding" not in get(page)


def test_the_tag_of_a_compressed_answer_changes_the_habit_once(alice: Person, habit: Habit) -> None:
    address = f"/api/v1/habits/{habit.pk}"
    tag = get(address, alice)["ETag"]
    assert tag == f'W/"{habit.pk}-1"'

    def change(body: dict[str, Any]) -> Any:
        headers = bearer(alice) | {"Accept-Encoding": "gzip", "If-Match": tag}
        return Client().patch(address, body, "application/json", headers=headers)

    first, second = change({"duration": 90}), change({"duration": 30})
    assert (first.status_code, first["ETag"]) == (200, f'W/"{habit.pk}-2"')
    assert (second.status_code, "ETag" in second) == (412, False)
    assert Habit.objects.get().duration == 90
