"""Old reminders go, and nothing else does."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Person
from habits.models import Habit
from reminders.models import Envelope, Reminder
from reminders.pruning import prune_reminders
from tests.reminders.conftest import DAY, DUE, MINUTE, due_habit

OLDEST_KEPT = DUE - settings.REMINDERS_KEPT_FOR


@pytest.fixture
def habit(alice: Person) -> Habit:
    return due_habit(alice)


def reminder(habit: Habit, due_at: dt.datetime, state: str = "sent") -> Reminder:
    given: dict[str, Any] = {"settled_at": due_at}
    if state == "waiting":
        given = {"envelope": Envelope.objects.create(person=habit.owner, due_at=due_at, available_at=due_at)}
    elif state == "failed":
        given["error"] = "?"
    return Reminder.objects.create(habit=habit, due_at=due_at, date=due_at.date(), state=state, **given)


def left() -> list[dt.datetime]:
    return list(Reminder.objects.order_by("due_at").values_list("due_at", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["sent", "missed", "failed", "cancelled"])
def test_a_settled_reminder_goes_once_it_is_older_than_it_is_kept(habit: Habit, state: str) -> None:
    reminder(habit, OLDEST_KEPT - MINUTE, state)
    reminder(habit, OLDEST_KEPT, state)
    assert prune_reminders(now=DUE) == 1
    assert left() == [OLDEST_KEPT]


@pytest.mark.django_db
def test_a_waiting_one_stays_however_old(habit: Habit) -> None:
    reminder(habit, OLDEST_KEPT - 300 * DAY, "waiting")
    assert prune_reminders(now=DUE) == 0
    assert left() == [OLDEST_KEPT - 300 * DAY]


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 2, 3, 7, 100])
def test_it_goes_on_past_what_stays_until_nothing_is_old(habit: Habit, batch: int) -> None:
    for days in range(1, 8):
        reminder(habit, OLDEST_KEPT - days * DAY, "waiting" if days % 3 == 0 else "sent")
    reminder(habit, DUE)
    assert prune_reminders(now=DUE, batch=batch) == 5
    assert left() == [OLDEST_KEPT - 6 * DAY, OLDEST_KEPT - 3 * DAY, DUE]


@pytest.mark.django_db
def test_it_stops_when_its_time_is_up_and_the_next_call_goes_on(habit: Habit) -> None:
    for days in range(1, 5):
        reminder(habit, OLDEST_KEPT - days * DAY)
    assert [prune_reminders(now=DUE, batch=3, budget=0) for _ in range(3)] == [3, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_delete_each_row_once_and_wait_for_nobody(habit: Habit) -> None:
    for number in range(300):
        reminder(habit, OLDEST_KEPT - (number + 1) * MINUTE)
    held = reminder(habit, OLDEST_KEPT - DAY)
    barrier, pruned = threading.Barrier(2), []

    def prune() -> None:
        barrier.wait()
        pruned.append(prune_reminders(now=DUE, batch=10, budget=60))
        connection.close()

    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM reminders_reminder WHERE id = %s FOR UPDATE", [held.pk])
        threads = [threading.Thread(target=prune) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        cursor.execute("COMMIT")
    assert sum(pruned) == 300
    assert left() == [held.due_at]


@pytest.mark.django_db
def test_a_batch_reads_no_more_than_itself_however_many_there_are(habit: Habit) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reminders_reminder (habit_id, due_at, date, kind, state, settled_at)"
            " SELECT %s, %s + n * interval '1 second', current_date, 'occurrence', 'sent', now()"
            " FROM generate_series(1, 60000) n",
            [habit.pk, OLDEST_KEPT - DAY],
        )
        cursor.execute("ANALYZE reminders_reminder")
    assert prune_reminders(now=DUE, batch=500, budget=0) == 500
    with connection.cursor() as cursor:
        from reminders.pruning import PRUNE

        cursor.execute(f"EXPLAIN {PRUNE}", {"before": OLDEST_KEPT, "limit": 500, "after": 0})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using reminders_reminder_pkey on reminders_reminder " in plan
    assert "Seq Scan on reminders_reminder" not in plan, plan
