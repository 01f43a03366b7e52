"""Everything that is wrong with a request is told in one answer: types and rules, body, query, header and path."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from tests.habits.test_editing_together import NOW, call
from tests.people import bearer

pytestmark = pytest.mark.django_db

HABITS = "/api/v1/habits"
GOOD = {"action": "run", "place": "home", "time": "07:00", "reward": "tea"}


def wrong(answer: Any) -> set[tuple[str | None, str]]:
    assert answer.status_code == 422, answer.content
    found = [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert len(found) == len(set(found))
    return set(found)


NO_PRIZE = {("reward", "exactly_one_prize"), ("related_habit", "exactly_one_prize")}
# What is sent over GOOD (None: left out), and all that is wrong then.
NEW: list[tuple[dict[str, Any], set[tuple[str | None, str]]]] = [
    ({"duration": "x", "reward": None}, {("duration", "invalid_type"), ("reward", "exactly_one_prize"), *NO_PRIZE}),
    ({"duration": "x", "action": None}, {("duration", "invalid_type"), ("action", "required")}),
    ({"duration": "x", "time": None}, {("duration", "invalid_type"), ("time", "required")}),
    ({"is_public": 1, "duration": 500}, {("is_public", "invalid_type"), ("duration", "out_of_range")}),
    ({"nickname": 1, "every_days": 9}, {("nickname", "unknown"), ("every_days", "out_of_range")}),
    (
        {"time": "7", "every_days": 2, "weekdays": [1]},
        {("time", "invalid_time")} | {("every_days", "never_both"), ("weekdays", "never_both")},
    ),
    ({"time": "7", "starts_on": "1950-01-01"}, {("time", "invalid_time"), ("starts_on", "out_of_range")}),
    ({"duration": "x", "action": "a\nb"}, {("duration", "invalid_type"), ("action", "control_character")}),
    ({"duration": "x", "weekdays": [8]}, {("duration", "invalid_type"), ("weekdays", "invalid_weekdays")}),
    # What cannot be told while a field is unknown is not made up.
    ({"reward": 5}, {("reward", "invalid_type")}),
    ({"is_pleasant": "yes", "reward": None, "time": None}, {("is_pleasant", "invalid_type")}),
    ({"weekdays": ["Monday"]}, {("weekdays.0", "invalid_type")}),
    ({"related_habit": "x", "reward": None}, {("related_habit", "invalid_type")}),
]


@pytest.mark.parametrize(("changes", "expected"), NEW)
def test_a_new_habit(alice: Person, changes: dict[str, Any], expected: set[tuple[str | None, str]]) -> None:
    body = {name: value for name, value in (GOOD | changes).items() if value is not None}
    assert wrong(Client().post(HABITS, body, "application/json", headers=bearer(alice))) == expected
    assert not Habit.objects.exists()


def test_a_changed_habit_is_told_what_is_certain_without_looking_at_it(alice: Person) -> None:
    habit = create_habit(person=alice, now=NOW, is_pleasant=True, action="sing")
    body = {"duration": "x", "every_days": 9, "reward": "tea", "action": ""}
    assert wrong(call(alice, "PATCH", habit, body)) == {
        ("duration", "invalid_type"),
        ("every_days", "out_of_range"),
        ("action", "empty"),
    }
    # That a pleasant one has no reward is told once its own row is looked at.
    assert wrong(call(alice, "PATCH", habit, {"reward": "tea"})) == {("reward", "pleasant_has_no_prize")}


def test_body_query_and_header(alice: Person) -> None:
    habit = create_habit(person=alice, now=NOW, is_pleasant=True, action="sing")
    headers = bearer(alice) | {"If-Match": "1"}
    answer = Client().patch(f"{HABITS}/{habit.pk}?pretty=1", {"duration": "x"}, "application/json", headers=headers)
    assert wrong(answer) == {("duration", "invalid_type"), ("pretty", "unknown"), ("If-Match", "invalid_entity_tag")}


def test_body_and_path(alice: Person) -> None:
    habit = create_habit(person=alice, now=NOW, **GOOD | {"time": NOW.time()})  # type: ignore[arg-type]
    address = f"{HABITS}/{habit.pk}/check-ins/tomorrow?x=1"
    answer = Client().put(address, {"note": 5}, "application/json", headers=bearer(alice))
    assert wrong(answer) == {
        ("date", "invalid_date"),
        ("x", "unknown"),
        ("status", "required"),
        ("note", "invalid_type"),
    }
