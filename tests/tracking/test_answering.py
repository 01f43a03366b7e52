"""Answers over the API: what is taken, what is refused, and what is shown."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import Person
from accounts.services import update_profile
from habits.models import Habit
from habits.services import update_habit
from tests.habits.conftest import Caller, errors_of
from tests.tracking.conftest import DAY, MINUTE, NOW, TODAY, answer, answers, path_of
from tracking.models import CheckIn

DONE = {"status": "done"}


def put(call: Caller, habit: Habit, body: object, date: object = TODAY) -> Any:
    return call("PUT", path_of(habit, date), body)


def test_a_date_is_answered_changed_and_taken_back(call: Caller, useful: Habit, frozen: Any) -> None:
    first = put(call, useful, DONE | {"note": "  Two laps. "})
    assert (first.status_code, first.json()) == (
        201,
        {
            "date": "2026-01-31",
            "status": "done",
            "note": "Two laps.",
            "source": "api",
            "answered_at": "2026-01-30T22:30:00Z",
        },
    )
    assert first["Location"] == f"http://testserver/api/v1{path_of(useful, TODAY)}"
    frozen.shift(5 * MINUTE)
    second = put(call, useful, {"status": "skipped", "note": None})
    assert (second.status_code, "Location" in second) == (200, False)
    assert second.json() == first.json() | {
        "status": "skipped",
        "note": None,
        "answered_at": "2026-01-30T22:35:00Z",
    }
    assert call.get(path_of(useful)).json() == {"results": [second.json()]}
    for _twice in range(2):
        assert call.delete(path_of(useful, TODAY)).status_code == 204
    assert call.get(path_of(useful)).json() == {"results": []}
    assert put(call, useful, DONE).status_code == 201


def test_the_same_answer_again_changes_nothing(call: Caller, useful: Habit, frozen: Any) -> None:
    first = put(call, useful, DONE | {"note": "Two laps."})
    frozen.shift(5 * MINUTE)
    for same in (DONE | {"note": "Two laps."}, DONE):
        again = put(call, useful, same)
        assert (again.status_code, again.json()) == (200, first.json())


def test_a_note_stays_until_it_is_changed_or_taken_away(call: Caller, useful: Habit) -> None:
    put(call, useful, DONE | {"note": "Two laps."})
    assert put(call, useful, {"status": "skipped"}).json()["note"] == "Two laps."
    assert put(call, useful, {"status": "skipped", "note": "My knee."}).json()["note"] == "My knee."
    assert put(call, useful, {"status": "skipped", "note": None}).json()["note"] is None


def test_it_says_where_the_answer_as_it_stands_came_from(call: Caller, useful: Habit) -> None:
    answer(useful, source=CheckIn.Source.BOT)
    assert put(call, useful, DONE).json()["source"] == "bot"
    assert put(call, useful, {"status": "skipped"}).json()["source"] == "api"


@pytest.mark.parametrize(
    ("date", "code"),
    [
        (TODAY, None),
        (TODAY - DAY, None),
        (TODAY - 7 * DAY, None),
        (TODAY + DAY, "in_future"),
        (TODAY + 400 * DAY, "in_future"),
        (TODAY - 8 * DAY, "too_long_ago"),
        (dt.date(1900, 1, 1), "too_long_ago"),
    ],
)
def test_a_week_back_can_be_answered_and_nothing_ahead(
    call: Caller, useful: Habit, date: dt.date, code: str | None
) -> None:
    answered, taken_back = put(call, useful, DONE, date), call.delete(path_of(useful, date))
    if code is None:
        assert (answered.status_code, taken_back.status_code) == (201, 204)
        return
    for refused in (answered, taken_back):
        assert refused.status_code == 422
        assert [(error["field"], error["code"]) for error in refused.json()["errors"]] == [("date", code)]
    assert answers(useful) == {}


def test_how_far_back_is_a_setting(call: Caller, useful: Habit, settings: Any) -> None:
    settings.CHECK_IN_DAYS_BACK = 1
    assert put(call, useful, DONE, TODAY - DAY).status_code == 201
    refused = put(call, useful, DONE, TODAY - 2 * DAY)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "Only today and the last 1 day can be answered."


def test_today_is_what_the_persons_own_clock_says(bob: Person, bobs: Habit, frozen: Any) -> None:
    call = Caller(bob)
    assert put(call, bobs, DONE, TODAY).status_code == 422
    assert put(call, bobs, DONE, TODAY - DAY).status_code == 201
    update_profile(person=bob, changes={"timezone": "Asia/Tokyo"}, now=NOW)
    assert put(call, bobs, DONE, TODAY).status_code == 201


def test_a_date_may_be_answered_whether_it_was_due_or_not(call: Caller, alice: Person, useful: Habit) -> None:
    update_habit(person=alice, habit_id=useful.pk, now=NOW, weekdays=[1], is_paused=True)
    assert TODAY.isoweekday() != 1
    assert put(call, useful, DONE).status_code == 201


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"status"}),
        ({"status": None}, {"status"}),
        ({"status": "missed"}, {"status"}),
        ({"status": True}, {"status"}),
        ({"note": "Two laps."}, {"status"}),
        (DONE | {"note": ""}, {"note"}),
        (DONE | {"note": "  "}, {"note"}),
        (DONE | {"note": "one\ntwo"}, {"note"}),
        (DONE | {"note": "nul \0"}, {"note"}),
        (DONE | {"note": "x" * 201}, {"note"}),
        (DONE | {"note": "x" * 60_000}, {"note"}),
        (DONE | {"note": 5}, {"note"}),
        (DONE | {"source": "admin"}, {"source"}),
        (DONE | {"date": "2026-01-30"}, {"date"}),
        ([], {None}),
    ],
)
def test_a_bad_body_is_refused_by_field_and_nothing_is_written(
    call: Caller, useful: Habit, body: object, fields: set[str | None]
) -> None:
    refused = put(call, useful, body)
    assert (refused.status_code, errors_of(refused)) == (422, fields)
    assert answers(useful) == {}


def test_all_that_is_wrong_is_told_at_once(call: Caller, pleasant: Habit) -> None:
    refused = put(call, pleasant, DONE | {"note": "a\nb"}, TODAY + DAY)
    assert refused.status_code == 422
    assert errors_of(refused) == {None, "date", "note"}


@pytest.mark.parametrize(
    "date", ["2026-02-30", "31.01.2026", "2026-1-31", "20260131", "today", "1899-12-31", "9999-12-31"]
)
def test_what_is_no_date_is_refused(call: Caller, useful: Habit, date: str) -> None:
    for refused in (put(call, useful, DONE, date), call.delete(path_of(useful, date))):
        assert (refused.status_code, errors_of(refused)) == (422, {"date"})


def test_a_pleasant_habit_is_a_prize_and_not_answered(call: Caller, pleasant: Habit) -> None:
    refused = put(call, pleasant, DONE)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "pleasant_habit"
    assert call.get(path_of(pleasant)).json() == {"results": []}


def test_it_speaks_the_language_of_whoever_asks(alice: Person, useful: Habit, frozen: Any) -> None:
    refused = put(Caller(alice, language=None), useful, DONE, TODAY - 8 * DAY)
    assert refused.json()["errors"][0]["message"] == "Отметить можно только сегодня и 7 предыдущих дней."


def test_anothers_habit_is_not_there(call: Caller, useful: Habit, bobs: Habit) -> None:
    nowhere = Habit(pk=useful.pk + 1000)
    answer(bobs, date=TODAY - DAY)
    for habit in (bobs, nowhere, Habit(pk=2**63)):
        assert put(call, habit, DONE, TODAY - DAY).status_code == 404
        assert call.delete(path_of(habit, TODAY - DAY)).status_code == 404
        assert call.get(path_of(habit)).status_code == 404
    assert answers(bobs) == {TODAY - DAY: ("done", None)}


def test_a_public_habit_is_answered_by_its_owner_alone(call: Caller, bob: Person, bobs: Habit) -> None:
    update_habit(person=bob, habit_id=bobs.pk, now=NOW, is_public=True)
    assert put(call, bobs, DONE, TODAY - DAY).status_code == 404


def test_a_stranger_is_asked_to_sign_in(useful: Habit) -> None:
    stranger = Caller(None)
    for method, path in (("GET", path_of(useful)), ("PUT", path_of(useful, TODAY)), ("DELETE", path_of(useful, TODAY))):
        assert stranger(method, path, DONE if method == "PUT" else None).status_code == 401
