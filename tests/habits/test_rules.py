"""Each rule through each face: create, PATCH, admin, and raw SQL."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from contract.errors import RuleBroken
from habits.models import Habit
from habits.rules import RULES
from habits.services import create_habit, update_habit
from tests.habits.conftest import FORM, NOW, USEFUL, USEFUL_JSON, Caller, errors_of, form_of

BOTH_PRIZES = {"reward", "related_habit"}
PRIZE, FOREIGN, USEFUL_ONE = "the pleasant habit", "another's pleasant habit", "the useful habit"


class Case(NamedTuple):
    rule: str
    # What a body of USEFUL_JSON is changed by, for a habit that breaks the rule.
    change: dict[str, Any]
    fields: set[str]
    # An UPDATE of the (useful, rewarded) habit that breaks the rule.
    sql: str


CASES = [
    Case(
        "useful_habit_has_exactly_one_of_reward_and_related_habit",
        {"reward": None},
        BOTH_PRIZES,
        "reward = NULL",
    ),
    Case(
        "useful_habit_has_exactly_one_of_reward_and_related_habit",
        {"related_habit": PRIZE},
        BOTH_PRIZES,
        "related_habit_id = {prize}",
    ),
    Case(
        "pleasant_habit_has_neither_reward_nor_related_habit",
        {"is_pleasant": True},
        {"reward"},
        "is_pleasant = true",
    ),
    Case(
        "pleasant_habit_has_neither_reward_nor_related_habit",
        {"is_pleasant": True, "reward": None, "related_habit": PRIZE},
        {"related_habit"},
        "is_pleasant = true, reward = NULL, related_habit_id = {prize}",
    ),
    Case(
        "related_habit_is_pleasant_and_own",
        {"reward": None, "related_habit": FOREIGN},
        {"related_habit"},
        "reward = NULL, related_habit_id = {foreign}",
    ),
    Case(
        "related_habit_is_pleasant_and_own",
        {"reward": None, "related_habit": USEFUL_ONE},
        {"related_habit"},
        "reward = NULL, related_habit_id = {other_useful}",
    ),
    Case(
        "related_habit_is_pleasant_and_own",
        {"reward": None, "related_habit": 10**15},
        {"related_habit"},
        "reward = NULL, related_habit_id = 1000000000000000",
    ),
    Case("duration_is_1_to_120_seconds", {"duration": 0}, {"duration"}, "duration = 0"),
    Case("duration_is_1_to_120_seconds", {"duration": 121}, {"duration"}, "duration = 121"),
    Case("every_days_is_1_to_7", {"every_days": 0}, {"every_days"}, "every_days = 0"),
    Case("every_days_is_1_to_7", {"every_days": 8}, {"every_days"}, "every_days = 8"),
    Case(
        "weekdays_are_a_non_empty_set",
        {"weekdays": []},
        {"weekdays"},
        "every_days = NULL, weekdays = 0",
    ),
    Case(
        "weekdays_are_a_non_empty_set",
        {"weekdays": [1, 8]},
        {"weekdays"},
        "every_days = NULL, weekdays = 128",
    ),
    Case(
        "frequency_is_every_days_or_weekdays_never_both",
        {"every_days": 2, "weekdays": [1]},
        {"every_days", "weekdays"},
        "weekdays = 1",
    ),
    Case("useful_habit_has_time_place_and_frequency", {"time": None}, {"time"}, "time = NULL"),
    Case("useful_habit_has_time_place_and_frequency", {"place": None}, {"place"}, "place = NULL"),
    Case("starts_on_is_from_1970_to_2100", {"starts_on": "1969-12-31"}, {"starts_on"}, "starts_on = '1969-12-31'"),
    Case("starts_on_is_from_1970_to_2100", {"starts_on": "2101-01-01"}, {"starts_on"}, "starts_on = 'infinity'"),
    Case("time_is_a_whole_minute", {"time": "07:00:30"}, {"time"}, "time = '07:00:30'"),
    Case("what_is_absent_is_null", {"place": ""}, {"place"}, "place = ''"),
    Case("what_is_absent_is_null", {"action": ""}, {"action"}, "action = ''"),
]


def each(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[f"{case.rule}-{case.change}" for case in cases])


# A form has no way to say an empty list.
SAID_IN_A_FORM = [case for case in CASES if case.change != {"weekdays": []}]


@pytest.fixture
def filled(pleasant: Habit, foreign: Habit, other_useful: Habit) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A change with the ids of the habits that it means."""
    ids = {PRIZE: pleasant.pk, FOREIGN: foreign.pk, USEFUL_ONE: other_useful.pk}
    return lambda change: {
        name: ids.get(value, value) if isinstance(value, str) else value for name, value in change.items()
    }


@pytest.fixture
def other_useful(alice: Person) -> Habit:
    return create_habit(person=alice, now=NOW, **USEFUL)


def stored() -> list[Any]:
    return list(Habit.objects.order_by("pk").values())


@each(CASES)
def test_it_refuses_to_create(case: Case, alice: Person, filled: Any) -> None:
    before = stored()
    response = Caller(alice).post("/habits", USEFUL_JSON | filled(case.change))
    assert (response.status_code, errors_of(response)) == (422, case.fields)
    assert stored() == before


@each(CASES)
def test_it_refuses_a_patch_that_breaks_a_rule_with_what_is_stored(
    case: Case, alice: Person, useful: Habit, filled: Any
) -> None:
    before = stored()
    response = Caller(alice).patch(f"/habits/{useful.pk}", filled(case.change))
    assert (response.status_code, errors_of(response)) == (422, case.fields)
    assert stored() == before


@each(SAID_IN_A_FORM)
def test_it_refuses_to_create_in_the_admin(case: Case, alice: Person, admin: Client, filled: Any) -> None:
    before = stored()
    form = form_of({"owner": alice.pk, **FORM} | filled(case.change))
    response = admin.post(reverse("admin:habits_habit_add"), form)
    assert response.status_code == 200, "it was saved"
    assert case.fields <= response.context["adminform"].form.errors.keys()
    assert stored() == before


@each(SAID_IN_A_FORM)
def test_it_refuses_to_change_in_the_admin(case: Case, useful: Habit, admin: Client, filled: Any) -> None:
    before = stored()
    form = form_of(FORM | {"starts_on": "2026-01-31"} | filled(case.change))
    response = admin.post(reverse("admin:habits_habit_change", args=[useful.pk]), form)
    assert response.status_code == 200, "it was saved"
    assert case.fields <= response.context["adminform"].form.errors.keys()
    assert stored() == before


@each(CASES)
def test_the_database_refuses_it_by_name(
    case: Case, useful: Habit, pleasant: Habit, foreign: Habit, other_useful: Habit
) -> None:
    change = case.sql.format(prize=pleasant.pk, foreign=foreign.pk, other_useful=other_useful.pk)
    with (
        pytest.raises(IntegrityError, match=f'"{case.rule}"'),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE habits_habit SET {change} WHERE id = %s", [useful.pk])  # noqa: S608 (the table above)


def test_every_constraint_of_the_table_has_words_for_people(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid = 'habits_habit'::regclass AND conname NOT LIKE 'habits\\_habit\\_%'"
        )
        named = {name for (name,) in cursor.fetchall()}
    assert named - {"habit_of_owner_and_kind"} == set(RULES) == {case.rule for case in CASES}


def test_it_tells_all_that_is_wrong_at_once(alice: Person) -> None:
    body = {"place": "x" * 201, "time": None, "duration": 0, "every_days": 9, "starts_on": "2150-01-01"}
    response = Caller(alice).post("/habits", body)
    assert response.status_code == 422
    assert errors_of(response) == {
        "action",
        "place",
        "time",
        "duration",
        "every_days",
        "starts_on",
        "reward",
        "related_habit",
    }


def test_a_frequency_cannot_be_taken_from_a_useful_habit(alice: Person, useful: Habit) -> None:
    response = Caller(alice).patch(f"/habits/{useful.pk}", {"every_days": None})
    assert (response.status_code, errors_of(response)) == (422, {"every_days"})


@pytest.mark.parametrize(
    "fields",
    [
        {"time": dt.time(7, 0, 1)},
        {"time": dt.time(7, tzinfo=dt.UTC)},
        {"weekdays": (1, 1)},
        {"duration": None},
        {"starts_on": dt.date(1969, 1, 1)},
        {"action": None},
        {"reward": " \t"},
    ],
)
def test_it_refuses_what_no_schema_has_looked_at(fields: Any, alice: Person) -> None:
    """The bot calls the services without a schema before them."""
    with pytest.raises(RuleBroken) as refused:
        create_habit(person=alice, now=NOW, **USEFUL | fields)
    assert {error.field for error in refused.value.errors} == set(fields)


def test_it_says_by_name_what_only_the_database_refused(
    alice: Person, useful: Habit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a rule missing here, the constraint's own words would come."""
    monkeypatch.setattr("habits.services.checked", lambda wish, prize: wish)
    with pytest.raises(RuleBroken) as refused:
        update_habit(person=alice, habit_id=useful.pk, now=NOW, duration=500)
    assert refused.value.errors == RULES["duration_is_1_to_120_seconds"]
