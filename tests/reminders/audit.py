"""The account that is settled at the end: what became of every reminder, and whether it may have become that."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from django.conf import settings
from django.db import connection

from reminders.claims import MAX_ATTEMPTS
from reminders.models import Envelope, Reminder
from reminders.sweeping import LOST_CLAIM
from tests.reminders.model import Model
from tests.reminders.workers import Worker
from tracking.queries import HabitDate

RAN_OUT = """
SELECT r.id FROM reminders_envelope e JOIN reminders_reminder r ON r.envelope_id = e.id
WHERE e.claim_token IS NOT NULL AND e.claimed_until < clock_timestamp()
"""


class Excuses:
    """Why a reminder may have failed, or may have been cancelled though nobody withdrew it."""

    def __init__(self) -> None:
        self.refused: set[int] = set()
        self.gone: set[int] = set()
        self.attempts: Counter[int] = Counter()

    def note(self, end: str, reminders: Iterable[int]) -> None:
        if end == "rejected":
            self.refused.update(reminders)
        elif end == "gone":
            self.gone.update(reminders)
        elif end == "unforeseen":
            self.attempts.update(reminders)

    def note_claims_that_ran_out(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAN_OUT)
            self.attempts.update({pk: LOST_CLAIM for (pk,) in cursor.fetchall()})


def check(model: Model, workers: Sequence[Worker], excuses: Excuses, answers: Collection[HabitDate]) -> Counter[str]:
    """Every promise was kept, once; how they ended."""
    assert not Envelope.objects.exists()
    rows = list(Reminder.objects.order_by("pk"))
    assert Counter((row.habit_id, row.due_at) for row in rows) == Counter(model.promised)
    settled: Counter[int] = Counter()
    unsettled: Counter[int] = Counter()
    for worker in workers:
        settled += worker.settled
        unsettled += worker.unsettled
    for row in rows:
        once = (row.habit_id, row.due_at)
        assert settled[row.pk] == (row.state == "sent"), row
        if row.state == "missed":
            assert model.latest - row.due_at > settings.REMINDER_MAKES_SENSE_FOR
        elif row.state == "failed":
            assert row.pk in excuses.refused or excuses.attempts[row.pk] >= MAX_ATTEMPTS
        elif row.state == "cancelled":
            assert once in model.withdrawn or row.pk in excuses.gone or (row.habit_id, row.date) in answers
        else:
            assert row.state == "sent"
    return Counter(row.state for row in rows) + Counter(repeated=(unsettled - Counter()).total())
