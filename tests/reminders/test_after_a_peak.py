"""The table of envelopes, once it was full and is empty again."""

import pytest
from django.db import connection

from accounts.models import Person
from reminders.models import Envelope
from tests.reminders.conftest import DUE

PEAK = 5000
# What the foreign key of a reminder asks, planned once in a session and then kept.
ASKED_BY_THE_FOREIGN_KEY = "SELECT 1 FROM ONLY reminders_envelope x WHERE id = 1 FOR KEY SHARE OF x"


@pytest.mark.django_db(transaction=True)
def test_a_session_that_starts_between_two_peaks_looks_envelopes_up_by_their_index(alice: Person) -> None:
    Envelope.objects.bulk_create(Envelope(person=alice, due_at=DUE, available_at=DUE) for _ in range(PEAK))
    Envelope.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reminders_envelope")
        cursor.execute(f"EXPLAIN {ASKED_BY_THE_FOREIGN_KEY}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "reminders_envelope_pkey" in plan
    assert "Seq Scan" not in plan
