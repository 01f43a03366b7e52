"""Erasing a person with more habits than Django deletes in one batch, prizes and what points at them among them."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Person
from contract.errors import NotFound
from habits.models import Habit
from habits.services import create_habit
from tests.habits.conftest import NOW, USEFUL

COMMON = {"starts_on": "2026-01-01", "created_at": NOW, "updated_at": NOW}


@pytest.fixture
def collector_of_habits(alice: Person, foreign: Habit) -> Person:
    """Prizes come after what points at them in one half, before it in the other, so that any batch cuts pairs apart."""
    for is_prize_first in (True, False):
        prizes = [Habit(owner=alice, action=f"tea {i}", is_pleasant=True, **COMMON) for i in range(150)]
        useful = [Habit(owner=alice, every_days=1, **USEFUL, **COMMON) for _ in prizes]
        for habits in (prizes, useful) if is_prize_first else (useful, prizes):
            Habit.objects.bulk_create(habits)
        for habit, prize in zip(useful, reversed(prizes), strict=True):
            habit.reward, habit.related_habit = None, prize
        Habit.objects.bulk_update(useful, ["reward", "related_habit"])
    return alice


def test_it_erases_all_with_the_rule_put_off_until_the_end(collector_of_habits: Person, foreign: Habit) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS related_habit_is_pleasant_and_own DEFERRED")
        collector_of_habits.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert list(Habit.objects.all()) == [foreign]


def test_the_rule_is_not_put_off_by_itself(collector_of_habits: Person) -> None:
    with pytest.raises(IntegrityError, match="related_habit_is_pleasant_and_own"), transaction.atomic():
        collector_of_habits.delete()
    assert Habit.objects.filter(owner=collector_of_habits).count() == 600


def test_one_statement_erases_all_habits_of_a_person(collector_of_habits: Person, foreign: Habit) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM habits_habit WHERE owner_id = %s", [collector_of_habits.pk])
    assert list(Habit.objects.all()) == [foreign]


@pytest.mark.django_db
def test_a_habit_of_a_person_who_was_erased_meanwhile_is_not_made(alice: Person) -> None:
    Person.objects.filter(pk=alice.pk).delete()
    with pytest.raises(NotFound):
        create_habit(person=alice, now=NOW, **USEFUL)
    assert not Habit.objects.exists()
