"""Everyone's public habits: what they show and hide, keyset pages, search, and the rate limit."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from habits.api import public_rate
from habits.models import Habit
from habits.services import create_habit, update_habit
from tests.habits.conftest import NOW, USEFUL, Caller, errors_of


def share(person: Person, **fields: Any) -> Habit:
    return create_habit(person=person, now=NOW, **USEFUL | {"is_public": True} | fields)


@pytest.fixture
def anyone(db: None) -> Caller:
    return Caller(None)


def path_of(address: str) -> str:
    return address.removeprefix("http://testserver/api/v1")


def test_a_public_habit_shows_nothing_of_its_owner_but_the_display_name(alice: Person, anyone: Caller) -> None:
    habit = share(alice)
    expected = {
        "id": habit.pk,
        "action": "run",
        "place": "the park",
        "time": "07:00",
        "duration": 60,
        "every_days": 1,
        "weekdays": None,
        "is_pleasant": False,
        "reward": "a cup of coffee",
        "related_habit": None,
        "sentence": "I will run at 07:00 in the park",
        "owner": {"display_name": "Алиса"},
        "created_at": "2026-01-30T22:30:00Z",
    }
    assert anyone.get(f"/habits/public/{habit.pk}").json() == expected
    assert anyone.get("/habits/public").json() == {"next": None, "previous": None, "results": [expected]}


@pytest.mark.parametrize("is_public", [True, False])
def test_it_hides_a_related_habit_that_is_private(alice: Person, anyone: Caller, is_public: bool) -> None:
    prize = create_habit(person=alice, now=NOW, action="drink tea", is_pleasant=True, is_public=is_public)
    habit = share(alice, reward=None, related_habit=prize.pk)
    shown = anyone.get(f"/habits/public/{habit.pk}").json()
    assert shown["related_habit"] == (prize.pk if is_public else None)
    assert ("drink tea" in str(anyone.get("/habits/public").content)) is is_public


def test_a_private_habit_is_not_there(alice: Person, useful: Habit, anyone: Caller) -> None:
    assert anyone.get("/habits/public").json()["results"] == []
    for call in (anyone, Caller(alice)):
        assert call.get(f"/habits/public/{useful.pk}").status_code == 404
    assert anyone.get(f"/habits/public/{useful.pk}").json() == anyone.get("/habits/public/123456789").json()


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_it_is_read_only_for_the_rest(method: str, bob: Person, alice: Person) -> None:
    habit = share(alice)
    before = Habit.objects.values().get()
    for path in ("/habits/public", f"/habits/public/{habit.pk}"):
        assert Caller(bob)(method, path, {"action": "walk"}).status_code == 405
    assert Habit.objects.values().get() == before


def test_it_speaks_the_callers_language(alice: Person) -> None:
    habit = share(alice, action="бегать", place="парке")
    assert Caller(None, "ru").get(f"/habits/public/{habit.pk}").json()["sentence"] == "Я буду бегать в 07:00 в парке"


def test_it_pages_through_the_feed_and_back(alice: Person, bob: Person, anyone: Caller) -> None:
    habits = [share(person, action=f"run {i}") for i in range(6) for person in (alice, bob)]
    pages, path = [], "/habits/public?search=run"
    while path:
        pages.append(anyone.get(path).json())
        path = path_of(pages[-1]["next"] or "")
    assert [habit["id"] for page in pages for habit in page["results"]] == [habit.pk for habit in reversed(habits)]
    assert [len(page["results"]) for page in pages] == [5, 5, 2]
    assert pages[0]["previous"] is None
    assert all("search=run" in page["next"] for page in pages[:-1])
    middle = anyone.get(path_of(pages[2]["previous"])).json()
    assert middle["results"] == pages[1]["results"]
    first = anyone.get(path_of(middle["previous"])).json()
    assert first["results"] == pages[0]["results"]
    assert first["previous"] is None
    assert anyone.get(path_of(first["next"])).json()["results"] == pages[1]["results"]


def test_nothing_is_shown_twice_or_left_out_while_the_feed_grows(alice: Person, anyone: Caller) -> None:
    habits = [share(alice) for _ in range(8)]
    first = anyone.get("/habits/public").json()
    share(alice, action="swim")
    habits[5].delete()
    second = anyone.get(path_of(first["next"])).json()
    assert [habit["id"] for habit in second["results"]] == [habit.pk for habit in habits[2::-1]]


def test_a_page_whose_rows_are_gone_leads_back(alice: Person, anyone: Caller) -> None:
    habits = [share(alice) for _ in range(6)]
    first = anyone.get("/habits/public").json()
    habits[0].delete()
    empty = anyone.get(path_of(first["next"])).json()
    assert (empty["results"], empty["next"]) == ([], None)
    assert anyone.get(path_of(empty["previous"])).json()["results"] == first["results"]


def test_a_cursor_that_was_tampered_with_is_refused(alice: Person, anyone: Caller) -> None:
    for _ in range(6):
        share(alice)
    address = path_of(anyone.get("/habits/public").json()["next"])
    for forged in (address[:-1] + ("A" if address[-1] != "A" else "B"), address.replace("cursor=o", "cursor=n")):
        response = anyone.get(forged)
        assert (response.status_code, errors_of(response)) == (422, {"cursor"})


@pytest.mark.parametrize("number", [1, 5, 40])
@pytest.mark.parametrize("query", ["", "?search=run"])
def test_the_number_of_queries_does_not_grow_with_the_feed(
    alice: Person, anyone: Caller, number: int, query: str
) -> None:
    for _ in range(number):
        prize = create_habit(person=alice, now=NOW, action="drink tea", is_pleasant=True)
        share(alice, reward=None, related_habit=prize.pk)
    with CaptureQueriesContext(connection) as queries:
        assert anyone.get(f"/habits/public{query}").status_code == 200
    assert len(queries) == (2 if query else 1)  # which match, and those


@pytest.mark.usefixtures("within_a_minute")
def test_it_limits_the_rate_of_one_address(
    db: None, anyone: Caller, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_rate, "limit", 3)
    answers = [anyone.get(path) for path in ["/habits/public", "/habits/public/1"] * 2]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61
    anyone.headers["X-Forwarded-For"] = "203.0.113.7"
    assert anyone.get("/habits/public").status_code == 429
    elsewhere = anyone("GET", "/habits/public", REMOTE_ADDR="198.51.100.9")
    assert elsewhere.status_code == 200
    assert Caller(alice).get("/habits").status_code == 200


def test_it_leaves_the_feed_when_it_is_made_private(alice: Person, anyone: Caller) -> None:
    habit = share(alice)
    update_habit(person=alice, habit_id=habit.pk, now=NOW, is_public=False)
    assert anyone.get("/habits/public").json()["results"] == []
