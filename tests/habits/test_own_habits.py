"""Own habits over HTTP: what goes in, what comes out, and that they are nobody else's."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from contract.errors import ChangedMeanwhile
from habits.models import Habit, Schedule
from habits.services import create_habit, delete_habit, update_habit
from habits.signals import habit_saved
from tests.habits.conftest import NOW, USEFUL, USEFUL_JSON, Caller


def test_it_creates_a_useful_habit(bob: Person) -> None:
    call = Caller(bob)
    response = call.post("/habits", USEFUL_JSON)
    assert response.status_code == 201
    habit = response.json()
    assert response["Location"] == f"http://testserver/api/v1/habits/{habit['id']}"
    created_at = dt.datetime.fromisoformat(habit["created_at"])
    assert habit == {
        "id": Habit.objects.get().pk,
        "action": "run",
        "place": "the park",
        "time": "07:00",
        "duration": 60,
        "every_days": 1,
        "weekdays": None,
        "starts_on": habit["starts_on"],
        "is_pleasant": False,
        "is_public": False,
        "is_hidden": False,
        "is_paused": False,
        "reward": "a cup of coffee",
        "related_habit": None,
        "sentence": "I will run at 07:00 in the park",
        "next_reminder_at": habit["next_reminder_at"],  # the planner's
        "version": 1,
        "created_at": habit["created_at"],
        "updated_at": habit["created_at"],
    }
    assert abs(dt.datetime.now(dt.UTC) - created_at) < dt.timedelta(minutes=1)
    assert call.get(f"/habits/{habit['id']}").json() == habit
    assert call.get(response["Location"].removeprefix("http://testserver/api/v1")).json() == habit


def test_it_creates_a_pleasant_habit_of_little(bob: Person) -> None:
    habit = Caller(bob).post("/habits", {"action": "drink tea", "is_pleasant": True}).json()
    assert {habit[name] for name in ("place", "time", "every_days", "weekdays", "reward", "related_habit")} == {None}
    assert habit["sentence"] == "I will drink tea"


def test_it_takes_every_field(alice: Person, pleasant: Habit) -> None:
    sent = {
        "action": "read",
        "place": "on the bus",
        "time": "23:59",
        "duration": 120,
        "weekdays": [7, 1, 3],
        "starts_on": "2026-02-28",
        "is_pleasant": False,
        "is_public": True,
        "is_paused": True,
        "reward": None,
        "related_habit": pleasant.pk,
        "every_days": None,
    }
    got = Caller(alice, "ru").post("/habits", sent).json()
    assert sent | {"weekdays": [1, 3, 7]} == {name: got[name] for name in sent}
    assert got["sentence"] == "Я буду read в 23:59 on the bus"


@pytest.mark.parametrize(("zone", "today"), [("Europe/Moscow", "2026-01-31"), ("America/New_York", "2026-01-30")])
def test_it_starts_today_on_the_persons_own_clock(bob: Person, zone: str, today: str) -> None:
    bob.timezone = zone
    bob.save()
    assert str(create_habit(person=bob, now=NOW, **USEFUL).starts_on) == today


def test_it_changes_what_is_told_and_keeps_the_rest(alice: Person, useful: Habit) -> None:
    call = Caller(alice)
    before = call.get(f"/habits/{useful.pk}").json()
    after = call.patch(f"/habits/{useful.pk}", {"place": "the wood", "duration": 30}).json()
    told = {"place": "the wood", "duration": 30, "sentence": "I will run at 07:00 in the wood", "version": 2}
    assert after == before | told | {"updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]


@pytest.mark.parametrize(
    ("change", "every_days", "weekdays"),
    [
        ({"weekdays": [2, 4]}, None, [2, 4]),
        ({"every_days": 3}, 3, None),
        ({"every_days": 3, "weekdays": None}, 3, None),
        ({"every_days": None, "weekdays": [7]}, None, [7]),
        ({"weekdays": None}, 1, None),
    ],
)
def test_setting_one_frequency_clears_the_other(
    alice: Person, useful: Habit, change: dict[str, Any], every_days: int | None, weekdays: list[int] | None
) -> None:
    call = Caller(alice)
    for _ in range(2):  # from every_days, and from what it has become
        habit = call.patch(f"/habits/{useful.pk}", change).json()
        assert (habit["every_days"], habit["weekdays"]) == (every_days, weekdays)


def test_what_changes_nothing_is_no_new_version_and_no_news(alice: Person, useful: Habit) -> None:
    news: list[object] = []

    def hear(**told: object) -> None:
        news.append(told["habit"])

    habit_saved.connect(hear)
    try:
        for body in ({}, {"action": " run "}, {"every_days": 1}, USEFUL_JSON):
            assert Caller(alice).patch(f"/habits/{useful.pk}", body).json()["version"] == 1
        assert news == []
        Caller(alice).patch(f"/habits/{useful.pk}", {"action": "walk"})
        assert news == [useful]
    finally:
        habit_saved.disconnect(hear)


def test_it_deletes(alice: Person, useful: Habit) -> None:
    call = Caller(alice)
    response = call.delete(f"/habits/{useful.pk}")
    assert (response.status_code, response.content) == (204, b"")
    assert call.get(f"/habits/{useful.pk}").status_code == 404
    assert call.delete(f"/habits/{useful.pk}").status_code == 404


@pytest.mark.parametrize("is_public", [False, True])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_persons_habit_does_not_exist(method: str, is_public: bool, bob: Person, useful: Habit) -> None:
    Habit.objects.update(is_public=is_public)
    before = Habit.objects.values().get()
    theirs, nobodys = (
        Caller(bob)(method, f"/habits/{number}", {"action": "walk"} if method == "PATCH" else None)
        for number in (useful.pk, 10**15)
    )
    assert theirs.status_code == 404
    assert theirs.json() == nobodys.json()
    assert Habit.objects.values().get() == before


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.0", "1e3", "%00", "9" * 30, "٣", "1%20"])
def test_an_id_that_no_habit_can_have_is_not_found(method: str, number: str, bob: Person) -> None:
    response = Caller(bob)(method, f"/habits/{number}", {"action": "walk"} if method == "PATCH" else None)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", ""), ("GET", "/{pk}"), ("PATCH", "/{pk}"), ("DELETE", "/{pk}")],
)
def test_a_stranger_is_asked_to_sign_in(method: str, path: str, useful: Habit) -> None:
    response = Caller(None)(method, "/habits" + path.format(pk=useful.pk), {} if method in {"POST", "PATCH"} else None)
    assert response.status_code == 401
    assert Habit.objects.count() == 1


def test_it_lists_five_a_page(alice: Person, foreign: Habit) -> None:
    habits = [create_habit(person=alice, now=NOW, **USEFUL | {"action": f"run {i}"}) for i in range(12)]
    call, seen, path = Caller(alice), [], "/habits?search=run"
    pages = []
    while path:
        page = call.get(path).json()
        assert page["count"] == 12
        seen += [habit["id"] for habit in page["results"]]
        pages.append(page)
        path = (page["next"] or "").removeprefix("http://testserver/api/v1")
    assert seen == [habit.pk for habit in reversed(habits)]
    assert [len(page["results"]) for page in pages] == [5, 5, 2]
    assert pages[0]["previous"] is None
    back = call.get(pages[2]["previous"].removeprefix("http://testserver/api/v1")).json()
    assert back == pages[1]
    assert "search=run" in pages[1]["previous"]


def test_an_empty_list_has_one_page(charlie: Person) -> None:
    assert Caller(charlie).get("/habits").json() == {"count": 0, "next": None, "previous": None, "results": []}
    assert Caller(charlie).get("/habits?page=2").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("is_pleasant=true", {"пить чай"}),
        ("is_pleasant=false", {"Read 100% of it", "run_fast"}),
        ("search=READ", {"Read 100% of it"}),
        ("search=ЧАЙ", {"пить чай"}),
        ("search=100%25", {"Read 100% of it"}),
        ("search=n_f", {"run_fast"}),
        ("search=nxf", set()),
        ("search=wood", {"run_fast"}),
        ("search=coffee", set()),
        ("search=it%20in", set()),
        ("search=wood&is_pleasant=true", set()),
    ],
)
def test_it_filters_and_searches(alice: Person, query: str, found: set[str]) -> None:
    create_habit(person=alice, now=NOW, **USEFUL | {"action": "Read 100% of it", "place": "in bed"})
    create_habit(person=alice, now=NOW, **USEFUL | {"action": "run_fast", "place": "the Wood"})
    create_habit(person=alice, now=NOW, action="пить чай", is_pleasant=True)
    page = Caller(alice).get(f"/habits?{query}").json()
    assert ({habit["action"] for habit in page["results"]}, page["count"]) == (found, len(found))


def test_it_shows_the_next_reminder(alice: Person, useful: Habit) -> None:
    next_at = dt.datetime(2026, 2, 1, 4, tzinfo=dt.UTC)
    Schedule.objects.update_or_create(
        habit=useful,
        defaults={
            "person": alice,
            "time": dt.time(7),
            "every_days": 1,
            "starts_on": useful.starts_on,
            "timezone": "Europe/Moscow",
            "next_at": next_at,
        },
    )
    assert Caller(alice).get(f"/habits/{useful.pk}").json()["next_reminder_at"] == "2026-02-01T04:00:00Z"


@pytest.mark.parametrize("number", [1, 5, 40])
def test_the_number_of_queries_does_not_grow_with_the_list(alice: Person, pleasant: Habit, number: int) -> None:
    for _ in range(number):
        create_habit(person=alice, now=NOW, **USEFUL | {"reward": None, "related_habit": pleasant.pk})
    call = Caller(alice)
    with CaptureQueriesContext(connection) as queries:
        assert call.get("/habits").status_code == 200
    assert sum("habits_habit" in query["sql"] for query in queries) == 2  # how many, and a page of them
    assert len(queries) <= 4  # and who is asking


def test_a_change_made_meanwhile_is_told(alice: Person, useful: Habit) -> None:
    update_habit(person=alice, habit_id=useful.pk, now=NOW, expected_versions={1}, action="walk")
    with pytest.raises(ChangedMeanwhile):
        update_habit(person=alice, habit_id=useful.pk, now=NOW, expected_versions={1}, action="crawl")
    with pytest.raises(ChangedMeanwhile):
        delete_habit(person=alice, habit_id=useful.pk, now=NOW, expected_versions={1})
    delete_habit(person=alice, habit_id=useful.pk, now=NOW, expected_versions={2})
