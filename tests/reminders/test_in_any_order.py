"""People, planners, workers, faults and clocks in any order: nothing is lost, and nothing is sent twice.

Hypothesis draws the order and shrinks what fails to the few steps that matter. `make soak` runs it 2,000 times.
"""

import datetime as dt
import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from pytest_django import Settings

from accounts.models import Person
from habits.models import Habit, Schedule
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from reminders.sweeping import release_expired
from telegram.models import Chat
from tests.bot_api.fixtures import TOKEN
from tests.reminders.audit import Excuses, check
from tests.reminders.people_and_clocks import MINUTE, PeopleAndClocks, seldom, some
from tests.reminders.workers import ENDS, OtherPlanner, Worker
from tracking.models import LastDeed

pytestmark = pytest.mark.long

RUNS = {"soak": 2000}
STEPS = 50
ROWS = [Reminder, Envelope, Schedule, Chat, LastDeed, Habit, Person]

some_parts = st.integers(0, 2)
some_end = st.sampled_from(ENDS)
some_ends = st.lists(st.tuples(some_parts, some_end), max_size=5)


class Reminders(PeopleAndClocks):
    ran = 0
    steps = 0
    ends: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.workers = [Worker(), Worker()]
        self.other = OtherPlanner()
        self.other_now = self.model.now
        self.excuses = Excuses()

    @rule(seconds=st.sampled_from([0, 0, 1]), batch=st.integers(1, 12))
    def next_one_is_planned_in_time(self, seconds: int, batch: int) -> None:
        self.next_one_falls_due(seconds)
        self.plan(batch)

    # --- Planners --------------------------------------------------------------------------------------------

    @rule(batch=st.integers(1, 12))
    def plan(self, batch: int) -> None:
        plan(now=self.model.now, batch=batch)
        for habit in self.model.habits.values():
            if habit.pk not in (self.other.holds or ()):
                self.model.plan(habit, self.model.now)

    @precondition(lambda self: self.other.holds is None)
    @rule(batch=st.integers(1, 12))
    def other_plans(self, batch: int) -> None:
        self.other.begin(now=self.model.now, batch=batch)
        self.other_now = self.model.now

    @rule(commit=st.booleans())
    def other_ends(self, commit: bool) -> None:
        if self.other.holds is not None:
            for pk in self.other.end(commit=commit):
                self.model.plan(self.model.habits[pk], self.other_now)

    # --- Workers ---------------------------------------------------------------------------------------------

    @rule(who=some, limit=st.integers(1, 5), dies=seldom)
    def claim(self, who: int, limit: int, dies: bool) -> None:
        self.worker(who).claim(now=self.model.now, limit=limit, dies=dies)

    @rule(
        who=some,
        limit=st.integers(1, 5),
        ends=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(ENDS)), max_size=5),
    )
    def claim_and_send(self, who: int, limit: int, ends: list[tuple[int, str]]) -> None:
        self.claim(who, limit, dies=False)
        for parts, end in ends:
            self.send(who, 0, parts, end)

    @precondition(lambda self: any(worker.letters for worker in self.workers))
    @rule(who=some, which=some, parts=some_parts, end=some_end)
    def send(self, who: int, which: int, parts: int, end: str) -> None:
        worker = self.worker(who)
        if worker.letters:
            letter = worker.letters[which % len(worker.letters)]
            self.excuses.note(end, [pk for message in letter.messages for pk in message.reminders])
            worker.send(letter, parts=parts, end=end, now=self.model.now)

    @rule(who=some, number=st.integers(1, 4), dies=seldom, commit=st.booleans())
    def settle(self, who: int, number: int, dies: bool, commit: bool) -> None:
        worker = self.worker(who)
        for outcome in worker.outcomes[:number]:
            if outcome.gone is not None:
                self.other_ends(commit)
                worker.channel.gone(outcome.gone[0], now=outcome.gone[1])
                self.model.gone(*outcome.gone)
        if dies:
            worker.die()
        else:
            worker.settle(number, now=self.model.now)

    @rule(who=some)
    def renew(self, who: int) -> None:
        self.worker(who).renew()

    @rule(who=some, kills=st.booleans())
    def stall_or_die(self, who: int, kills: bool) -> None:
        (self.worker(who).die if kills else self.worker(who).stall)()

    @rule()
    def take_back_what_ran_out(self) -> None:
        self.excuses.note_claims_that_ran_out()
        release_expired(now=self.model.now)

    @rule(who=some, batch=st.integers(1, 12), limit=st.integers(1, 5), ends=some_ends, settled=st.integers(0, 5))
    def a_minute_comes(self, who: int, batch: int, limit: int, ends: list[tuple[int, str]], settled: int) -> None:
        """What happens most: something falls due and is planned, claimed, sent and settled, or some of it."""
        self.next_one_is_planned_in_time(0, batch)
        self.claim_and_send(who, limit, ends)
        if settled:
            self.settle(who, settled, dies=False, commit=True)

    @rule(who=some, batch=st.integers(1, 12), ends=some_ends)
    def a_minute_comes_and_two_workers_share_it(self, who: int, batch: int, ends: list[tuple[int, str]]) -> None:
        self.next_one_is_planned_in_time(0, batch)
        for number in (who, who + 1):
            self.claim_and_send(number, 1, ends)
        self.settle(who, 5, dies=False, commit=True)

    @precondition(lambda self: any(worker.holds() for worker in self.workers))
    @rule(who=some, ends=some_ends)
    def one_stalls_and_the_other_takes_over(self, who: int, ends: list[tuple[int, str]]) -> None:
        self.worker(who).stall()
        self.take_back_what_ran_out()
        self.model.move_clock(dt.timedelta(seconds=3))
        self.claim_and_send(who + 1, 5, ends)

    @rule(who=some, commit=st.booleans())
    def work_in_peace(self, who: int, commit: bool) -> None:
        self.other_ends(commit)
        self.take_back_what_ran_out()
        self.plan(batch=1000)
        worker = self.worker(who)
        worker.claim(now=self.model.now, limit=1000, dies=False)
        while worker.letters:
            worker.send(worker.letters[0], parts=9, end="sent", now=self.model.now)
        self.settle(who=who, number=1000, dies=False, commit=commit)

    def worker(self, number: int) -> Worker:
        return self.workers[number % len(self.workers)]

    def drain(self) -> None:
        """All faults end: whatever is under way arrives, or is too late."""
        self.other_ends(commit=False)
        for worker in self.workers:
            worker.die()
        self.model.move_clock(self.model.latest - self.model.now)
        for _ in range(40):
            self.work_in_peace(who=0, commit=True)
            waiting = Envelope.objects.order_by("-available_at").first()
            if waiting is None:
                return
            self.model.move_clock(max(waiting.available_at - self.model.now, MINUTE))
        raise AssertionError(f"{waiting} is under way for ever")

    # --- What holds ------------------------------------------------------------------------------------------

    @invariant()
    def next_at_is_the_schedules_next_occurrence(self) -> None:
        Reminders.steps += 1
        stored = dict(Schedule.objects.values_list("habit", "next_at"))
        assert stored == {pk: habit.next_at for pk, habit in self.model.habits.items()}

    @invariant()
    def nothing_waits_that_is_not_wanted_any_more(self) -> None:
        waiting = Reminder.objects.filter(state=Reminder.State.WAITING).values_list("habit", "due_at")
        assert all(self.model.wants(*one) for one in waiting)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.drain()
                Reminders.ends += check(self.model, self.workers, self.excuses, self.answers)
                Reminders.ran += 1
        finally:
            if self.other.holds is not None:
                self.other.end(commit=False)
            self.other.close()
            with connection.cursor() as cursor:
                for model in ROWS:
                    cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608 (our own names)


@pytest.mark.timeout(7200)
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_and_nothing_sent_twice_in_whatever_order_things_happen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    monkeypatch.setattr("reminders.sweeping.RESTART_GRACE", dt.timedelta(0))
    # Each line fills a message.
    monkeypatch.setattr("reminders.channels.card.LONGEST", 60)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    began, runs = time.monotonic(), RUNS.get(hypothesis.get_current_profile_name(), 60)
    run_state_machine_as_test(
        Reminders,
        settings=hypothesis(
            max_examples=runs, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    told = ", ".join(f"{number} {end}" for end, number in Reminders.ends.items())
    record_property(
        "figure",
        f"in any order: {Reminders.ran} runs, {Reminders.steps} steps in {time.monotonic() - began:.0f} s; "
        f"lost 0; {told}",
    )
    assert Reminders.ran >= runs
    assert min(Reminders.ends[end] for end in ("sent", "missed", "cancelled")) > 0
