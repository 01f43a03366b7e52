"""How many queries every reading endpoint takes: always as many, however much there is to read."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from config.api import api
from config.export import SECTIONS
from habits.models import Habit
from habits.services import create_habit
from tests.people import bearer
from tracking.models import CheckIn
from tracking.services import check_in

NOW = dt.datetime.now(dt.UTC)
DAYS = [NOW.date() - dt.timedelta(days=number) for number in range(1, 7)]
# By operation: how many. Two of each signed-in one find the session and its person.
QUERIES = {
    "showProfile": 2,
    "exportProfile": 3 + len(SECTIONS),  # and one that locks the person
    "listHabits": 4,
    "showHabit": 3,
    "listCheckIns": 4,
    "showStats": 5,
    "listPublicHabits": 1,
    "showPublicHabit": 1,
    "showTelegramLink": 3,
}

pytestmark = pytest.mark.django_db


def reading() -> dict[str, str]:
    return {
        item["get"]["operationId"]: path
        for path, item in api.get_openapi_schema()["paths"].items()
        if "get" in item and path.startswith("/api/v1/")
    }


def grow(person: Person, number: int) -> Habit:
    """Another habit of the person with its own prize, public, and answered for days."""
    prize = create_habit(person=person, now=NOW, action=f"sing {number}", is_pleasant=True, is_public=True)
    told: dict[str, Any] = {"place": "home", "time": dt.time(7), "starts_on": DAYS[-1], "is_public": True}
    habit = create_habit(person=person, now=NOW, action=f"run {number}", related_habit=prize.pk, **told)
    answer(person, habit, DAYS[0])
    return habit


def answer(person: Person, habit: Habit, date: dt.date) -> None:
    check_in(person=person, habit_id=habit.pk, date=date, status="done", source=CheckIn.Source.API, now=NOW)


def test_the_table_names_every_reading_endpoint() -> None:
    assert set(QUERIES) == set(reading())


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_it_takes_as_many_queries_for_much_as_for_little(alice: Person, bob: Person, name: str) -> None:
    habit = grow(alice, 0)
    path = reading()[name].replace("{habit_id}", str(habit.pk))
    headers = bearer(alice)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            response: Any = Client().get(path, headers=headers)
            assert response.status_code == 200
            assert response.getvalue()
        return len([one for one in queries.captured_queries if "SAVEPOINT" not in one["sql"]])

    little = count()
    for date in DAYS[1:]:
        answer(alice, habit, date)
    for number in range(1, 6):
        grow(alice, number)
        grow(bob, number)
    assert (little, count()) == (QUERIES[name], QUERIES[name])
