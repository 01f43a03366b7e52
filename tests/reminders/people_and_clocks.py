"""What people do and what clocks do, step by step, beside the model of what ought to come of it."""

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from accounts.services import update_profile
from contract.errors import Conflict
from habits.models import Schedule
from habits.services import create_habit, delete_habit, update_habit
from reminders.reckoning import rule_of
from reminders.snoozing import snooze
from telegram.chats import seen
from telegram.linking import link, unlink
from tests.people import make_person
from tests.reminders.model import Member, Model, Wanted
from tracking.models import CheckIn
from tracking.queries import HabitDate
from tracking.services import check_in, take_back

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
# An ordinary evening, and those before the clocks change in Europe, in New York, on Lord Howe, and before Apia's lost
# date.
STARTS = [
    dt.datetime(*start, tzinfo=dt.UTC)
    for start in ((2026, 7, 1, 20), (2026, 3, 28, 20), (2026, 11, 1, 2), (2026, 10, 3, 10), (2011, 12, 29, 5))
]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]
TIMES = [dt.time(7), dt.time(7), dt.time(7, 1), dt.time(2, 30), dt.time(1, 45), dt.time(0), dt.time(23, 59)]
FREQUENCIES: list[dict[str, Any]] = [
    {"every_days": 1}, {"every_days": 1}, {"every_days": 2}, {"every_days": 7}, {"weekdays": (1, 3, 7)},
]  # fmt: skip

some = st.integers(0, 99)
seldom = st.sampled_from([False] * 7 + [True])
often = seldom.map(lambda drawn: not drawn)
days_ago = st.sampled_from([0, 0, 0, 1])
times = st.sampled_from(TIMES)
frequencies = st.sampled_from(FREQUENCIES)


class PeopleAndClocks(RuleBasedStateMachine):
    """`commit` is whether a planner that is caught in its transaction, and would be waited for, commits or dies."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(STARTS[0])
        # What was answered at any time, and what is.
        self.answers: set[HabitDate] = set()
        self.answered: set[HabitDate] = set()

    def other_ends(self, commit: bool) -> None:
        """The planner that holds locks lets go."""

    @initialize(start=st.sampled_from(STARTS), zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)))
    def begin(self, start: dt.datetime, zones: tuple[str, str]) -> None:
        self.model = Model(start)
        for name, zone in zip(("Alice", "Bob"), zones, strict=True):
            self.model.members.append(Member(make_person(name, timezone=zone)))
            who = len(self.model.members) - 1
            self.link(who=who, chat=0)
            for _ in range(3):
                self.create(who=who, time=TIMES[0], frequency=FREQUENCIES[0])

    # --- People ----------------------------------------------------------------------------------------------

    @rule(who=some, time=times, frequency=frequencies)
    def create(self, who: int, time: dt.time, frequency: dict[str, Any]) -> None:
        member = self.member(who)
        habit = create_habit(
            person=member.person, now=self.model.now, action="run", place="the park", time=time, reward="tea",
            **frequency,
        )  # fmt: skip
        self.model.add(Wanted(habit.pk, member, rule_of(Schedule.objects.get(pk=habit.pk))))

    @precondition(lambda self: self.model.habits)
    @rule(which=some, time=times, commit=st.booleans())
    def edit_time(self, which: int, time: dt.time, commit: bool) -> None:
        habit = self.edit(which, commit, time=time)
        self.model.changed(habit, replace(habit.rule, time=time), self.model.now)

    @precondition(lambda self: self.model.habits)
    @rule(which=some, frequency=frequencies, commit=st.booleans())
    def edit_frequency(self, which: int, frequency: dict[str, Any], commit: bool) -> None:
        habit = self.edit(which, commit, **frequency)
        new = replace(habit.rule, **({"every_days": None, "weekdays": None} | frequency))
        self.model.changed(habit, new, self.model.now)

    @precondition(lambda self: self.model.habits)
    @rule(which=some, commit=st.booleans(), reward=st.sampled_from(["tea", "cake"]))
    def edit_reward(self, which: int, commit: bool, reward: str) -> None:
        self.edit(which, commit, reward=reward)

    @precondition(lambda self: self.model.habits)
    @rule(which=some, commit=st.booleans())
    def pause_or_take_up(self, which: int, commit: bool) -> None:
        habit = self.habit(which)
        self.edit(which, commit, is_paused=not habit.paused)
        habit.paused = not habit.paused
        self.model.changed(habit, habit.rule, self.model.now)

    @precondition(lambda self: self.model.habits)
    @rule(which=some, commit=st.booleans(), stays=often)
    def delete(self, which: int, commit: bool, stays: bool) -> None:
        self.other_ends(commit)
        if stays:
            return
        habit = self.habit(which)
        delete_habit(person=habit.owner.person, habit_id=habit.pk, now=self.model.now)
        self.model.remove(habit)

    @precondition(lambda self: self.model.habits)
    @rule(which=some, days_ago=days_ago, takes_back=seldom)
    def answer(self, which: int, days_ago: int, takes_back: bool) -> None:
        habit = self.habit(which)
        person, date = habit.owner.person, self.today(habit.owner) - days_ago * DAY
        if takes_back:
            take_back(person=person, habit_id=habit.pk, date=date, now=self.model.now)
            self.answered.discard((habit.pk, date))
            return
        check_in(
            person=person, habit_id=habit.pk, date=date, status="done", source=CheckIn.Source.BOT, now=self.model.now
        )
        self.answers.add((habit.pk, date))
        self.answered.add((habit.pk, date))

    @precondition(lambda self: self.model.habits)
    @rule(
        which=some,
        days_ago=days_ago,
        minutes=st.sampled_from([1, 10, 60, 300]),
        commit=st.booleans(),
    )
    def put_off(self, which: int, days_ago: int, minutes: int, commit: bool) -> None:
        self.other_ends(commit)
        habit, now = self.habit(which), self.model.now
        date = self.today(habit.owner) - days_ago * DAY
        try:
            reminder = snooze(
                person=habit.owner.person, habit_id=habit.pk, date=date, until=now + minutes * MINUTE, now=now
            )
        except Conflict:
            assert not habit.active or habit.resumes(now) or (habit.pk, date) in self.answered
        else:
            assert habit.active
            assert not habit.resumes(now)
            assert dt.timedelta(0) <= reminder.due_at - now - minutes * MINUTE < MINUTE
            self.model.snoozed(habit.pk, date, reminder.due_at)

    @rule(who=some, days=st.sampled_from([None, None, 1, 1, 2, 9]), commit=st.booleans())
    def pause_or_resume_everything(self, who: int, days: int | None, commit: bool) -> None:
        self.other_ends(commit)
        member = self.member(who)
        until = None if days is None else self.today(member) + days * DAY
        update_profile(person=member.person, changes={"paused_until": until}, now=self.model.now)
        self.model.paused(member, until)

    @rule(who=some, zone=st.sampled_from(ZONES), commit=st.booleans())
    def travel(self, who: int, zone: str, commit: bool) -> None:
        self.other_ends(commit)
        member = self.member(who)
        update_profile(person=member.person, changes={"timezone": zone}, now=self.model.now)
        self.model.moved_to(member, zone)

    @rule(who=some, chat=st.integers(0, 1), commit=st.booleans())
    def link(self, who: int, chat: int, commit: bool = True) -> None:
        self.other_ends(commit)
        member, chat_id = self.member(who), self.chat_id(who, chat)
        link(person_id=member.person.pk, chat_id=chat_id, now=self.model.now)
        self.model.linked(member, chat_id)

    @rule(who=some, commit=st.booleans(), stays=often)
    def unlink(self, who: int, commit: bool, stays: bool) -> None:
        self.other_ends(commit)
        if stays:
            return
        unlink(person=self.member(who).person, now=self.model.now)
        self.model.unlinked(self.member(who))

    @rule(who=some, chat=st.integers(0, 1), commit=st.booleans())
    def write(self, who: int, chat: int, commit: bool) -> None:
        self.other_ends(commit)
        seen(chat_id=self.chat_id(who, chat), username=None, language_code=None, now=self.model.now)
        self.model.wrote(self.chat_id(who, chat))

    # --- Clocks ----------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 1, 2, 2, 5, 10, 59, 61, 6 * 60, 24 * 60, 25 * 60, 8 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.model.move_clock(minutes * MINUTE)

    @rule(minutes=st.integers(1, 120))
    def clock_jumps_back(self, minutes: int) -> None:
        self.model.move_clock(-minutes * MINUTE)

    @rule(seconds=st.sampled_from([-1, 0, 0, 1, 61, 3599, 3601]))
    def next_one_falls_due(self, seconds: int) -> None:
        upcoming = [habit.next_at for habit in self.model.habits.values() if habit.next_at is not None]
        if upcoming:
            self.model.move_clock(max(min(upcoming) - self.model.now, dt.timedelta(0)) + dt.timedelta(seconds=seconds))

    # --- In short ----------------------------------------------------------------------------------------------

    def member(self, number: int) -> Member:
        return self.model.members[number % len(self.model.members)]

    def today(self, member: Member) -> dt.date:
        return self.model.now.astimezone(ZoneInfo(member.person.timezone)).date()

    def chat_id(self, who: int, chat: int) -> int:
        """Each has two."""
        return 770 + 2 * (who % len(self.model.members)) + chat

    def habit(self, number: int) -> Wanted:
        return list(self.model.habits.values())[number % len(self.model.habits)]

    def edit(self, which: int, commit: bool, **changes: Any) -> Wanted:
        self.other_ends(commit)
        habit = self.habit(which)
        update_habit(person=habit.owner.person, habit_id=habit.pk, now=self.model.now, **changes)
        return habit
