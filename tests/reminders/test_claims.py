"""Leases and tokens: who may settle what."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Person
from reminders import claims, sweeping
from reminders.claims import MAX_ATTEMPTS, Claim, Outcome, Told, claim, renew, settle
from reminders.courier import key
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from reminders.sweeping import LONGEST_LEASE, LOST_CLAIM, release_expired
from tests.people import make_person
from tests.reminders.conftest import DUE, MINUTE, due_habit, envelope, states

pytestmark = pytest.mark.django_db

LEASE = dt.timedelta(seconds=30)


def claimed(**changes: Any) -> Claim:
    """The only envelope, claimed under a lease that has begun; `ended=True` for one that is over."""
    [found] = claim(now=DUE, limit=10, lease=-LEASE if changes.get("ended") else LEASE)
    return found


def sent(claim: Claim) -> Outcome:
    told = [Told(pk, Reminder.State.SENT, message_id=7) for pk in Reminder.objects.values_list("pk", flat=True)]
    return Outcome(claim.envelope_id, claim.token, claim.attempts, told)


@pytest.fixture(autouse=True)
def servers_clients_are_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite's server may have started just now, and a claim is not taken back right after a restart."""
    monkeypatch.setattr(sweeping, "RESTART_GRACE", dt.timedelta(0))


@pytest.fixture
def habit(alice: Person) -> Any:
    habit = due_habit(alice)
    plan(now=DUE)
    return habit


def test_it_claims_what_is_available_the_longest_available_first() -> None:
    for number in range(5):
        due_habit(make_person(f"P{number}"), at=DUE - number * MINUTE)
    plan(now=DUE)
    Envelope.objects.filter(due_at=DUE - 4 * MINUTE).update(available_at=DUE + MINUTE)
    found = [one.available_at for one in claim(now=DUE, limit=3, lease=LEASE)]
    assert found == [DUE - 3 * MINUTE, DUE - 2 * MINUTE, DUE - MINUTE]
    assert [one.available_at for one in claim(now=DUE, limit=3, lease=LEASE)] == [DUE]
    assert claim(now=DUE, limit=3, lease=LEASE) == []


def test_settling_keeps_what_was_sent_and_lets_the_envelope_go(habit: Any) -> None:
    mine = claimed()
    assert settle([sent(mine)], now=DUE + MINUTE) == {key(mine)}
    reminder = Reminder.objects.get()
    assert (reminder.state, reminder.message_id, reminder.settled_at) == ("sent", 7, DUE + MINUTE)
    assert not Envelope.objects.exists()


def test_a_stalled_worker_that_wakes_up_changes_nothing(habit: Any) -> None:
    stalled = claimed(ended=True)
    assert release_expired(now=DUE) == 1
    [other] = claim(now=DUE + MINUTE, limit=1, lease=LEASE)
    before = Envelope.objects.values().get()
    assert settle([sent(stalled)], now=DUE + MINUTE) == set()
    assert renew([key(stalled)], lease=LEASE) == set()
    assert Envelope.objects.values().get() == before
    assert states(habit) == [(DUE, "waiting")]
    assert settle([sent(other)], now=DUE + MINUTE) == {key(other)}


@pytest.mark.parametrize("order", [1, -1])
def test_a_worker_that_lost_its_claim_and_has_it_again_settles_under_the_new_one_alone(habit: Any, order: int) -> None:
    lost = claimed(ended=True)
    release_expired(now=DUE)
    [again] = claim(now=DUE + MINUTE, limit=1, lease=LEASE)
    later = Outcome(again.envelope_id, again.token, 3, retry_at=DUE + 5 * MINUTE, error="HTTP 502")
    assert settle([sent(lost), later][::order], now=DUE + MINUTE) == {key(again)}
    assert states(habit) == [(DUE, "waiting")]
    back = envelope()
    assert (back.claim_token, back.available_at, back.attempts) == (None, DUE + 5 * MINUTE, 3)


def test_settling_twice_changes_nothing_the_second_time(habit: Any) -> None:
    mine = claimed()
    settle([sent(mine)], now=DUE)
    assert settle([sent(mine)], now=DUE + MINUTE) == set()
    assert Reminder.objects.get().settled_at == DUE


def test_a_claim_that_is_renewed_does_not_run_out(habit: Any) -> None:
    mine = claimed(ended=True)
    held = {key(mine)}
    assert renew(held, lease=LEASE) == held
    assert release_expired(now=DUE) == 0


def test_a_claim_within_its_lease_is_left_alone(habit: Any) -> None:
    claimed()
    assert release_expired(now=DUE + dt.timedelta(days=1)) == 0


def test_an_expired_claim_waits_again_and_counts(habit: Any) -> None:
    claimed(ended=True)
    release_expired(now=DUE)
    back = envelope()
    assert (back.claim_token, back.claimed_until, back.attempts) == (None, None, LOST_CLAIM)
    assert DUE < back.available_at <= DUE + dt.timedelta(seconds=2)


def test_an_envelope_that_takes_its_workers_along_is_set_aside_as_failed(habit: Any) -> None:
    for deaths in range(1, MAX_ATTEMPTS // LOST_CLAIM + 1):
        Envelope.objects.update(available_at=DUE)
        claimed(ended=True)
        release_expired(now=DUE)
        assert Envelope.objects.exists() == (deaths < MAX_ATTEMPTS // LOST_CLAIM)
    failed = Reminder.objects.get()
    assert (failed.state, failed.error, failed.settled_at) == ("failed", sweeping.RAN_OUT, DUE)


def test_claims_are_not_taken_back_right_after_the_server_started(habit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "RESTART_GRACE", dt.timedelta(days=10_000))
    claimed(ended=True)
    assert release_expired(now=DUE) == 0


def test_what_was_cancelled_on_its_way_is_recorded_as_sent_if_it_was(habit: Any) -> None:
    mine = claimed()
    Reminder.objects.update(state="cancelled", settled_at=DUE, envelope=None)
    settle([sent(mine)], now=DUE)
    assert states(habit) == [(DUE, "sent")]


def test_what_was_cancelled_meanwhile_is_not_revived_by_a_failure(habit: Any) -> None:
    mine = claimed()
    Reminder.objects.update(state="cancelled", settled_at=DUE, envelope=None)
    failed = [Told(pk, Reminder.State.FAILED, error="?") for pk in Reminder.objects.values_list("pk", flat=True)]
    settle([Outcome(mine.envelope_id, mine.token, 1, failed)], now=DUE)
    assert states(habit) == [(DUE, "cancelled")]


def test_backoff_doubles_with_jitter_up_to_a_limit() -> None:
    for attempts in range(1, MAX_ATTEMPTS):
        longest = min(120, 2**attempts)
        waits = {claims.backoff(attempts) for _ in range(20)}
        assert longest / 2 <= min(waits) < max(waits) <= longest


BROKEN: list[tuple[str, str]] = [
    ("UPDATE reminders_envelope SET claim_token = %s", "claimed_envelope_has_token_and_lease"),
    ("UPDATE reminders_reminder SET envelope_id = NULL", "waiting_reminder_travels_in_an_envelope"),
    ("UPDATE reminders_reminder SET settled_at = due_at", "settled_reminder_has_its_moment"),
    ("UPDATE reminders_reminder SET message_id = 1", "only_a_sent_reminder_has_a_message"),
    ("UPDATE reminders_reminder SET state = 'lost'", "reminder_state_is_known"),
    ("DELETE FROM reminders_envelope", "reminder_is_in_an_envelope"),
    (
        "UPDATE reminders_reminder SET state = 'failed', settled_at = due_at, envelope_id = NULL",
        "failed_reminder_keeps_its_error",
    ),
    (
        "INSERT INTO reminders_reminder (habit_id, due_at, date, kind, state, settled_at)"
        " SELECT habit_id, due_at, date, kind, 'missed', due_at FROM reminders_reminder",
        "one_reminder_for_a_habit_and_moment",
    ),
]


@pytest.mark.parametrize(("statement", "rule"), BROKEN, ids=[rule for _, rule in BROKEN])
def test_the_database_itself_refuses_to_lose_a_reminder(habit: Any, statement: str, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [uuid.uuid4()] if "%s" in statement else None)


def test_a_lease_that_the_databases_clock_was_set_back_from_is_cut_but_not_ended(habit: Any) -> None:
    [held] = claim(now=DUE, limit=1, lease=LEASE + dt.timedelta(hours=1))
    assert release_expired(now=DUE) == 0
    assert envelope().claim_token == held.token
    with connection.cursor() as cursor:
        cursor.execute("SELECT claimed_until - clock_timestamp() FROM reminders_envelope")
        assert dt.timedelta(0) < cursor.fetchone()[0] <= LONGEST_LEASE


def test_other_leases_keep_their_length(habit: Any) -> None:
    claim(now=DUE, limit=1, lease=LEASE)
    until = envelope().claimed_until
    assert release_expired(now=DUE) == 0
    assert envelope().claimed_until == until
