"""How PostgreSQL goes about the engine's statements among a million habits: by index, never through a table."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import Person
from accounts.services import update_profile
from reminders.channels import current_channel
from reminders.claims import Outcome, Told, claim, renew, settle
from reminders.letters import open_envelopes
from reminders.models import Reminder
from reminders.moving import is_moved
from reminders.planner import plan
from reminders.snoozing import snooze, snoozed
from reminders.sweeping import release_expired
from tests.bot_api.fixtures import TOKEN
from tests.conftest import fresh_copy
from tests.reminders.conftest import DAY, DUE, MINUTE
from tests.reminders.explained import TABLES, explained

pytestmark = pytest.mark.long

HABITS = 1_000_000
PEOPLE = HABITS // 5
PEAK = HABITS // 10  # habits due in the same minute, and envelopes that wait
LEASE = dt.timedelta(seconds=30)

# Everybody has five habits: a tenth of the people at the peak, the others by the minute after it. All were done the day
# before yesterday, and missed since.
FILL = f"""
INSERT INTO accounts_person (id, password, is_superuser, timezone, timezone_told, language, is_active, is_staff,
    created_at)
SELECT n, '', false, 'UTC', true, 'en', true, false, '{DUE}' FROM generate_series(1, {PEOPLE}) n;
INSERT INTO telegram_chat (chat_id, person_id, linked_at, seen_at)
SELECT n, n, '{DUE}', '{DUE}' FROM generate_series(1, {PEOPLE}) n;
INSERT INTO habits_habit (id, owner_id, action, place, time, duration, every_days, starts_on, is_pleasant, is_public,
    is_paused, reward, version, created_at, updated_at)
SELECT n, 1 + (n - 1) / 5, 'run', 'the park', '07:00', 60, 1, '2026-01-01', false, false, false, 'tea', 1, '{DUE}',
    '{DUE}'
FROM generate_series(1, {HABITS}) n;
INSERT INTO habits_schedule (habit_id, person_id, time, every_days, starts_on, timezone, next_at)
SELECT n, 1 + (n - 1) / 5, at::time, 1, '2026-01-01', 'UTC', at
FROM generate_series(1, {HABITS}) n, LATERAL (
    SELECT timestamptz '{DUE}' + CASE WHEN n <= {PEAK} THEN 0 ELSE 1 + (n - 1) / 5 % 1400 END * interval '1 min'
) AS due (at);
INSERT INTO reminders_reminder (habit_id, due_at, date, kind, state, settled_at, message_id)
SELECT n, '{DUE - DAY}', '{DUE - DAY:%Y-%m-%d}', 'occurrence', 'sent', '{DUE - DAY}', n
FROM generate_series(1, {HABITS}) n;
INSERT INTO reminders_envelope (person_id, due_at, available_at, attempts)
SELECT n, '{DUE - MINUTE}', timestamptz '{DUE - MINUTE}' + CASE WHEN n % 10 = 0 THEN 2 ELSE 0 END * interval '1 s', 0
FROM generate_series(1, {PEAK}) n;
INSERT INTO reminders_reminder (habit_id, envelope_id, due_at, date, kind, state)
SELECT id, id, due_at, '{DUE:%Y-%m-%d}', 'occurrence', 'waiting' FROM reminders_envelope;
INSERT INTO tracking_checkin (habit_id, date, status, source, answered_at)
SELECT n, '{DUE - 2 * DAY:%Y-%m-%d}', 'done', 'bot', '{DUE - 2 * DAY}' FROM generate_series(1, {HABITS}) n;
INSERT INTO tracking_phase (habit_id, starts, every_days, counted_from, time, timezone)
SELECT n, '2026-01-01', 1, '2026-01-01', '07:00', 'UTC' FROM generate_series(1, {HABITS}) n;
"""  # noqa: S608 (our own figures)
# What would take a minute to be checked and kept while the tables are filled.
CONSTRAINTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname), ''
FROM pg_constraint WHERE contype IN ('f', 'x') AND conrelid = ANY(%s::regclass[])
"""
INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@pytest.fixture(scope="module")
def a_million(migrated_template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of its own. Foreign keys and exclusions play no part in any plan of a statement, and are left out."""
    with django_db_blocker.unblock(), fresh_copy(migrated_template) as address:
        usual = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = address.rsplit("/", 1)[1]
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET synchronous_commit = off")
                cursor.execute("SET maintenance_work_mem = '256MB'")
                found: list[tuple[str, str]] = []
                for catalogue in (CONSTRAINTS, INDEXES):
                    cursor.execute(catalogue, [TABLES])
                    found += cursor.fetchall()
                for drop, _ in found:
                    cursor.execute(drop)
                cursor.execute(FILL)
                for _, create in found:
                    if create:
                        cursor.execute(create)
                cursor.execute("ANALYZE " + ", ".join(TABLES))
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual


@pytest.fixture
def engine(a_million: None, settings: Settings, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Whatever a test does there is taken back."""
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def analyze_envelopes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reminders_envelope")


def outcomes(claims: Sequence[Any]) -> list[Outcome]:
    inside = dict(
        Reminder.objects.filter(envelope__in=[one.envelope_id for one in claims]).values_list("envelope", "pk")
    )
    return [
        Outcome(
            one.envelope_id, one.token, 0, [Told(inside[one.envelope_id], Reminder.State.SENT, message_id=number)],
            retry_at=DUE if number % 10 == 0 else None,
        )
        for number, one in enumerate(claims)
    ]  # fmt: skip


def test_planning_reads_what_is_due_and_no_more(engine: None) -> None:
    with explained() as seen:
        # Each plans a batch at least, however busy the machine is.
        batches = sum(plan(now=DUE, budget=0.5).batches for _ in range(3))
    assert batches >= 3
    assert {"schedules_due", "habits_schedule_pkey", "one_check_in_for_a_habit_and_date"} <= seen.indexes
    seen.check()


def test_claiming_takes_the_oldest_without_sorting_those_that_wait(engine: None) -> None:
    with explained() as seen:
        assert len(claim(now=DUE, limit=200, lease=LEASE)) == 200
    assert {"envelopes_waiting", "envelopes_put_off"} <= seen.indexes
    seen.check(rows=1000)


def test_what_was_put_off_is_found_as_fast(engine: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reminders_envelope WHERE available_at = due_at AND claim_token IS NULL")
    analyze_envelopes()
    with explained() as seen:
        assert len(claim(now=DUE, limit=200, lease=LEASE)) == 200
    assert "envelopes_put_off" in seen.indexes
    seen.check(rows=1000)


@pytest.mark.parametrize("known", [False, True], ids=["not analyzed since", "analyzed since"])
def test_opening_renewing_and_settling_touch_what_is_claimed(engine: None, known: bool) -> None:
    """Whatever the statistics know of claims: they are gone as soon as they were counted."""
    claims = claim(now=DUE, limit=200, lease=LEASE)
    if known:
        analyze_envelopes()
    with explained() as seen:
        letters = open_envelopes(claims, channel=current_channel(), now=DUE)
    assert sum("never to miss twice" in message.text for letter in letters for message in letter.messages) == 200
    assert {"one_check_in_for_a_habit_and_date", "one_phase_of_a_habit_starts_on_a_date"} <= seen.indexes
    assert {"reminders_in_envelopes", "habits_habit_pkey", "accounts_person_pkey"} <= seen.indexes
    seen.check(rows=1000)
    with explained() as seen:
        assert len(renew([(one.envelope_id, one.token) for one in claims], lease=LEASE)) == 200
    assert "reminders_envelope_pkey" in seen.indexes
    seen.check(rows=1000)
    told = outcomes(claims)
    with explained() as seen:
        assert len(settle(told, now=DUE)) == 200
    assert {"reminders_envelope_pkey", "reminders_reminder_pkey"} <= seen.indexes
    seen.check(rows=1000)


def test_putting_off_and_pausing_touch_what_is_the_persons(engine: None) -> None:
    person, date = Person.objects.get(pk=1), DUE.date()
    with explained() as seen:
        snooze(person=person, habit_id=1, date=date, until=DUE + MINUTE, now=DUE)
        assert len(snoozed({(1, date)}, now=DUE)) == 1
        update_profile(person=person, changes={"paused_until": date + DAY}, now=DUE)
    assert Reminder.objects.filter(habit__owner=person, state="cancelled").count() >= 6
    assert {"one_reminder_for_a_habit_and_moment", "schedules_of_person"} <= seen.indexes
    seen.check(rows=100)


@pytest.mark.parametrize("known", [False, True], ids=["not analyzed since", "analyzed since"])
def test_sweeping_finds_what_ran_out_by_its_lease(engine: None, known: bool) -> None:
    claim(now=DUE, limit=1000, lease=LEASE)
    claim(now=DUE, limit=700, lease=-LEASE)
    if known:
        analyze_envelopes()
    with explained() as seen:
        assert release_expired(now=DUE) == 700
    assert {"envelopes_claimed", "reminders_envelope_pkey"} <= seen.indexes
    seen.check(rows=2000)  # all that are claimed


def test_an_idle_tick_costs_next_to_nothing(engine: None, record_property: Callable[[str, object], None]) -> None:
    """Its milliseconds are told, its shape is held: a busy machine is slow, but reads no more than this."""
    before = DUE - 10 * MINUTE
    times = []
    for _ in range(5):
        with explained() as seen:
            assert is_moved() is False
            assert release_expired(now=before) == plan(now=before).batches == 0
            assert claim(now=before, limit=200, lease=LEASE) == []
        times.append(seen.milliseconds)
    seen.check(rows=0)
    assert seen.buffers < 40
    told = f"{min(times):.2f} ms of the database's in {seen.statements} statements that read {seen.buffers} pages"
    record_property("figure", f"an idle tick among {HABITS:,} habits: {told}")
