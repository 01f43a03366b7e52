"""The tables stay small: partial indexes hold what is under way, and space is used again."""

import pytest
from django.db import connection

from habits.models import Schedule
from reminders.claims import Outcome, Told, claim, settle
from reminders.courier import LEASE
from reminders.models import Reminder
from reminders.planner import plan
from reminders.pruning import prune_reminders
from tests.people import make_person
from tests.reminders.conftest import DAY, DUE, due_habit

PEOPLE, DAYS = 40, 60
INDEXES = ("schedules_due", "envelopes_waiting", "envelopes_claimed", "reminders_in_envelopes")
TABLES = ("habits_schedule", "reminders_envelope", "reminders_reminder")
PAGE = 8192


def sizes(*names: str) -> dict[str, int]:
    """Pages of each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname = ANY (%s)", [list(names)])
        return {name: size // PAGE for name, size in cursor.fetchall()}


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM " + ", ".join(TABLES))


def live(day: int) -> None:
    """A day of the engine: everyone is planned, claimed and told, and what is old goes."""
    now = DUE + day * DAY
    plan(now=now)
    claims = claim(now=now, limit=1000, lease=LEASE)
    told: dict[int | None, list[Told]] = {}
    waiting = Reminder.objects.filter(state="waiting").values_list("pk", "envelope_id")
    for pk, envelope_id in waiting:
        told.setdefault(envelope_id, []).append(Told(pk, Reminder.State.SENT, message_id=1))
    outcomes = [Outcome(one.envelope_id, one.token, one.attempts, told[one.envelope_id]) for one in claims]
    assert len(settle(outcomes, now=now)) == PEOPLE
    prune_reminders(now=now)
    vacuum()


@pytest.mark.django_db(transaction=True)
def test_two_months_leave_the_indexes_of_what_is_under_way_as_small_as_two_days_do() -> None:
    for number in range(PEOPLE):
        due_habit(make_person(f"P{number}"))
    for day in range(DAYS):
        live(day)
        if day == 1:
            early = sizes(*INDEXES, "reminders_envelope", "habits_schedule")
        if day == 31:
            month = sizes("reminders_reminder", "one_reminder_for_a_habit_and_moment")
    assert Schedule.objects.count() == PEOPLE
    assert Reminder.objects.count() == PEOPLE * 31
    late = sizes(*early)
    assert all(late[name] <= early[name] + 2 for name in early), (early, late)
    # A day's worth beyond a month's, since what is old goes after what is new has come; and no more.
    grown = sizes(*month)
    assert all(grown[name] <= month[name] * 1.2 + 2 for name in month), (month, grown)


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_hot_tables_are_vacuumed_long_before_a_fifth_of_them_is_dead(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(option, '=', 2)::float FROM pg_class, unnest(reloptions) option"
            " WHERE relname = %s AND option LIKE 'autovacuum_vacuum_scale_factor=%%'",
            [table],
        )
        [(share,)] = cursor.fetchall()
    assert share <= 0.02
