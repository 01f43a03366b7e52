"""Rule 2: a prize stays one while something points at it. And how a habit turns into the other kind."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from tests.habits.conftest import FORM, NOW, USEFUL, USEFUL_JSON, Caller, form_of


def test_a_pleasant_habit_becomes_useful_only_with_a_prize_of_its_own(alice: Person, pleasant: Habit) -> None:
    call = Caller(alice)
    change = {"is_pleasant": False, "time": "07:00", "place": "bed"}
    for prize in ({}, {"related_habit": pleasant.pk}):
        assert call.patch(f"/habits/{pleasant.pk}", change | prize).status_code == 422
    answer = call.patch(f"/habits/{pleasant.pk}", change | {"reward": "a song"})
    assert answer.status_code == 200
    assert answer.json()["every_days"] == 1


def test_a_useful_habit_becomes_pleasant_once_its_prize_is_gone(alice: Person, useful: Habit) -> None:
    answer = Caller(alice).patch(f"/habits/{useful.pk}", {"is_pleasant": True, "reward": None})
    assert answer.status_code == 200
    assert (answer.json()["is_pleasant"], answer.json()["reward"]) == (True, None)


@pytest.fixture
def earners(alice: Person, pleasant: Habit) -> list[Habit]:
    fields = USEFUL | {"reward": None, "related_habit": pleasant.pk}
    return [create_habit(person=alice, now=NOW, **fields | {"action": action}) for action in ("run", "read")]


def test_a_prize_can_neither_be_deleted_nor_made_useful(alice: Person, pleasant: Habit, earners: list[Habit]) -> None:
    call = Caller(alice)
    made_useful = {"is_pleasant": False, "time": "07:00", "place": "bed", "reward": "a song"}
    for response in (call.delete(f"/habits/{pleasant.pk}"), call.patch(f"/habits/{pleasant.pk}", made_useful)):
        assert response.status_code == 409
        message = response.json()["errors"][0]["message"]
        for habit in earners:
            assert f"“{habit.action}” ({habit.pk})" in message
    pleasant.refresh_from_db()
    assert pleasant.is_pleasant
    for habit in earners:
        assert call.delete(f"/habits/{habit.pk}").status_code == 204
    assert call.delete(f"/habits/{pleasant.pk}").status_code == 204


def test_a_conflict_is_told_in_russian(alice: Person, pleasant: Habit, earners: list[Habit]) -> None:
    refused = Caller(alice, "ru").delete(f"/habits/{pleasant.pk}").json()["errors"][0]
    run, read = earners
    assert refused["message"].startswith(f"Это связанная привычка для: «run» ({run.pk}), «read» ({read.pk}).")


def test_a_conflict_names_ten_of_many(alice: Person, pleasant: Habit) -> None:
    for _ in range(12):
        create_habit(person=alice, now=NOW, **USEFUL | {"reward": None, "related_habit": pleasant.pk})
    message = Caller(alice).delete(f"/habits/{pleasant.pk}").json()["errors"][0]["message"]
    assert message.count("“run”") == 10
    assert "+2" in message


def test_the_admin_keeps_a_prize_too(pleasant: Habit, earners: list[Habit], admin: Client) -> None:
    response = admin.post(reverse("admin:habits_habit_delete", args=[pleasant.pk]), {"post": "yes"})
    assert b"run" in response.content
    assert Habit.objects.filter(pk=pleasant.pk).exists()
    form = form_of(FORM | {"action": "drink tea", "starts_on": "2026-01-31"})
    response = admin.post(reverse("admin:habits_habit_change", args=[pleasant.pk]), form)
    assert "is_pleasant" in response.context["adminform"].form.errors
    pleasant.refresh_from_db()
    assert pleasant.is_pleasant


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM habits_habit",
        "UPDATE habits_habit SET is_pleasant = false, reward = 'x', time = '07:00', place = 'x', every_days = 1",
    ],
)
def test_the_database_keeps_a_prize_by_name(sql: str, pleasant: Habit, earners: list[Habit]) -> None:
    with (
        pytest.raises(IntegrityError, match='"related_habit_is_pleasant_and_own"'),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{sql} WHERE id = %s", [pleasant.pk])


def test_it_swaps_the_prize_in_one_change(alice: Person, useful: Habit, pleasant: Habit) -> None:
    call = Caller(alice)
    assert call.patch(f"/habits/{useful.pk}", {"related_habit": pleasant.pk}).status_code == 422
    habit = call.patch(f"/habits/{useful.pk}", {"related_habit": pleasant.pk, "reward": None}).json()
    assert (habit["reward"], habit["related_habit"]) == (None, pleasant.pk)


def test_it_tells_nothing_of_another_persons_habit(alice: Person, foreign: Habit) -> None:
    """The answer for another's habit is that for one that does not exist."""
    call = Caller(alice)
    answers = [
        call.post("/habits", USEFUL_JSON | {"reward": None, "related_habit": habit_id}).json()
        for habit_id in (foreign.pk, 10**15)
    ]
    assert answers[0] == answers[1]
