"""From due schedules to reminders in envelopes."""

import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Person
from habits.models import Habit, Schedule
from habits.occurrences import occurrences
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from reminders.reckoning import INSTANT, rule_of
from tests.people import make_person
from tests.reminders.conftest import BEFORE, DAY, DUE, MINUTE, answer, due_habit, next_at, states

HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


@pytest.mark.django_db
def test_it_puts_what_one_person_is_told_at_one_minute_into_one_envelope(alice: Person, bob: Person) -> None:
    hers = [due_habit(alice, action=action) for action in ("run", "read", "write")]
    due_habit(bob)
    assert plan(now=DUE).waiting == 4
    assert Counter(Envelope.objects.values_list("person", "due_at")) == {(alice.pk, DUE): 1, (bob.pk, DUE): 1}
    inside = Reminder.objects.filter(envelope__person=alice)
    assert {(one.habit_id, one.due_at, one.state) for one in inside} == {(habit.pk, DUE, "waiting") for habit in hers}
    assert [next_at(habit) for habit in hers] == [DUE + DAY] * 3


@pytest.mark.django_db
def test_it_plans_nothing_before_the_due_moment(alice: Person) -> None:
    habit = due_habit(alice)
    assert plan(now=DUE - INSTANT).waiting == 0
    assert (states(habit), next_at(habit)) == ([], DUE)


@pytest.mark.django_db
def test_it_notes_the_local_date_that_the_occurrence_belongs_to() -> None:
    tokyo = make_person("Kenji", timezone="Asia/Tokyo")
    evening = dt.datetime(2026, 1, 31, 20, 0, tzinfo=dt.UTC)
    due_habit(tokyo, at=evening)
    plan(now=evening)
    assert Reminder.objects.get().date == dt.date(2026, 2, 1)


@pytest.mark.django_db
@settings(max_examples=30)
@given(sizes=st.lists(st.integers(1, 6), min_size=1, max_size=12), batch=st.integers(1, 9))
def test_it_never_cuts_an_envelope_in_two_where_a_batch_ends(sizes: list[int], batch: int) -> None:
    with transaction.atomic():
        people = [make_person(f"P{number}") for number in range(len(sizes))]
        for person, size in zip(people, sizes, strict=True):
            for _ in range(size):
                due_habit(person)
        assert plan(now=DUE, batch=batch).waiting == sum(sizes)
        found = [(e.person_id, e.reminders.count()) for e in Envelope.objects.order_by("person")]
        assert found == [(person.pk, size) for person, size in zip(people, sizes, strict=True)]
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_it_plans_each_reminder_once_and_whole_envelopes_however_many_planners_race() -> None:
    people = [make_person(f"P{number}") for number in range(40)]
    for number, person in enumerate(people):
        for _ in range(1 + number % 5):
            due_habit(person)
    start = threading.Barrier(4)
    done: list[int] = []

    def race() -> None:
        start.wait(60)
        # What another planner holds at the moment is left to the next pass.
        done.append(sum(plan(now=DUE, batch=7).waiting for _ in range(3)))
        connections.close_all()

    planners = [threading.Thread(target=race) for _ in range(4)]
    for planner in planners:
        planner.start()
    for planner in planners:
        planner.join(60)
    assert sum(done) == Reminder.objects.count() == Habit.objects.count() == 120
    assert Envelope.objects.count() == 40
    assert not Schedule.objects.filter(next_at__lte=DUE).exists()


@pytest.mark.django_db(transaction=True)
def test_it_leaves_an_envelope_whose_habit_is_being_edited_to_the_next_pass(alice: Person, bob: Person) -> None:
    habits = [due_habit(alice) for _ in range(3)]
    due_habit(bob)
    locked, release = threading.Event(), threading.Event()

    def edit() -> None:
        with transaction.atomic():
            list(Schedule.objects.select_for_update().filter(pk=habits[1].pk))
            locked.set()
            release.wait(60)
        connections.close_all()

    editor = threading.Thread(target=edit)
    editor.start()
    assert locked.wait(60)
    assert plan(now=DUE, batch=2).waiting == 1
    assert not Envelope.objects.filter(person=alice).exists()
    release.set()
    editor.join(60)
    assert plan(now=DUE).waiting == 3
    assert Envelope.objects.filter(person=alice).count() == 1


@pytest.mark.django_db
def test_planning_twice_is_harmless(alice: Person) -> None:
    habit = due_habit(alice)
    plan(now=DUE)
    Schedule.objects.update(next_at=DUE)
    assert plan(now=DUE).waiting == 0
    assert (states(habit), next_at(habit)) == ([(DUE, "waiting")], DUE + DAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("away", "expected"),
    [
        (dt.timedelta(0), ["waiting"]),
        (HOUR, ["waiting"]),
        (HOUR + SECOND, ["missed"]),
        (DAY + MINUTE, ["missed", "waiting"]),
        (3 * DAY + 2 * HOUR, ["missed"] * 4),
    ],
)
def test_after_an_outage_it_reminds_once_at_most_and_only_while_it_makes_sense(
    alice: Person, away: dt.timedelta, expected: list[str]
) -> None:
    habit = due_habit(alice)
    plan(now=DUE + away)
    assert states(habit) == [(DUE + number * DAY, state) for number, state in enumerate(expected)]
    assert next_at(habit) == DUE + len(expected) * DAY


@pytest.mark.django_db
def test_it_records_no_older_misses_than_are_kept(alice: Person) -> None:
    habit = due_habit(alice)
    plan(now=DUE + 400 * DAY + 2 * HOUR)
    assert len(states(habit)) == 30
    assert next_at(habit) == DUE + 401 * DAY


@pytest.mark.django_db
def test_it_follows_the_clocks_of_the_zone(bob: Person) -> None:
    """New York, 8 March 2026: 02:30 is skipped and fires when the gap ends; from then on the clock is ahead."""
    habit = due_habit(bob, now=dt.datetime(2026, 3, 7, 12, 0, tzinfo=dt.UTC), time=dt.time(2, 30))
    end_of_gap = dt.datetime(2026, 3, 8, 7, 0, tzinfo=dt.UTC)
    assert next_at(habit) == end_of_gap
    plan(now=end_of_gap)
    assert (states(habit), next_at(habit)) == ([(end_of_gap, "waiting")], dt.datetime(2026, 3, 9, 6, 30, tzinfo=dt.UTC))


@pytest.mark.django_db
def test_it_tells_schedules_of_different_phase_apart(alice: Person) -> None:
    """Equal rules are reckoned once; every third day counted from different days is not equal."""
    habits = [
        due_habit(alice, now=BEFORE - 10 * DAY, every_days=3, starts_on=dt.date(2026, 1, 1) + number * DAY)
        for number in range(6)
    ]
    for day in range(-9, 8):
        plan(now=DUE + day * DAY)
    for habit in habits:
        rule = rule_of(Schedule.objects.get(pk=habit.pk))
        expected = [one.at for one in occurrences(rule, after=BEFORE - 10 * DAY, until=DUE + 7 * DAY)]
        assert [at for at, _ in states(habit)] == expected
        assert len(expected) >= 5


@pytest.mark.django_db
def test_it_does_not_remind_of_what_is_answered(alice: Person) -> None:
    done, open_ = due_habit(alice), due_habit(alice)
    answer(done)
    answer(open_, now=BEFORE, date=DUE.date() - DAY)
    plan(now=DUE)
    assert (states(done), states(open_)) == ([(DUE, "cancelled")], [(DUE, "waiting")])
    assert next_at(done) == DUE + DAY


@pytest.mark.django_db
def test_a_schedule_that_cannot_be_reckoned_stops_nobody_else_and_is_not_forgotten(alice: Person, bob: Person) -> None:
    broken, sound = due_habit(alice), due_habit(bob)
    Schedule.objects.filter(pk=broken.pk).update(timezone="Mars/Olympus_Mons")
    plan(now=DUE)
    assert states(sound) == [(DUE, "waiting")]
    failed = Reminder.objects.get(habit=broken)
    assert (failed.state, "Mars/Olympus_Mons" in (failed.error or "")) == ("failed", True)
    assert next_at(broken) == DUE + HOUR


@pytest.mark.django_db
@pytest.mark.parametrize(("shift", "expected"), [(HOUR, [DUE]), (-HOUR, [])])
def test_it_bears_a_time_zone_database_that_changed_since(
    alice: Person, shift: dt.timedelta, expected: list[dt.datetime]
) -> None:
    """`next_at` came from older rules. An occurrence that is past by the new ones is told late; one to come, later."""
    habit = due_habit(alice, at=DUE - shift)
    Schedule.objects.filter(pk=habit.pk).update(next_at=DUE)
    plan(now=DUE)
    assert [at for at, _ in states(habit)] == expected


@pytest.mark.django_db
def test_a_batch_takes_the_same_number_of_queries_whatever_its_size() -> None:
    counts = []
    for size in (2, 30):
        for number in range(size):
            due_habit(make_person(f"P{size}x{number}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert plan(now=DUE).waiting == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_it_stops_when_its_budget_is_spent_and_the_next_call_goes_on(alice: Person) -> None:
    due_habit(alice)
    assert plan(now=DUE, budget=0).batches == 0
    assert plan(now=DUE, budget=60).waiting == 1
