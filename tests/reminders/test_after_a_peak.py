"""Around a peak, tables are not what PostgreSQL has last seen of them; nothing may be read through for that."""

import datetime as dt
from typing import cast

import pytest
from django.db import connection, transaction

from accounts.models import Person
from benchmarks import crowd
from reminders.models import Envelope
from reminders.planner import plan
from tests.reminders.conftest import DUE, due_habit

PEAK = 5000
# What the foreign key of a reminder asks, planned once in a session and then kept.
ASKED_BY_THE_FOREIGN_KEY = "SELECT 1 FROM ONLY reminders_envelope x WHERE id = 1 FOR KEY SHARE OF x"
READ_THROUGH = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'reminders_envelope'"
ROWS_READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'habits_schedule'"


def vacuum() -> None:
    """What has been vacuumed is known to be empty; what never was is taken for a few pages."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reminders_envelope")


@pytest.mark.django_db(transaction=True)
def test_a_session_that_starts_between_two_peaks_looks_envelopes_up_by_their_index(alice: Person) -> None:
    Envelope.objects.bulk_create(Envelope(person=alice, due_at=DUE, available_at=DUE) for _ in range(PEAK))
    Envelope.objects.all().delete()
    vacuum()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {ASKED_BY_THE_FOREIGN_KEY}")
        explained = "\n".join(row[0] for row in cursor.fetchall())
    assert "reminders_envelope_pkey" in explained
    assert "Seq Scan" not in explained


@pytest.mark.django_db(transaction=True)
def test_planning_never_reads_the_envelopes_through_even_where_there_never_were_any(alice: Person) -> None:
    for action in ("run", "read", "write"):
        due_habit(alice, action=action)
    vacuum()
    connection.close()  # a session that has planned no check yet
    with transaction.atomic():
        assert plan(now=DUE).waiting == 3
        with connection.cursor() as cursor:
            cursor.execute(READ_THROUGH)
            assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_planning_a_peak_reads_a_schedule_a_few_times_whatever_statistics_say() -> None:
    connection.ensure_connection()
    crowd.spread(cast(crowd.Database, connection.connection), 2 * PEAK, told=lambda _done: None)
    with transaction.atomic():
        # While it goes on, ever less is due, and ever more lies beyond what was there when statistics were made.
        assert plan(now=crowd.MORNING + dt.timedelta(minutes=crowd.MINUTES)).waiting == 2 * PEAK
        with connection.cursor() as cursor:
            cursor.execute(ROWS_READ)
            [(rows,)] = cursor.fetchall()
    assert rows < 50 * 2 * PEAK
