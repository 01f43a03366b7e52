"""How a habit grows: counted anew from answers and phases at each look, so nothing can be out of step.

Ten years of daily answers are a few milliseconds (`make bench ONLY=stats`); nothing is kept.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import Conflict, FieldError
from habits.models import Habit
from habits.queries import own_habit
from tracking.counted import Answer, Counted, counted, is_due
from tracking.models import Phase
from tracking.phases import presumed_spans, span_of
from tracking.rules import today
from tracking.spans import Span
from tracking.streaks import current_streak, longest_streak
from tracking.strength import strength

# Thousands of dates come in half of the time of thousands of rows.
ANSWERS: Final = """
SELECT habit_id, status, array_agg(date) FROM tracking_checkin WHERE habit_id = ANY(%s) AND date >= %s
GROUP BY habit_id, status
"""

Today = Literal["done", "skipped", "pending", "not_due"]

PLEASANT: Final = FieldError(
    None, "pleasant_habit", _("This habit is pleasant, a prize for another one: only useful habits have statistics.")
)
# In which most streaks have been missed once; longer ones cost a second look.
RECENTLY: Final = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class CompletionRate:
    """What was done of what was done or missed, 0 to 1, over so many dates to today; None where there was neither."""

    last_7_days: float | None
    last_30_days: float | None
    last_90_days: float | None


@dataclass(frozen=True, slots=True)
class Stats:
    """Streaks and numbers are in occurrences; strength is from 0 to 1, `today` what is or was to be done today."""

    current_streak: int
    longest_streak: int
    completion_rate: CompletionRate
    strength: float
    done: int
    skipped: int
    missed: int
    today: Today


def stats(*, person: Person, habit_id: int, now: dt.datetime) -> Stats:
    """How one of the person's useful habits grows. Raises `NotFound`; `Conflict` for a pleasant one. Three queries."""
    habit = own_habit(person=person, habit_id=habit_id)
    if habit.is_pleasant:
        raise Conflict(PLEASANT)
    return stats_of(person=person, habits=[habit], now=now)[habit.pk]


def stats_of(*, person: Person, habits: Sequence[Habit], now: dt.datetime) -> dict[int, Stats]:
    """How these useful habits of the person grow, by id. Two queries."""
    ids, date = [habit.pk for habit in habits], today(person, now)
    phases, answers = _phases(ids), _answers(ids)
    found = {}
    for habit in habits:
        spans = phases.get(habit.pk) or presumed_spans(habit, person, today=date)
        found[habit.pk] = told(spans, answers.get(habit.pk, {}), today=date)
    return found


def streaks_of(*, habits: Collection[int], today: dt.date) -> dict[int, int]:
    """The current streaks of useful habits of one person, whose date it is. At most four queries, however many.

    One that was never useful, or is no longer there, is left out.
    """
    since = today - RECENTLY
    spans: dict[int, Sequence[Span]] = dict(_phases(habits))
    answers = _answers(habits, since)
    unknown = [pk for pk in habits if pk not in spans]
    if unknown:
        for habit in Habit.objects.filter(pk__in=unknown, is_pleasant=False).select_related("owner"):
            spans[habit.pk] = presumed_spans(habit, habit.owner, today=today)
    streaks, unbroken = {}, []
    for pk, its_spans in spans.items():
        recent = counted(its_spans, answers.get(pk, {}), since=since, today=today)
        streaks[pk] = current_streak(recent)
        if all(one.answer for one in recent):
            unbroken.append(pk)
    for pk, its_answers in _answers(unbroken).items():
        streaks[pk] = current_streak(counted(spans[pk], its_answers, today=today))
    return streaks


def told(spans: Sequence[Span], answers: Mapping[dt.date, Answer], *, today: dt.date) -> Stats:
    """All that there is to tell of a habit, from all its spans (in order) and answers."""
    dates = counted(spans, answers, today=today)
    numbers = Counter(one.answer for one in dates)
    unanswered: Today = "pending" if is_due(spans, today) else "not_due"
    return Stats(
        current_streak=current_streak(dates),
        longest_streak=longest_streak(dates),
        completion_rate=CompletionRate(*(_rate(dates, today - dt.timedelta(days=days)) for days in (7, 30, 90))),
        strength=strength(dates),
        done=numbers["done"],
        skipped=numbers["skipped"],
        missed=numbers[None],
        today=answers.get(today, unanswered),
    )


def _rate(dates: Sequence[Counted], after: dt.date) -> float | None:
    done = missed = 0
    for one in reversed(dates):
        if one.date <= after:
            break
        done += one.answer == "done"
        missed += one.answer is None
    return done / (done + missed) if done or missed else None


def _phases(habits: Collection[int]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for phase in Phase.objects.filter(habit__in=habits).order_by("habit", "starts"):
        found.setdefault(phase.habit_id, []).append(span_of(phase))
    return found


def _answers(habits: Collection[int], since: dt.date = dt.date.min) -> dict[int, dict[dt.date, Answer]]:
    found: dict[int, dict[dt.date, Answer]] = {}
    if habits:
        with connection.cursor() as cursor:
            cursor.execute(ANSWERS, [[*habits], since])
            for habit_id, status, dates in cursor.fetchall():
                found.setdefault(habit_id, {}).update(dict.fromkeys(dates, status))
    return found
