"""What is counted of reminders on their way from planned to settled, and the backlog, which beat shows for all."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils import timezone

from contract.metrics import Counter, Gauge, Histogram, Reading
from reminders.models import Reminder
from reminders.queries import backlog

PLANNED = Counter("habits_reminders_planned_total", "Reminders that were put into envelopes.")
BATCHES = Histogram("habits_planner_batch_seconds", "How long the planner took for a batch of schedules that were due.")
SENT = Counter("habits_reminders_sent_total", "Reminders that were told, several of them in one message too.")
MISSED = Counter("habits_reminders_missed_total", "Reminders that could not go out while they still made sense.")
CANCELLED = Counter("habits_reminders_cancelled_total", "Reminders that were no longer wanted before they went.")
FAILED = Counter(
    "habits_reminders_failed_total",
    "Reminders given up, by what the last attempt ended in.",
    labels=["kind"],
    known=["rejected", "transient", "claim_ran_out", "error"],
)
LATENESS = Histogram(
    "habits_reminders_lateness_seconds",
    "From the due moment of a reminder to its being told.",
    buckets=(0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 120, 300, 900, 1800, 3600),
)
CLAIMED = Counter("habits_envelopes_claimed_total", "Envelopes that were claimed to be delivered.")
IN_FLIGHT = Gauge("habits_envelopes_in_flight", "Envelopes that are claimed here and not settled yet.")
TICKS = Counter("habits_ticks_total", "Ticks of beat that were worked on.")
OWN_TICKS = Counter("habits_own_ticks_total", "Ticks that workers did by themselves, beat or the broker being away.")
PRUNED = Counter("habits_reminders_pruned_total", "Old reminders that were deleted.")

# How kept errors begin (reminders.claims.said), for a handful of kinds.
KINDS = {
    "Rejected": "rejected",
    "Transient": "transient",
    "Unreached": "transient",
    "The claim ran out": "claim_ran_out",
}


def count_settled(settled: Iterable[tuple[str, dt.datetime, str | None]], *, now: dt.datetime) -> None:
    """Count reminders that became final: the state, the due moment and the error of each."""
    for state, due_at, error in settled:
        if state == Reminder.State.SENT:
            SENT.inc()
            LATENESS.observe(max(0.0, (now - due_at).total_seconds()))
        elif state == Reminder.State.MISSED:
            MISSED.inc()
        elif state == Reminder.State.CANCELLED:
            CANCELLED.inc()
        elif state == Reminder.State.FAILED:
            FAILED.inc(kind=KINDS.get((error or "").partition(":")[0], "error"))


def of_the_system() -> Iterator[Reading]:
    """The backlog as the database has it at this moment."""
    now = timezone.now()
    found = backlog(now=now)
    yield Reading("habits_reminders_waiting", "Reminders that are due and wait to be told.", found.due)
    yield Reading(
        "habits_reminders_oldest_waiting_age_seconds",
        "How long ago the oldest reminder that still waits was due; 0 where none does.",
        found.lag(now=now).total_seconds(),
    )
    yield Reading("habits_envelopes_claimed", "Envelopes under a claim, in all processes.", found.claimed)
    yield Reading("habits_claims_expired", "Claims that ran out and were not taken back yet.", found.expired)
