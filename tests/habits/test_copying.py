"""Taking over a public habit: what is found in one's own list afterwards."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db.models.signals import post_delete
from django.test import Client

from accounts import services as people
from accounts.models import Person
from contract.errors import Conflict, NotFound, RuleBroken
from habits.copying import copy_habit
from habits.models import Habit, Schedule
from habits.services import create_habit, delete_habit, update_habit
from habits.signals import habit_saved
from tests import races
from tests.habits.conftest import NOW, USEFUL, Caller, errors_of
from tests.people import bearer
from tests.telegram.conftest import race as at_once

PRIZE: dict[str, Any] = {
    "action": "drink tea",
    "place": "the kitchen",
    "duration": 90,
    "is_pleasant": True,
    "is_public": True,
}
ALWAYS_NEW = {"id", "owner_id", "starts_on", "is_public", "version", "created_at", "updated_at", "related_habit_id"}


def share(person: Person, **fields: Any) -> Habit:
    return create_habit(person=person, now=NOW, **USEFUL | {"is_public": True} | fields)


def prize_of(person: Person, **fields: Any) -> Habit:
    return create_habit(person=person, now=NOW, **PRIZE | fields)


def copied(person: Person, habit: Habit, **fields: Any) -> Habit:
    return copy_habit(person=person, habit_id=habit.pk, now=NOW, **fields)


def words_of(habit: Habit) -> dict[str, Any]:
    row = Habit.objects.filter(pk=habit.pk).values().get()
    return {name: value for name, value in row.items() if name not in ALWAYS_NEW}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"weekdays": [1, 3, 5], "duration": 120},
        {"every_days": 3, "place": "at home", "action": "читать", "reward": "☕"},
        {"is_paused": True},
        {"starts_on": dt.date(2027, 1, 1)},
    ],
)
def test_the_copy_says_the_same_and_is_ones_own(alice: Person, bob: Person, fields: dict[str, Any]) -> None:
    original = share(alice, **fields)
    copy = copied(bob, original)
    assert words_of(copy) == words_of(original) | {"is_paused": False}
    copy.refresh_from_db()
    assert (copy.owner, copy.is_public, copy.version, copy.created_at) == (bob, False, 1, NOW)
    assert copy.starts_on == dt.date(2026, 1, 30)  # in New York; in Moscow it is the 31st
    schedule = Schedule.objects.get(pk=copy.pk)
    assert (schedule.person, schedule.timezone, schedule.time) == (bob, "America/New_York", dt.time(7))


def test_the_copy_does_not_hang_on_the_original(alice: Person, bob: Person) -> None:
    original = share(alice, reward=None, related_habit=prize_of(alice).pk)
    copy = copied(bob, original)
    people.erase(person=alice)
    assert {habit.pk for habit in bob.habits.all()} == {copy.pk, copy.related_habit_id}


def test_a_public_prize_comes_along_as_a_private_one_of_ones_own(alice: Person, bob: Person) -> None:
    prize = prize_of(alice)
    copy = copied(bob, share(alice, reward=None, related_habit=prize.pk))
    own = bob.habits.get(is_pleasant=True)
    assert (copy.reward, copy.related_habit) == (None, own)
    assert words_of(own) == words_of(prize)
    assert (own.is_public, own.starts_on) == (False, dt.date(2026, 1, 30))
    assert list(bob.habits.order_by("-pk")) == [copy, own]  # newest first: the habit, then its prize


@pytest.mark.parametrize(
    ("have", "is_used"),
    [
        ({}, True),
        ({"action": "Drink TEA", "place": "the Kitchen", "duration": 30, "time": dt.time(9)}, True),
        ({"action": "drink coffee"}, False),
        ({"place": "bed"}, False),
        ({"place": None}, False),
    ],
)
def test_a_prize_of_ones_own_in_the_same_words_is_used_again(
    alice: Person, bob: Person, have: dict[str, Any], is_used: bool
) -> None:
    own = prize_of(bob, **have)
    copy = copied(bob, share(alice, reward=None, related_habit=prize_of(alice).pk))
    assert (copy.related_habit == own) is is_used
    assert bob.habits.filter(is_pleasant=True).count() == (1 if is_used else 2)
    assert Habit.objects.get(pk=own.pk).version == 1


def test_words_without_a_place_match_those_without_a_place(alice: Person, bob: Person) -> None:
    own = prize_of(bob, place=None, action="ПИТЬ чай")
    prize = prize_of(alice, place=None, action="Пить чай")
    assert copied(bob, share(alice, reward=None, related_habit=prize.pk)).related_habit == own


def test_a_useful_habit_in_the_same_words_is_no_prize(alice: Person, bob: Person) -> None:
    create_habit(person=bob, now=NOW, **USEFUL | {"action": "drink tea", "place": "the kitchen"})
    copy = copied(bob, share(alice, reward=None, related_habit=prize_of(alice).pk))
    assert copy.related_habit is not None
    assert copy.related_habit.is_pleasant


def test_copying_twice_makes_two_habits_and_one_prize(alice: Person, bob: Person) -> None:
    original = share(alice, reward=None, related_habit=prize_of(alice).pk)
    assert copied(bob, original) != copied(bob, original)
    assert bob.habits.filter(is_pleasant=False).count() == 2
    assert bob.habits.filter(is_pleasant=True).count() == 1


def test_a_private_prize_stays_private(alice: Person, bob: Person) -> None:
    original = share(alice, reward=None, related_habit=prize_of(alice, is_public=False).pk)
    with pytest.raises(RuleBroken) as caught:
        copied(bob, original)
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("reward", "prize_is_private"),
        ("related_habit", "prize_is_private"),
    ]
    assert not bob.habits.exists()


@pytest.mark.parametrize("prize", ["reward", "public", "private"])
def test_a_prize_of_ones_own_takes_the_place_of_any(alice: Person, bob: Person, prize: str) -> None:
    fields: dict[str, Any] = {}
    if prize != "reward":
        fields = {"reward": None, "related_habit": prize_of(alice, is_public=prize == "public").pk}
    original, own = share(alice, **fields), prize_of(bob, action="nap")
    by_reward = copied(bob, original, reward="a cup of tea")
    assert (by_reward.reward, by_reward.related_habit) == ("a cup of tea", None)
    by_habit = copied(bob, original, related_habit=own.pk)
    assert (by_habit.reward, by_habit.related_habit_id) == (None, own.pk)
    assert set(bob.habits.filter(is_pleasant=True)) == {own}


def test_a_pleasant_habit_can_be_copied(alice: Person, bob: Person) -> None:
    prize = prize_of(alice)
    copy = copied(bob, prize)
    assert words_of(copy) == words_of(prize)
    assert not Schedule.objects.exists()


def test_ones_own_public_habit_can_be_copied_with_its_prize_public_or_not(alice: Person) -> None:
    prize = prize_of(alice, is_public=False)
    original = share(alice, reward=None, related_habit=prize.pk)
    copy = copied(alice, original)
    assert copy != original
    assert (copy.related_habit_id, copy.is_public) == (prize.pk, False)
    assert alice.habits.count() == 3


def test_what_is_not_public_cannot_be_copied(alice: Person, bob: Person, useful: Habit) -> None:
    for person in (alice, bob):
        with pytest.raises(NotFound):
            copied(person, useful)
    assert Habit.objects.count() == 1


class TestOverHttp:
    def test_it_answers_with_the_new_habit_and_its_address(
        self, alice: Person, bob: Person, call: Callable[..., Caller]
    ) -> None:
        original, me = share(alice), call(bob)
        with time_machine.travel(NOW, tick=False):
            me.headers |= bearer(bob)
            answer = me("POST", f"/habits/public/{original.pk}/copy")
            assert answer.status_code == 201
            body = answer.json()
            assert answer["Location"] == f"http://testserver/api/v1/habits/{body['id']}"
            assert me.get(f"/habits/{body['id']}").json() == body
            assert me.get("/habits").json()["results"] == [body]
        assert body["sentence"] == "I will run at 07:00 in the park"
        assert (body["starts_on"], body["is_public"], body["reward"]) == ("2026-01-30", False, "a cup of coffee")
        assert call(alice).get("/habits").json()["count"] == 1

    @pytest.mark.parametrize("body", [None, {}, {"reward": None}, {"reward": None, "related_habit": None}])
    def test_what_is_not_given_is_the_originals(
        self, alice: Person, bob: Person, call: Callable[..., Caller], body: dict[str, Any] | None
    ) -> None:
        answer = call(bob).post(f"/habits/public/{share(alice).pk}/copy", body)
        assert (answer.status_code, answer.json()["reward"]) == (201, "a cup of coffee")

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({"reward": "tea", "related_habit": "own"}, {"reward", "related_habit"}),
            ({"reward": ""}, {"reward"}),
            ({"reward": "x" * 201}, {"reward"}),
            ({"reward": 7}, {"reward"}),
            ({"related_habit": "useful"}, {"related_habit"}),
            ({"related_habit": "foreign"}, {"related_habit"}),
            ({"related_habit": 2**62}, {"related_habit"}),
            ({"related_habit": "7"}, {"related_habit"}),
            ({"place": "home"}, {"place"}),
            ({}, {"reward", "related_habit"}),
        ],
    )
    def test_it_names_what_is_wrong_and_writes_nothing(
        self, alice: Person, bob: Person, call: Callable[..., Caller], body: dict[str, Any], fields: set[str]
    ) -> None:
        original = share(alice, reward=None, related_habit=prize_of(alice, is_public=False).pk)
        named = {
            "own": prize_of(bob).pk,
            "useful": create_habit(person=bob, now=NOW, **USEFUL).pk,
            "foreign": original.related_habit_id,
        }
        if body.get("related_habit") in named:
            body = body | {"related_habit": named[body["related_habit"]]}
        before = Habit.objects.count()
        answer = call(bob).post(f"/habits/public/{original.pk}/copy", body)
        assert answer.status_code == 422
        assert errors_of(answer) == fields
        assert Habit.objects.count() == before

    def test_a_pleasant_habit_takes_no_prize(self, alice: Person, bob: Person, call: Callable[..., Caller]) -> None:
        answer = call(bob).post(f"/habits/public/{prize_of(alice).pk}/copy", {"reward": "tea"})
        assert (answer.status_code, errors_of(answer)) == (422, {"reward"})

    def test_it_says_in_russian_that_a_prize_is_private(
        self, alice: Person, bob: Person, call: Callable[..., Caller]
    ) -> None:
        original = share(alice, reward=None, related_habit=prize_of(alice, is_public=False).pk)
        answer = call(bob, language="ru").post(f"/habits/public/{original.pk}/copy", {})
        assert answer.json()["errors"][0]["message"].startswith("Чем вознаграждается эта привычка")

    def test_who_has_not_signed_in_cannot(self, alice: Person, call: Callable[..., Caller]) -> None:
        assert call(None).post(f"/habits/public/{share(alice).pk}/copy", {}).status_code == 401

    def test_what_is_private_or_gone_is_not_there(
        self, bob: Person, useful: Habit, call: Callable[..., Caller]
    ) -> None:
        for habit_id in (useful.pk, 123456789, 2**63, 0):
            assert call(bob).post(f"/habits/public/{habit_id}/copy", {}).status_code == 404

    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
    def test_it_is_only_posted_to(self, alice: Person, call: Callable[..., Caller], method: str) -> None:
        assert call(alice)(method, f"/habits/public/{share(alice).pk}/copy").status_code == 405


POINTS: races.Points = [(habit_saved, Habit), (post_delete, Habit)]


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_copies_at_once_share_one_prize(self, alice: Person, bob: Person) -> None:
        original = share(alice, reward=None, related_habit=prize_of(alice).pk)
        copies = at_once(*[lambda: copied(bob, original)] * 4)
        assert len({copy.pk for copy in copies}) == 4
        assert {copy.related_habit_id for copy in copies} == {bob.habits.get(is_pleasant=True).pk}

    def test_a_second_copy_waits_for_the_prize_that_the_first_makes(self, alice: Person, bob: Person) -> None:
        original = share(alice, reward=None, related_habit=prize_of(alice).pk)
        first, second = races.race(lambda: copied(bob, original), lambda: copied(bob, original), at=POINTS)
        assert first.related_habit == second.related_habit == bob.habits.get(is_pleasant=True)

    def test_a_copy_waits_for_who_deletes_the_prize_and_makes_another(self, alice: Person, bob: Person) -> None:
        original, own = share(alice, reward=None, related_habit=prize_of(alice).pk), prize_of(bob)
        deleted, copy = races.race(
            lambda: delete_habit(person=bob, habit_id=own.pk, now=NOW), lambda: copied(bob, original), at=POINTS
        )
        assert not isinstance(deleted, Exception)
        assert copy.related_habit == bob.habits.get(is_pleasant=True) != own

    def test_a_prize_that_a_copy_is_about_to_point_at_stays(self, alice: Person, bob: Person) -> None:
        original, own = share(alice, reward=None, related_habit=prize_of(alice).pk), prize_of(bob)
        copy, deleted = races.race(
            lambda: copied(bob, original), lambda: delete_habit(person=bob, habit_id=own.pk, now=NOW), at=POINTS
        )
        assert copy.related_habit == own
        assert isinstance(deleted, Conflict)

    def test_copying_against_hiding_the_original_or_its_prize(self, alice: Person, bob: Person) -> None:
        for hidden in ("habit", "prize") * 3:
            prize = prize_of(alice)
            original = share(alice, reward=None, related_habit=prize.pk)
            one = original if hidden == "habit" else prize
            copy, _ = at_once(
                lambda: copied(bob, original),  # noqa: B023 (called within the round)
                lambda: update_habit(person=alice, habit_id=one.pk, now=NOW, is_public=False),  # noqa: B023
            )
            if isinstance(copy, Habit):
                assert copy.related_habit is not None
                assert copy.related_habit.owner == bob
            else:
                assert isinstance(copy, NotFound if hidden == "habit" else RuleBroken)
                assert not bob.habits.exists()
            bob.habits.filter(is_pleasant=False).delete()
            bob.habits.all().delete()

    def test_copying_against_deleting_the_original(self, alice: Person, bob: Person) -> None:
        for _round in range(4):
            original = share(alice)
            copy, deleted = at_once(
                lambda: copied(bob, original),  # noqa: B023 (called within the round)
                lambda: delete_habit(person=alice, habit_id=original.pk, now=NOW),  # noqa: B023
            )
            assert not isinstance(deleted, Exception)
            assert isinstance(copy, Habit | NotFound)
            assert not alice.habits.exists()

    def test_copying_against_losing_the_prize_of_ones_own(self, alice: Person, bob: Person) -> None:
        """It is deleted, or made useful, just when the copy would point at it."""
        original = share(alice, reward=None, related_habit=prize_of(alice).pk)
        useful: dict[str, Any] = {"is_pleasant": False, "time": dt.time(8), "reward": "rest"}
        for becomes_useful in (True, False) * 3:
            own = prize_of(bob)

            def lose(habit_id: int = own.pk, becomes_useful: bool = becomes_useful) -> None:
                if becomes_useful:
                    update_habit(person=bob, habit_id=habit_id, now=NOW, **useful)
                else:
                    delete_habit(person=bob, habit_id=habit_id, now=NOW)

            copy, _ = at_once(lambda: copied(bob, original), lose)
            assert isinstance(copy, Habit)
            assert copy.related_habit is not None
            assert copy.related_habit.is_pleasant
            bob.habits.filter(is_pleasant=False).delete()
            bob.habits.all().delete()

    def test_copying_against_erasing_either_person(self, alice: Person, bob: Person, charlie: Person) -> None:
        original = share(alice, reward=None, related_habit=prize_of(alice).pk)
        by_bob, erased = at_once(lambda: copied(bob, original), lambda: people.erase(person=bob))
        assert erased is None
        assert isinstance(by_bob, Habit | NotFound)
        assert not Habit.objects.exclude(owner=alice).exists()
        by_charlie, erased = at_once(lambda: copied(charlie, original), lambda: people.erase(person=alice))
        assert erased is None
        assert isinstance(by_charlie, Habit | NotFound)
        assert Habit.objects.count() == (2 if isinstance(by_charlie, Habit) else 0)

    def test_copying_by_double_tap_over_http(self, alice: Person, bob: Person) -> None:
        original, headers = share(alice, reward=None, related_habit=prize_of(alice).pk), bearer(bob)
        path = f"/api/v1/habits/public/{original.pk}/copy"
        answers = at_once(*[lambda: Client().post(path, {}, "application/json", headers=headers)] * 3)
        assert [answer.status_code for answer in answers] == [201] * 3
        assert bob.habits.filter(is_pleasant=True).count() == 1
