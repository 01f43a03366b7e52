"""Two requests for a habit at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models.signals import post_delete

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from habits.signals import habit_saved
from tests import races
from tests.habits.conftest import NOW, USEFUL, USEFUL_JSON, Caller, errors_of
from tests.races import PATIENCE, Act, Actor, held_before_commit

pytestmark = pytest.mark.django_db(transaction=True)

POINTS: races.Points = [(habit_saved, Habit), (post_delete, Habit)]
race = partial(races.race, at=POINTS)


@pytest.fixture
def call(alice: Person) -> Caller:
    return Caller(alice)


def patch(call: Caller, habit: Habit, **change: object) -> Act:
    return lambda: call.patch(f"/habits/{habit.pk}", change)


def create(call: Caller, **fields: object) -> Act:
    return lambda: call.post("/habits", USEFUL_JSON | fields)


def delete(call: Caller, habit: Habit) -> Act:
    return lambda: call.delete(f"/habits/{habit.pk}")


MADE_USEFUL = {"is_pleasant": False, "time": "07:00", "place": "bed", "reward": "a song"}


def test_rule_1_two_patches_cannot_leave_both_prizes(call: Caller, useful: Habit, pleasant: Habit) -> None:
    first, second = race(
        patch(call, useful, reward=None, related_habit=pleasant.pk), patch(call, useful, reward="an apple")
    )
    assert first.status_code == 200
    assert (second.status_code, errors_of(second)) == (422, {"reward", "related_habit"})
    useful.refresh_from_db()
    assert (useful.reward, useful.related_habit) == (None, pleasant)


def test_rule_1_two_patches_cannot_leave_no_prize(call: Caller, alice: Person, pleasant: Habit) -> None:
    habit = create_habit(person=alice, now=NOW, **USEFUL | {"reward": None, "related_habit": pleasant.pk})
    first, second = race(
        patch(call, habit, reward="an apple", related_habit=None),
        patch(call, habit, reward=None),
    )
    assert first.status_code == 200
    assert (second.status_code, errors_of(second)) == (422, {"reward", "related_habit"})
    habit.refresh_from_db()
    assert (habit.reward, habit.related_habit) == ("an apple", None)


def test_rule_1_a_habit_made_pleasant_meanwhile_takes_no_prize(call: Caller, useful: Habit) -> None:
    first, second = race(patch(call, useful, is_pleasant=True, reward=None), patch(call, useful, reward="an apple"))
    assert first.status_code == 200
    assert (second.status_code, errors_of(second)) == (422, {"reward"})


def test_rule_2_what_is_pointed_at_meanwhile_stays_pleasant(call: Caller, useful: Habit, pleasant: Habit) -> None:
    first, second = race(
        patch(call, useful, reward=None, related_habit=pleasant.pk), patch(call, pleasant, **MADE_USEFUL)
    )
    assert first.status_code == 200
    assert second.status_code == 409
    assert str(useful.pk) in second.json()["errors"][0]["message"]
    pleasant.refresh_from_db()
    assert pleasant.is_pleasant


def test_rule_2_what_is_pointed_at_meanwhile_is_not_deleted(call: Caller, pleasant: Habit) -> None:
    first, second = race(create(call, reward=None, related_habit=pleasant.pk), delete(call, pleasant))
    assert (first.status_code, second.status_code) == (201, 409)
    assert Habit.objects.filter(pk=pleasant.pk).exists()


def test_rule_2_what_is_made_useful_meanwhile_is_no_prize(call: Caller, useful: Habit, pleasant: Habit) -> None:
    first, second = race(
        patch(call, pleasant, **MADE_USEFUL), patch(call, useful, reward=None, related_habit=pleasant.pk)
    )
    assert first.status_code == 200
    assert (second.status_code, errors_of(second)) == (422, {"related_habit"})
    useful.refresh_from_db()
    assert useful.related_habit is None


def test_rule_2_what_is_deleted_meanwhile_is_no_prize(call: Caller, pleasant: Habit) -> None:
    first, second = race(delete(call, pleasant), create(call, reward=None, related_habit=pleasant.pk))
    assert first.status_code == 204
    assert (second.status_code, errors_of(second)) == (422, {"related_habit"})
    assert not Habit.objects.exists()


def test_rule_2_two_prizes_cannot_become_each_others(call: Caller, alice: Person, pleasant: Habit) -> None:
    """Neither deadlocks: both lock both rows, in the order of their ids."""
    other = create_habit(person=alice, now=NOW, action="sing", is_pleasant=True)
    change = MADE_USEFUL | {"reward": None}
    first, second = race(
        patch(call, other, **change, related_habit=pleasant.pk), patch(call, pleasant, **change, related_habit=other.pk)
    )
    assert first.status_code == 200
    assert (second.status_code, errors_of(second)) == (422, {"related_habit"})


def test_no_change_is_lost(call: Caller, useful: Habit) -> None:
    first, second = race(patch(call, useful, action="walk"), patch(call, useful, place="the wood"))
    assert (first.status_code, second.status_code) == (200, 200)
    useful.refresh_from_db()
    assert (useful.action, useful.place, useful.version) == ("walk", "the wood", 3)


def test_a_habit_deleted_meanwhile_is_not_found(call: Caller, useful: Habit) -> None:
    first, second = race(delete(call, useful), patch(call, useful, action="walk"))
    assert (first.status_code, second.status_code) == (204, 404)


def test_a_person_erased_meanwhile_gets_no_habit(call: Caller, alice: Person) -> None:
    leader = Actor(create(call))
    with held_before_commit(leader, POINTS) as (written, go_on):
        leader.start()
        assert written.wait(PATIENCE), leader.outcome
        alice.delete()
        go_on.set()
        leader.join(PATIENCE)
    assert leader.outcome.status_code == 404
    assert not Habit.objects.exists()


@contextmanager
def pointing_without_locks(useful: Habit, prize: Habit, follower: Actor) -> Iterator[None]:
    """Raw SQL makes `prize` a prize, and commits once the follower waits for it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE habits_habit SET reward = NULL, related_habit_id = %s WHERE id = %s", [prize.pk, useful.pk]
        )
        follower.start()
        assert follower.wait_until_blocked(), follower.outcome
    follower.join(PATIENCE)
    yield
    prize.refresh_from_db()
    assert prize.is_pleasant


def test_rule_2_holds_against_a_writer_that_takes_no_locks(call: Caller, useful: Habit, pleasant: Habit) -> None:
    """The database refuses, and the answer is in the words of the rule."""
    follower = Actor(patch(call, pleasant, **MADE_USEFUL))
    with pointing_without_locks(useful, pleasant, follower):
        assert (follower.outcome.status_code, errors_of(follower.outcome)) == (422, {"related_habit"})


def test_rule_2_keeps_a_prize_from_a_deletion_that_knew_nothing(call: Caller, useful: Habit, pleasant: Habit) -> None:
    follower = Actor(delete(call, pleasant))
    with pointing_without_locks(useful, pleasant, follower):
        assert follower.outcome.status_code == 409
        assert str(useful.pk) in follower.outcome.json()["errors"][0]["message"]
