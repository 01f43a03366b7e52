"""Two tabs at the very same moment, over real connections: of one version only one change is made, and none is lost."""

import datetime as dt
import gzip
import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from habits.signals import habit_deleting, habit_saved
from tests import races
from tests.accounts.test_races import at_once
from tests.people import bearer, make_person

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
# Long enough for its answers to go out compressed, so that its tags are weak ones.
LONG = "бежать " * 28
ROUNDS = 20
SAVED: races.Points = [(habit_saved, Habit)]
DELETING: races.Points = [(habit_deleting, Habit)]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def eve(transactional_db: None) -> Person:
    return make_person("Eve")


@pytest.fixture
def habit(eve: Person) -> Habit:
    return create_habit(person=eve, now=NOW, action=LONG, place=LONG, time=dt.time(7), reward="tea")


class Tab:
    """A browser's tab: it keeps the tag of what it has loaded, and sends it with what it changes."""

    def __init__(self, person: Person, habit: Habit, *, accepts: str) -> None:
        self.headers = bearer(person) | {"Accept-Encoding": accepts}
        self.address = f"/api/v1/habits/{habit.pk}"

    def load(self) -> Any:
        answer = Client().get(self.address, headers=self.headers)
        self.tag = answer["ETag"]
        packed = answer.get("Content-Encoding") == "gzip"
        return json.loads(gzip.decompress(answer.content) if packed else answer.content)

    def change(self, **body: Any) -> Any:
        return Client().patch(self.address, body, "application/json", headers=self.headers | {"If-Match": self.tag})

    def delete(self) -> Any:
        return Client().delete(self.address, headers=self.headers | {"If-Match": self.tag})


@pytest.fixture(params=["", "gzip"])
def tabs(eve: Person, habit: Habit, request: pytest.FixtureRequest) -> tuple[Tab, Tab]:
    first, second = (Tab(eve, habit, accepts=request.param) for _ in range(2))
    first.load()
    second.load()
    assert first.tag.startswith("W/") == (request.param == "gzip")
    return first, second


def test_of_two_changes_at_once_one_is_made_and_the_other_told(tabs: tuple[Tab, Tab]) -> None:
    first, second = tabs
    for number in range(1, ROUNDS + 1):
        before = first.load()
        assert second.load() == before
        words = (f"duration of round {number}", f"reward of round {number}")
        answers = at_once(
            lambda: first.change(duration=number),  # noqa: B023 (called within the round)
            lambda: second.change(reward=words[1]),  # noqa: B023
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        after = first.load()
        made = {"duration": number} if answers[0].status_code == 200 else {"reward": words[1]}
        changed = {name for name in after if after[name] != before[name]} - {"updated_at", "sentence"}
        assert changed <= {"version", *made}
        assert after["version"] == before["version"] + 1
        # The one that was refused loads anew and loses nothing of either.
        loser = first if answers[0].status_code == 412 else second
        loser.load()
        again = loser.change(**({"reward": words[1]} if "duration" in made else {"duration": number}))
        assert again.status_code == 200
        stands = first.load()
        assert (stands["duration"], stands["reward"]) == (number, words[1])


def test_who_comes_while_the_other_is_writing_waits_and_is_told(tabs: tuple[Tab, Tab]) -> None:
    first, second = races.race(lambda: tabs[0].change(duration=90), lambda: tabs[1].change(duration=30), at=SAVED)
    assert (first.status_code, second.status_code) == (200, 412)
    assert Habit.objects.get().duration == 90


def test_deleting_what_another_tab_has_just_changed_is_refused(tabs: tuple[Tab, Tab]) -> None:
    first, second = races.race(lambda: tabs[0].change(duration=90), tabs[1].delete, at=SAVED)
    assert (first.status_code, second.status_code) == (200, 412)
    assert Habit.objects.get().duration == 90


def test_changing_what_another_tab_is_deleting_finds_nothing(tabs: tuple[Tab, Tab]) -> None:
    first, second = races.race(tabs[0].delete, lambda: tabs[1].change(duration=90), at=DELETING)
    assert (first.status_code, second.status_code) == (204, 404)
    assert not Habit.objects.exists()
