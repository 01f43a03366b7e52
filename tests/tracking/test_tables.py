"""What the database itself holds, whatever writes."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from habits.models import Habit
from tests.tracking.conftest import DAY, NOW, TODAY, answer
from tracking.models import CheckIn, LastDeed, Phase

ANSWER: dict[str, Any] = {"date": TODAY, "status": "done", "source": "api", "answered_at": NOW}
PHASE: dict[str, Any] = {
    "starts": TODAY, "every_days": 1, "counted_from": TODAY, "time": dt.time(7), "timezone": "UTC"
}  # fmt: skip
FROM_JANUARY_TO_MARCH = {"starts": dt.date(2026, 1, 1), "ends": dt.date(2026, 3, 1)}


@pytest.fixture
def habit(useful: Habit) -> Habit:
    """Without the phase that it was born with."""
    useful.phases.all().delete()
    return useful


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([ANSWER, ANSWER | {"status": "skipped"}], "one_check_in_for_a_habit_and_date"),
        ([ANSWER | {"status": "missed"}], "check_in_status_is_known"),
        ([ANSWER | {"source": "mail"}], "check_in_source_is_known"),
        ([ANSWER | {"note": ""}], "check_in_note_is_null_when_absent"),
        ([ANSWER | {"note": "x" * 201}], "too long"),
    ],
)
def test_an_answer_is_sound(habit: Habit, rows: list[dict[str, Any]], rule: str) -> None:
    *sound, last = [CheckIn(habit=habit, **row) for row in rows]
    for row in sound:
        row.save()
    with pytest.raises(DatabaseError, match=rule), transaction.atomic():
        last.save()


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([PHASE, PHASE], "one_phase_of_a_habit_starts_on_a_date"),
        ([PHASE | {"ends": TODAY}], "phase_ends_after_it_starts"),
        ([PHASE | {"ends": TODAY - DAY}], "phase_ends_after_it_starts|lower bound"),
        ([PHASE | {"weekdays": (1,)}], "phase_is_every_days_or_weekdays"),
        ([PHASE | {"every_days": None}], "phase_is_every_days_or_weekdays"),
        ([PHASE | {"every_days": 8}], "phase_every_days_is_1_to_7"),
        ([PHASE | {"every_days": None, "weekdays": 128}], "phase_weekdays_are_a_non_empty_set"),
        ([PHASE, PHASE | {"starts": TODAY + DAY}], "phases_of_a_habit_do_not_overlap"),
        ([PHASE | FROM_JANUARY_TO_MARCH, PHASE], "phases_of_a_habit_do_not_overlap"),
        ([PHASE | FROM_JANUARY_TO_MARCH, PHASE | {"starts": dt.date(2025, 1, 1)}], "phases_of_a_habit_do_not_overlap"),
    ],
)
def test_phases_are_sound(habit: Habit, rows: list[dict[str, Any]], rule: str) -> None:
    *sound, last = [Phase(habit=habit, **row) for row in rows]
    for row in sound:
        row.save()
    with pytest.raises(DatabaseError, match=rule), transaction.atomic():
        last.save()


def test_phases_may_follow_each_other_and_other_habits_have_their_own(habit: Habit, bobs: Habit) -> None:
    bobs.phases.all().delete()
    for one in (habit, bobs):
        Phase.objects.create(habit=one, **PHASE | FROM_JANUARY_TO_MARCH)
        Phase.objects.create(habit=one, **PHASE | {"starts": FROM_JANUARY_TO_MARCH["ends"]})
    assert Phase.objects.count() == 4


def test_a_person_has_one_last_deed_of_a_known_kind(alice: Person) -> None:
    with pytest.raises(DatabaseError, match="last_deed_kind_is_known"), transaction.atomic():
        LastDeed.objects.create(person=alice, kind="thought", done_at=NOW, content={})
    LastDeed.objects.create(person=alice, kind="answer", done_at=NOW, content={})
    with pytest.raises(DatabaseError, match="tracking_lastdeed_pkey"), transaction.atomic():
        LastDeed.objects.create(person=alice, kind="answer", done_at=NOW, content={})


def test_a_habit_takes_its_answers_and_phases_along_in_the_database(useful: Habit, bobs: Habit) -> None:
    for habit, date in ((useful, TODAY), (bobs, TODAY - DAY)):
        answer(habit, date=date)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM habits_schedule WHERE habit_id = %s", [useful.pk])
        cursor.execute("DELETE FROM habits_habit WHERE id = %s", [useful.pk])
    for rows in (CheckIn.objects, Phase.objects):
        assert set(rows.values_list("habit", flat=True)) == {bobs.pk}


def test_no_answer_is_of_a_habit_that_is_not_there(useful: Habit) -> None:
    with pytest.raises(DatabaseError, match="check_in_is_of_a_habit"), transaction.atomic():
        CheckIn.objects.create(habit_id=useful.pk + 1000, **ANSWER)


def test_erasing_a_person_never_gathers_their_answers(alice: Person, useful: Habit) -> None:
    CheckIn.objects.bulk_create(CheckIn(habit=useful, **ANSWER | {"date": TODAY - n * DAY}) for n in range(500))
    with CaptureQueriesContext(connection) as queries:
        alice.delete()
    assert not any("tracking_checkin" in query["sql"] or "tracking_phase" in query["sql"] for query in queries)
    assert not CheckIn.objects.exists()
