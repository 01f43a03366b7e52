"""Who has missed a habit once, and is to be told kindly, once: never miss twice.

Asked for every batch of reminders that is sent, so it looks back two occurrences and reads no histories.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence, Set

from django.db import connection

from habits.occurrences import DAY, Rule
from habits.weekdays import from_bits
from tracking.counted import Answer, counted
from tracking.queries import HabitDate
from tracking.spans import Span, due_until

# A phase has at least one date on which the habit was due, so two of them have the last two. OFFSET 0 and LIMIT keep
# both at one look into the unique index for each pair, whatever the statistics say of growing tables.
LAST_PHASES = """
SELECT asked.habit_id, asked.date, phase.*
FROM unnest(%s::bigint[], %s::date[]) AS asked (habit_id, date) CROSS JOIN LATERAL (
    SELECT starts, ends, time, every_days, weekdays, counted_from, timezone FROM tracking_phase
    WHERE habit_id = asked.habit_id AND starts < asked.date ORDER BY starts DESC LIMIT 2
) AS phase
"""
ANSWERS = """
SELECT asked.habit_id, asked.before, answer.*
FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS asked (habit_id, since, before) CROSS JOIN LATERAL (
    SELECT date, status FROM tracking_checkin
    WHERE habit_id = asked.habit_id AND date >= asked.since AND date < asked.before OFFSET 0
) AS answer
"""


def just_missed(dates: Collection[HabitDate]) -> set[HabitDate]:
    """Those of many dates before which the habit was missed, once: the time before that it was done or skipped.

    Two queries. A habit without phases (`tracking.spans.presumed`) is never among them.
    """
    spans = _last_spans({*dates})
    due = {asked: last for asked, its_spans in spans.items() if (last := _last_two(its_spans, asked[1]))}
    # Where it was due but once, what was done before the habit began counts before that.
    since = {asked: last[1] if len(last) == 2 else dt.date.min for asked, last in due.items()}
    answers = _answers(since)
    return {
        asked
        for asked, last in due.items()
        if last[0] not in answers[asked] and _is_missed_once(spans[asked], answers[asked], since[asked], asked[1])
    }


def _is_missed_once(spans: Sequence[Span], answers: dict[dt.date, Answer], since: dt.date, date: dt.date) -> bool:
    last = counted(spans, answers, since=since, today=date)[-2:]
    return len(last) == 2 and last[0].answer is not None and last[1].answer is None


def _last_two(spans: Iterable[Span], date: dt.date) -> list[dt.date]:
    """The last dates before this one on which the habit was due, two at most, the latest first."""
    found: list[dt.date] = []
    for span in reversed([*spans]):
        last = due_until(span.rule, min(date, span.ends or date) - DAY)
        while last >= span.starts and len(found) < 2:
            found.append(last)
            last = due_until(span.rule, last - DAY)
    return found


def _last_spans(dates: Set[HabitDate]) -> dict[HabitDate, list[Span]]:
    """The last two spans that began before each date, in order."""
    found: dict[HabitDate, list[Span]] = {}
    if dates:
        with connection.cursor() as cursor:
            cursor.execute(LAST_PHASES, [[habit for habit, _date in dates], [date for _habit, date in dates]])
            for habit_id, date, starts, ends, time, every_days, weekdays, counted_from, timezone in cursor:
                rule = Rule(time, every_days, None if weekdays is None else from_bits(weekdays), counted_from, timezone)
                found.setdefault((habit_id, date), []).insert(0, Span(starts, ends, rule))
    return found


def _answers(since: dict[HabitDate, dt.date]) -> defaultdict[HabitDate, dict[dt.date, Answer]]:
    """The answers from a date on, to before the date that is asked about."""
    found: defaultdict[HabitDate, dict[dt.date, Answer]] = defaultdict(dict)
    if since:
        columns = [habit for habit, _before in since], [*since.values()], [before for _habit, before in since]
        with connection.cursor() as cursor:
            cursor.execute(ANSWERS, columns)
            for habit_id, before, date, status in cursor:
                found[habit_id, before][date] = status
    return found
