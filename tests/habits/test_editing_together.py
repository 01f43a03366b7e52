"""Two who edit one habit: `If-Match` lets the first one through and tells the second, who then loses nothing."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from tests.people import bearer

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
JSON = "application/json"

pytestmark = pytest.mark.django_db


@pytest.fixture
def habit(alice: Person) -> Habit:
    return create_habit(person=alice, now=NOW, action="run", place="home", time=dt.time(7), reward="tea")


def call(person: Person, method: str, habit: Habit, body: Any = None, **headers: str) -> Any:
    told = bearer(person) | {name.replace("_", "-"): value for name, value in headers.items()}
    data = b"" if body is None else json.dumps(body).encode()
    return Client().generic(method, f"/api/v1/habits/{habit.pk}", data, JSON, headers=told)


def test_it_tags_each_answer_that_shows_a_habit(alice: Person, bob: Person, habit: Habit) -> None:
    tag = f'"{habit.pk}-1"'
    assert call(alice, "GET", habit)["ETag"] == tag
    changed = call(alice, "PATCH", habit, {"action": "walk", "is_public": True})
    assert changed["ETag"] == f'"{habit.pk}-2"'
    made = Client().post("/api/v1/habits", {"action": "sing", "is_pleasant": True}, JSON, headers=bearer(alice))
    assert made["ETag"] == f'"{made.json()["id"]}-1"'
    copied = Client().post(f"/api/v1/habits/public/{habit.pk}/copy", {}, JSON, headers=bearer(bob))
    assert copied["ETag"] == f'"{copied.json()["id"]}-1"'
    assert copied["Location"].endswith(f"/api/v1/habits/{copied.json()['id']}")


def test_what_changes_nothing_keeps_its_tag(alice: Person, habit: Habit) -> None:
    same = call(alice, "PATCH", habit, {"action": "run"}, If_Match=f'"{habit.pk}-1"')
    assert (same.status_code, same["ETag"]) == (200, f'"{habit.pk}-1"')


# What stands in If-Match, for a habit in its second version, and whether it may be changed then.
CONDITIONS = [
    ('"{id}-2"', True),
    ('W/"{id}-2"', True),
    ("*", True),
    ('"{id}-1", "{id}-2"', True),
    ('W/"{id}-1" , W/"{id}-2"', True),
    ('"{id}-1"', False),
    ('"{id}-3"', False),
    ('W/"{id}-1"', False),
    ('"{other}-2"', False),
    ('"2"', False),
    ('"{id}-02"', False),
    ('"{id}-2 "', None),
    ('""', False),
    ('"{id}-"', False),
    ('"{id}-99999999999999999999999999"', False),
    ('"33a64df551425fcc55e4d42a148795d9f25f89d4"', False),
    ("{id}-2", None),
    ("2", None),
    ('"{id}-2', None),
    ('"{id}-2","', None),
    ("*, *", None),
    ('w/"{id}-2"', None),
    ('"' + "x" * 2000 + '"', None),
    ('"é"', None),
]


@pytest.mark.parametrize(("told", "may"), CONDITIONS)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_it_changes_only_what_is_as_the_caller_saw_it(
    alice: Person, habit: Habit, method: str, told: str, may: bool | None
) -> None:
    assert call(alice, "PATCH", habit, {"action": "walk"})["ETag"] == f'"{habit.pk}-2"'
    header = told.replace("{id}", str(habit.pk)).replace("{other}", str(habit.pk + 1))
    answer = call(alice, method, habit, {"duration": 90} if method == "PATCH" else None, If_Match=header)
    done = {"PATCH": 200, "DELETE": 204}[method]
    assert answer.status_code == {True: done, False: 412, None: 422}[may], answer.content
    if may:
        assert Habit.objects.filter(pk=habit.pk, duration=90, version=3).exists() == (method == "PATCH")
        return
    assert Habit.objects.filter(pk=habit.pk, duration=60, version=2).exists()
    assert answer["Content-Type"] == "application/problem+json"
    error = answer.json()["errors"][0]
    expected = (None, "changed_meanwhile") if may is False else ("If-Match", "invalid_entity_tag")
    assert (error["field"], error["code"]) == expected
    # What it is now: to load and try again.
    assert call(alice, "GET", habit)["ETag"] == f'"{habit.pk}-2"'


def test_a_malformed_condition_is_told_together_with_a_wrong_body(alice: Person, habit: Habit) -> None:
    answer = call(alice, "PATCH", habit, {"duration": "long"}, If_Match="1")
    assert {error["field"] for error in answer.json()["errors"]} == {"If-Match", "duration"}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_anothers_habit_does_not_exist_whatever_the_condition(
    alice: Person, bob: Person, habit: Habit, method: str
) -> None:
    for condition in ("*", f'"{habit.pk}-1"', f'"{habit.pk}-9"'):
        answer = call(bob, method, habit, {} if method == "PATCH" else None, If_Match=condition)
        assert answer.status_code == 404


def test_it_answers_in_full_to_a_version_that_is_known(alice: Person, habit: Habit) -> None:
    """The same version reads otherwise in another language and after a reminder, so no tag makes it 304."""
    tag = call(alice, "GET", habit)["ETag"]
    again = call(alice, "GET", habit, If_None_Match=tag, Accept_Language="en")
    assert (again.status_code, again.json()["sentence"]) == (200, "I will run at 07:00 at home")
    assert call(alice, "GET", habit, If_None_Match=tag, Accept_Language="ru").json()["sentence"].startswith("Я буду")


def test_it_is_documented() -> None:
    document: Any = Client().get("/api/openapi.json").json()
    item = document["paths"]["/api/v1/habits/{habit_id}"]
    for method in ("patch", "delete"):
        (condition,) = [one for one in item[method]["parameters"] if one["in"] == "header"]
        assert (condition["name"], condition["required"]) == ("If-Match", False)
        assert "pattern" in condition["schema"]
        assert item[method]["responses"]["412"] == {"$ref": "#/components/responses/Problem412"}
    for method in ("get", "patch"):
        assert "ETag" in item[method]["responses"]["200"]["headers"]
    for path in ("/api/v1/habits", "/api/v1/habits/public/{habit_id}/copy"):
        assert {"ETag", "Location"} <= set(document["paths"][path]["post"]["responses"]["201"]["headers"])
