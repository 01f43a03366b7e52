"""Streaks, rates and strength, against an oracle that goes from day to day and knows no phases."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habits.occurrences import Rule
from tests.habits.oracle import oracle_instant
from tests.tracking import oracle
from tests.tracking.histories import ZONES, Story, stories
from tests.tracking.oracle import DAY, Change
from tracking.counted import Answer, Counted, counted, is_due
from tracking.spans import Span, first_span, followed, lost_dates, presumed
from tracking.stats import told
from tracking.streaks import current_streak, longest_streak
from tracking.strength import multiplier_of, strength


def spans_of(history: Sequence[Change]) -> list[Span]:
    """As the receivers keep them: of each change only the last two spans are known."""
    spans = list(first_span(history[0].told, now=history[0].at))
    for change in history:
        spans[-2:] = followed(spans[-2:], change.rule, now=change.at, resumes=change.resumes)
    return spans or list(presumed(history[-1].told, made_at=history[0].at, resting=True))


@settings(max_examples=300, deadline=None)
@given(stories())
def test_it_agrees_with_the_oracle_whatever_happens_to_a_habit(drawn: tuple[Story, list[Change]]) -> None:
    story, history = drawn
    today, answers = story.today, story.answers
    spans = spans_of(history)
    due = oracle.all_due(history, story.now)
    rows = oracle.counted_days(due, story.rule, answers, today)
    assert [tuple(one) for one in counted(spans, answers, today=today)] == rows
    found = told(spans, answers, today=today)
    assert found.current_streak == oracle.current(rows)
    assert found.longest_streak == oracle.longest(rows)
    rate = found.completion_rate
    assert (rate.last_7_days, rate.last_30_days, rate.last_90_days) == tuple(
        oracle.rate(rows, today, days) for days in (7, 30, 90)
    )
    assert found.strength == pytest.approx(oracle.grown(rows), abs=1e-9)
    marks = oracle.marks(rows)
    assert (found.done, found.skipped, found.missed) == tuple(map(marks.count, "dsm"))
    pending = "pending" if today in due else "not_due"
    assert found.today == answers.get(today, pending)


@given(stories())
def test_spans_are_in_order_and_apart_and_each_begins_with_a_date_that_is_due(
    drawn: tuple[Story, list[Change]],
) -> None:
    story, history = drawn
    spans = list(first_span(history[0].told, now=history[0].at))
    for change in history:
        before = list(spans)
        spans = list(followed(spans, change.rule, now=change.at, resumes=change.resumes))
        again = followed(spans, change.rule, now=change.at, resumes=change.resumes)
        assert list(again) == spans, "what is told twice changes nothing"
        assert spans[:-2] == before[: len(spans[:-2])], "no more than the last two ever change"
        for earlier, later in pairwise(spans):
            assert earlier.ends is not None
            assert earlier.ends <= later.starts
        for span in spans:
            assert span.ends is None or span.starts < span.ends
            backdated = span.starts == history[0].told.starts_on
            assert backdated or is_due(spans, span.starts)
    assert story.history[-1].rule or not spans or spans[-1].ends is not None


answers_of_days = st.lists(st.sampled_from(["done", "done", "skipped", None]), max_size=200)


@given(answers_of_days)
def test_the_strength_of_a_daily_habit_is_the_score_of_loop_habit_tracker(answers: list[Answer | None]) -> None:
    ticks = [None if answer == "skipped" else answer == "done" for answer in answers]
    scores = [0.0, *oracle.loop_scores(ticks)]
    assert strength(days(answers)) == pytest.approx(scores[-1], abs=1e-12)


@given(answers_of_days, st.integers(0, 200))
def test_a_skip_changes_neither_streak_nor_strength(answers: list[Answer | None], place: int) -> None:
    more = [*answers[:place], "skipped", *answers[place:]]
    for measure in (current_streak, longest_streak, strength):
        assert measure(days(more)) == measure(days(answers))


def days(answers: Sequence[Answer | None]) -> list[Counted]:
    return [Counted(dt.date(2026, 1, 1) + DAY * n, answer, 1.0) for n, answer in enumerate(answers)]


@pytest.mark.parametrize(("apart", "half_in"), [(1, 13), (4, 26), (7, 34.4)])
def test_a_rarer_habit_grows_more_slowly_but_not_in_proportion(apart: float, half_in: float) -> None:
    """Days until half of the way is gone, by what one occurrence leaves."""
    occurrences = half_in / apart
    assert multiplier_of(apart) ** occurrences == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Kwajalein", "Pacific/Fakaofo", "Asia/Manila"])
def test_it_knows_the_dates_that_a_zone_never_had(zone: str) -> None:
    for year in (1993, 1994, 2011):
        for month in (1, 8, 12):
            for day in (1, 20, 21, 30, 31):
                date = dt.date(year, month, day)
                is_lost = oracle_instant(dt.datetime.combine(date, dt.time(12)), ZoneInfo(zone)) is None
                assert (date in lost_dates(zone)) == is_lost


def test_what_was_done_on_a_date_that_never_was_counts_for_nothing() -> None:
    rule = Rule(dt.time(7), 1, None, dt.date(2011, 12, 1), "Pacific/Apia")
    lost = dt.date(2011, 12, 30)
    for ends in (None, lost):
        dates = counted([Span(rule.starts_on, ends, rule)], {lost: "done"}, today=dt.date(2012, 1, 2))
        assert lost not in {one.date for one in dates}
