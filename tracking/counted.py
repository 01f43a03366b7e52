"""Which dates count, and what became of each: pure arithmetic on spans and answers.

A date counts where the habit was due on it. Outside of all spans a date counts where it was done and the rule of the
span before it (or of the first one) names it: yesterday, say, answered on the day the habit was made, or a day in a
pause. Any other answer is kept and shown, and counts for nothing. Today counts once it is answered.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from habits.occurrences import Rule
from tracking.spans import Span, lost_dates, names

Answer = Literal["done", "skipped"]


class Counted(NamedTuple):
    """A date that counts. `answer` is None where it was missed; `days` from one to the next, on average of the rule."""

    date: dt.date
    answer: Answer | None
    days: float


def counted(
    spans: Sequence[Span], answers: Mapping[dt.date, Answer], *, today: dt.date, since: dt.date = dt.date.min
) -> list[Counted]:
    """All dates up to today that count, in order. `spans` are all of a habit's, in order.

    With `since`, which answers there were before is of no interest, nor are those dates.
    """
    found = _due(spans, answers, since, today)
    # Few or none; nearly all answers are to what was due.
    others = answers.keys() - {one.date for one in found}
    outside = _done_outside(spans, {date: answers[date] for date in others if since <= date <= today})
    return sorted([*found, *outside]) if outside else found


def is_due(spans: Sequence[Span], date: dt.date) -> bool:
    """Whether the habit was due on this date."""
    return any(_holds(span, date) and names(span.rule, date) for span in spans)


def days_apart(rule: Rule) -> float:
    """From one date that the rule names to the next, in days, on average."""
    return float(rule.every_days) if rule.every_days is not None else 7 / len(rule.weekdays or ())


def _due(spans: Sequence[Span], answers: Mapping[dt.date, Answer], since: dt.date, today: dt.date) -> list[Counted]:
    found: list[Counted] = []
    for span in spans:
        lost, days = lost_dates(span.rule.timezone), days_apart(span.rule)
        dates = map(dt.date.fromordinal, _numbers(span, since, today))
        found += [Counted(date, answers.get(date), days) for date in dates if date not in lost]
    if found and found[-1].date == today and not found[-1].answer:
        found.pop()
    return found


def _numbers(span: Span, since: dt.date, today: dt.date) -> Sequence[int]:
    """The dates that the span's rule names, as ordinals. Ten years are 3,650 of them."""
    rule, begin, end = span.rule, max(span.starts, since).toordinal(), today.toordinal() + 1
    if span.ends is not None:
        end = min(end, span.ends.toordinal())
    if rule.every_days is not None:
        return range(begin + (rule.starts_on.toordinal() - begin) % rule.every_days, end, rule.every_days)
    # 1 January of the year 1 was a Monday.
    weekdays = {day % 7 for day in rule.weekdays or ()}
    return [number for number in range(begin, end) if number % 7 in weekdays]


def _done_outside(spans: Sequence[Span], answers: Mapping[dt.date, Answer]) -> list[Counted]:
    starts = [span.starts for span in spans]
    found = []
    for date, answer in answers.items() if spans else ():
        if answer == "done":
            before = bisect_right(starts, date) - 1
            span = spans[max(0, before)]
            if not _holds(span, date) and names(span.rule, date):
                found.append(Counted(date, answer, days_apart(span.rule)))
    return found


def _holds(span: Span, date: dt.date) -> bool:
    return span.starts <= date and (span.ends is None or date < span.ends)
