"""The question that planning and sending ask of many dates at once."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from habits.models import Habit
from tests.tracking.conftest import DAY, NOW, TODAY, answer
from tracking.models import CheckIn
from tracking.queries import ANSWERED, answered, answers_of, columns


def test_it_tells_which_of_many_dates_are_answered_done_or_skipped(useful: Habit, bobs: Habit) -> None:
    answer(useful)
    answer(useful, "skipped", date=TODAY - DAY)
    answer(bobs, date=TODAY - DAY)
    pairs = [(habit, TODAY - n * DAY) for habit in (useful.pk, bobs.pk, 10**9) for n in range(3)]
    assert answered(pairs) == {(useful.pk, TODAY), (useful.pk, TODAY - DAY), (bobs.pk, TODAY - DAY)}
    assert answered(set(pairs)) == answered(pairs * 2) == answered(pairs)
    assert answered([]) == set()


def test_it_is_one_query_however_many_and_reads_by_the_index(alice: Person, useful: Habit) -> None:
    habits = Habit.objects.bulk_create(
        Habit(owner=alice, action="tea", is_pleasant=True, starts_on=TODAY, created_at=NOW, updated_at=NOW)
        for _ in range(100)
    )
    # No statistics are gathered within the test: what PostgreSQL believes of the table is wrong.
    CheckIn.objects.bulk_create(
        CheckIn(habit=habit, date=TODAY - n * DAY, status="done", source="api", answered_at=NOW)
        for habit in habits
        for n in range(100)
    )
    pairs: list[tuple[int, dt.date]] = [(habit.pk, TODAY - n * DAY) for habit in habits for n in range(90, 110)]
    with CaptureQueriesContext(connection) as queries:
        found = answered(pairs)
    assert len(queries) == 1
    assert len(found) == 1000
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + ANSWERED, columns(pairs))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "using one_check_in_for_a_habit_and_date" in plan
    assert "Seq Scan" not in plan


def test_the_answers_of_a_message_are_the_persons_own(alice: Person, useful: Habit, bobs: Habit) -> None:
    mine = answer(useful)
    answer(useful, date=TODAY - DAY)
    answer(bobs, date=TODAY - DAY)
    asked = [(useful.pk, TODAY), (useful.pk, TODAY - 2 * DAY), (bobs.pk, TODAY - DAY)]
    with CaptureQueriesContext(connection) as queries:
        assert answers_of(person=alice, dates=asked) == {(useful.pk, TODAY): mine}
    assert len(queries) == 1
    assert answers_of(person=alice, dates=[]) == {}
