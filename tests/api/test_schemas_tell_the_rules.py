"""What the document's schemas let through is what the server takes, field by field and between fields."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from openapi_schema_validator import OAS31Validator, oas31_format_checker

from accounts.models import Person
from config.api import api
from habits.models import Habit
from tests.habits.conftest import USEFUL_JSON, Caller
from tests.habits.test_bad_input import BAD

pytestmark = pytest.mark.django_db

ABSENT = object()
PRIZE = "the id of a pleasant habit"
SIGN_UP = "/api/auth/app/v1/auth/signup"
# No schema bounds a date, and none knows what is invisible.
ONLY_THE_SERVER_KNOWS = {"1969-12-31", "2101-01-01", "9999-12-31", "\u200b"}


@pytest.fixture(scope="module")
def document() -> Any:
    return api.get_openapi_schema()


def fits(document: Any, name: str, body: Any) -> bool:
    return bool(validator(document, document["components"]["schemas"][name]).is_valid(body))


def validator(document: Any, schema: Any) -> Any:
    whole = schema | {"components": document["components"]}
    return OAS31Validator(whole, format_checker=oas31_format_checker)


def bodies(**choices: list[Any]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*choices.values()):
        yield {name: value for name, value in zip(choices, values, strict=True) if value is not ABSENT}


PRIZES = list(
    bodies(is_pleasant=[ABSENT, False, True], reward=[ABSENT, None, "tea"], related_habit=[ABSENT, None, PRIZE])
)
WHEN_AND_WHERE = list(bodies(time=[ABSENT, None, "07:00"], place=[ABSENT, None, "the park"]))
FREQUENCIES = list(bodies(every_days=[ABSENT, None, 2], weekdays=[ABSENT, None, [1, 5]]))
# The schema lets it through, and no habit could be so.
NO_PRIZE_AT_ALL = {"is_pleasant": False, "reward": None, "related_habit": None}
NEW = [
    {"action": "run"} | one
    for one in [
        *({"time": "07:00", "place": "the park"} | prize for prize in PRIZES),
        *(prize | when for prize in ({"reward": "tea"}, {"is_pleasant": True}) for when in WHEN_AND_WHERE),
        *(
            {"time": "07:00", "place": "the park"} | prize | frequency
            for prize in ({"reward": "tea"}, {"is_pleasant": True})
            for frequency in FREQUENCIES
        ),
    ]
]


def made_real(body: dict[str, Any], prize: int) -> dict[str, Any]:
    return {name: prize if value == PRIZE else value for name, value in body.items()}


@pytest.fixture
def call(alice: Person) -> Caller:
    return Caller(alice)


@pytest.fixture
def prize(call: Caller) -> int:
    return int(call.post("/habits", {"action": "a bath", "is_pleasant": True}).json()["id"])


def test_a_new_habit_fits_the_schema_where_the_server_takes_it(call: Caller, prize: int, document: Any) -> None:
    taken = 0
    for body in (made_real(body, prize) for body in NEW):
        response = call.post("/habits", body)
        assert response.status_code in {201, 422}
        assert fits(document, "HabitIn", body) == (response.status_code == 201), (body, response.content)
        taken += response.status_code == 201
    assert 0 < taken < len(NEW)


@pytest.mark.parametrize("change", [*PRIZES, *FREQUENCIES])
@pytest.mark.parametrize("is_pleasant", [True, False])
def test_a_change_that_does_not_fit_the_schema_is_refused_whatever_is_stored(
    call: Caller, prize: int, document: Any, change: dict[str, Any], is_pleasant: bool
) -> None:
    start = {"action": "a nap", "is_pleasant": True} if is_pleasant else USEFUL_JSON
    habit = call.post("/habits", start).json()["id"]
    body = made_real(change, prize)
    response = call.patch(f"/habits/{habit}", body)
    assert fits(document, "HabitPatch", body) or response.status_code == 422, response.content


def test_every_change_that_fits_the_schema_is_taken_for_some_habit(call: Caller, prize: int, document: Any) -> None:
    for body in (made_real(change, prize) for change in [*PRIZES, *FREQUENCIES]):
        if not fits(document, "HabitPatch", body) or body == NO_PRIZE_AT_ALL:
            continue
        starts = (
            {"action": "a nap", "is_pleasant": True, "time": "07:00", "place": "home"},
            USEFUL_JSON,
            {"action": "run", "time": "07:00", "place": "home", "related_habit": prize},
        )
        statuses = set()
        for start in starts:
            habit = call.post("/habits", start).json()["id"]
            statuses.add(call.patch(f"/habits/{habit}", body).status_code)
        assert 200 in statuses, body


@pytest.mark.parametrize("prizes", [one for one in PRIZES if "is_pleasant" not in one])
def test_a_copy_with_another_prize_fits_the_schema_where_the_server_takes_it(
    call: Caller, bob: Person, prize: int, document: Any, prizes: dict[str, Any]
) -> None:
    original = Caller(bob).post("/habits", USEFUL_JSON | {"is_public": True}).json()["id"]
    body = made_real(prizes, prize)
    response = call.post(f"/habits/public/{original}/copy", body)
    assert fits(document, "CopyIn", body) == (response.status_code == 201), response.content


@pytest.mark.parametrize("field", BAD)
def test_what_is_no_value_of_a_field_fits_no_schema(document: Any, field: str) -> None:
    for value in BAD[field]:
        if value in ONLY_THE_SERVER_KNOWS if isinstance(value, str) else False:
            continue
        assert not fits(document, "HabitIn", USEFUL_JSON | {field: value}), value
        assert not fits(document, "HabitPatch", {field: value}), value


GOOD: list[tuple[str, dict[str, Any]]] = [
    ("action", {"action": "  run\n"}),
    ("action", {"action": "🏃‍♀️"}),
    ("action", {"action": "x" * 200}),
    ("duration", {"duration": 120}),
    ("duration", {"duration": 90.0}),
    ("every_days", {"every_days": 7, "weekdays": None}),
    ("weekdays", {"weekdays": [7, 1]}),
    ("starts_on", {"starts_on": "1970-01-01"}),
    ("time", {"time": "23:59"}),
]


@pytest.mark.parametrize(("field", "change"), GOOD)
def test_what_fits_is_taken(call: Caller, document: Any, field: str, change: dict[str, Any]) -> None:
    body = USEFUL_JSON | change
    if field == "every_days":
        body.pop("weekdays", None)
    if field == "weekdays":
        body.pop("every_days", None)
    assert fits(document, "HabitIn", body)
    assert call.post("/habits", body).status_code == 201
    assert Habit.objects.count() == 1


PROFILE: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"display_name": None}, True),
    ({"display_name": " Alice "}, True),
    ({"display_name": ""}, False),
    ({"display_name": "x" * 61}, False),
    ({"language": "ru"}, True),
    ({"language": "de"}, False),
    ({"language": None}, False),
    ({"timezone": "asia/tokyo"}, True),
    ({"timezone": None}, False),
    ({"telegram_username": None}, True),
    ({"telegram_username": "@alice_in_w"}, True),
    ({"telegram_username": "https://t.me/Alice_in_w"}, True),
    ({"telegram_username": "a__b"}, False),
    ({"telegram_username": "abc"}, False),
    ({"telegram_username": "x" * 33}, False),
    ({"nickname": "x"}, False),
]


@pytest.mark.parametrize(("body", "is_good"), PROFILE)
def test_a_change_of_the_profile_fits_where_it_is_taken(
    call: Caller, document: Any, body: dict[str, Any], is_good: bool
) -> None:
    assert fits(document, "ProfilePatch", body) is is_good
    assert (call.patch("/me", body).status_code == 200) is is_good


SIGN_UPS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"timezone": "Europe/Moscow", "language": "ru"}, True),
    ({"language": "de"}, False),
    ({"password": "short"}, False),
    ({"password": "8265738293847"}, False),
    ({"password": "quiet\nriver 42"}, False),
    ({"email": "nobody"}, False),
    ({"email": "x" * 250 + "@example.org"}, False),
    ({"nickname": "x"}, False),
]


@pytest.mark.parametrize(("change", "is_good"), SIGN_UPS)
def test_a_sign_up_fits_where_it_is_taken(document: Any, change: dict[str, Any], is_good: bool) -> None:
    body = {"email": "new@example.org", "password": "quiet-river-42"} | change
    schema = document["paths"][SIGN_UP]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert validator(document, schema).is_valid(body) is is_good
    response = Client().post(SIGN_UP, body, "application/json")
    assert (response.status_code == (401 if settings.HAS_SMTP else 200)) is is_good
