"""All that a person can do, told to the services and to the planner, against the oracle and against each other."""

import datetime as dt
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.services import update_profile
from habits.models import Habit, Schedule
from habits.services import create_habit, update_habit
from reminders.models import Reminder
from reminders.planner import plan
from tests.people import make_person
from tests.tracking import oracle
from tests.tracking.histories import MINUTE, STEPS, WHAT, Draw, Story, answered, begun
from tests.tracking.oracle import DAY
from tracking.missing import just_missed
from tracking.models import CheckIn
from tracking.services import check_in
from tracking.stats import stats, streaks_of

pytestmark = pytest.mark.django_db


class Retold:
    """A story that is told to the services while it goes on."""

    def __init__(self, story: Story) -> None:
        self.story, rule = story, story.rule
        self.person = make_person(email=f"{uuid4()}@example.org", timezone=rule.timezone)
        self.habit = create_habit(
            person=self.person, now=story.now, action="run", place="the park", reward="tea", time=rule.time,
            every_days=rule.every_days, weekdays=rule.weekdays, starts_on=rule.starts_on, is_paused=story.is_paused,
        )  # fmt: skip

    def go_on(self, draw: Draw) -> None:
        story = self.story
        story.now += draw(st.sampled_from(STEPS))
        plan(now=story.now)
        self.answer(draw)
        if draw(st.booleans()):
            self.happen(draw(st.sampled_from(WHAT)), draw)

    def answer(self, draw: Draw) -> None:
        story = self.story
        before = dict(story.answers)
        answered(story, draw)
        for date, status in story.answers.items():
            if before.get(date) != status and not story.is_pleasant:
                check_in(
                    person=self.person, habit_id=self.habit.pk, date=date, status=status, source=CheckIn.Source.BOT,
                    now=story.now,
                )  # fmt: skip
        if story.is_pleasant:
            story.answers = before

    def happen(self, what: str, draw: Draw) -> None:
        story = self.story
        told = story.happen(what, draw)
        if what == "pause":
            told = {"is_paused": story.is_paused}
        elif what == "pleasant":
            told = {"is_pleasant": story.is_pleasant, "reward": None if story.is_pleasant else "tea"}
        elif what == "reward":
            told = {} if story.is_pleasant else {"reward": f"tea {story.now}"}
        if what == "zone":
            update_profile(person=self.person, changes=told, now=story.now)
        elif what == "pause all":
            update_profile(person=self.person, changes={"paused_until": story.paused_until}, now=story.now)
        else:
            update_habit(person=self.person, habit_id=self.habit.pk, now=story.now, **told)


@given(st.data())
def test_they_agree_with_the_oracle_whatever_the_services_are_told(data: st.DataObject) -> None:
    retold = Retold(begun(data.draw))
    story, habit = retold.story, retold.habit
    for _ in range(data.draw(st.integers(0, 10))):
        retold.go_on(data.draw)
    if story.is_pleasant:
        retold.happen("pleasant", data.draw)
    story.now += data.draw(st.sampled_from([0 * MINUTE, *STEPS]))
    due = oracle.all_due(story.history, story.now)
    rows = oracle.counted_days(due, story.rule, story.answers, story.today)
    found = stats(person=retold.person, habit_id=habit.pk, now=story.now)
    assert (found.done, found.skipped, found.missed) == tuple(map(oracle.marks(rows).count, "dsm"))
    assert (found.current_streak, found.longest_streak) == (oracle.current(rows), oracle.longest(rows))
    assert found.strength == pytest.approx(oracle.grown(rows), abs=1e-9)
    assert found.completion_rate.last_30_days == oracle.rate(rows, story.today, 30)
    assert streaks_of(habits=[habit.pk], today=story.today) == {habit.pk: oracle.current(rows)}
    dates = [story.today + DAY * days for days in range(-9, 2)]
    missed = {(habit.pk, date) for date in dates if oracle.is_missed_once(due, story.rule, story.answers, date)}
    assert just_missed([(habit.pk, date) for date in dates]) == missed
    assert_that_what_counts_is_what_the_engine_reminds_of(story, habit)
    Schedule.objects.all().delete()


def assert_that_what_counts_is_what_the_engine_reminds_of(story: Story, habit: Habit) -> None:
    plan(now=story.now)
    due = oracle.due_dates(story.history, story.now).keys()
    before_it_was_made = oracle.due_dates(story.history[:1], story.history[0].at).keys()
    reminded = set(Reminder.objects.filter(habit=habit.pk).values_list("date", flat=True))
    assert due - before_it_was_made <= reminded
    # Who flies back over midnight is reminded of dates again that were over.
    assert all(date < max(due, default=dt.date.min) for date in reminded - due)
