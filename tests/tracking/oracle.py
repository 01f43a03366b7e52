"""How a habit has grown, found in another way than the code finds it: day by day, from the raw history of its changes.

It knows no phases. Which dates were due it asks of the schedules' own oracle (tests/habits/oracle.py), for the time
that passed between one change and the next, moment by moment; and it counts with lists and text rather than sums.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from habits.occurrences import Rule
from tests.habits.oracle import oracle, oracle_dates, oracle_instant, shown
from tracking.counted import Answer

DAY = dt.timedelta(days=1)
Row = tuple[dt.date, Answer | None, float]


@dataclass(frozen=True)
class Change:
    """From `at` on `rule` holds (None: nothing is due), but for what comes before `resumes`. `told` is what is written.

    The first one is the making of the habit.
    """

    at: dt.datetime
    rule: Rule | None
    resumes: dt.datetime | None
    told: Rule


def due_dates(history: Sequence[Change], until: dt.datetime) -> dict[dt.date, Rule]:
    """Each date that the engine reminded of, or would have, and the rule by which. A date comes once, and forward."""
    made = history[0]
    zone = ZoneInfo(made.told.timezone)
    today = shown(made.at, zone).date()
    due: dict[dt.date, Rule] = {}
    if made.told.starts_on < today:  # said to have begun before it was made
        for date in oracle_dates(made.told, made.told.starts_on, today + DAY):
            at = oracle_instant(dt.datetime.combine(date, made.told.time), zone)
            if at and at <= made.at:
                due[date] = made.told
    ends = [change.at for change in history[1:]] + [until]
    for change, end in zip(history, ends, strict=True):
        for occurrence in oracle(change.rule, change.at, end) if change.rule else ():
            is_awake = change.resumes is None or occurrence.at >= change.resumes
            if change.rule and is_awake and (not due or occurrence.date > max(due)):
                due[occurrence.date] = change.rule
    return due


def all_due(history: Sequence[Change], now: dt.datetime) -> dict[dt.date, Rule]:
    """What is due up to some days from now, or for the first time at all."""
    return due_dates(history, now + 4 * DAY) or due_dates(history, now + 400 * DAY)


def counted_days(
    due: Mapping[dt.date, Rule], told: Rule, answers: Mapping[dt.date, Answer], today: dt.date
) -> list[Row]:
    """Each day up to today that counts. `told` is the rule as it is written now."""
    rows: list[Row] = []
    date = min([today, *due, *answers])
    while date <= today:
        answer = answers.get(date)
        if date in due:
            if answer or date < today:
                rows.append((date, answer, days(due[date])))
        elif answer == "done":
            before = [one for one in due if one < date]
            rule = due[max(before)] if before else due[min(due)] if due else told
            if names(rule, date):
                rows.append((date, answer, days(rule)))
        date += DAY
    return rows


def names(rule: Rule, date: dt.date) -> bool:
    if oracle_instant(dt.datetime.combine(date, dt.time(12)), ZoneInfo(rule.timezone)) is None:
        return False
    if rule.every_days is None:
        return str(date.isoweekday()) in str(rule.weekdays)
    return abs((date - rule.starts_on).days) % rule.every_days == 0


def days(rule: Rule) -> float:
    return rule.every_days or 7 / len(rule.weekdays or ())


def marks(rows: Sequence[Row]) -> str:
    """A letter for each day that counts: done, skipped, missed."""
    return "".join((answer or "missed")[0] for _date, answer, _days in rows)


def current(rows: Sequence[Row]) -> int:
    return len(marks(rows).replace("s", "").rpartition("m")[2])


def longest(rows: Sequence[Row]) -> int:
    return max(map(len, marks(rows).replace("s", "").split("m")))


def rate(rows: Sequence[Row], today: dt.date, window: int) -> float | None:
    lately = marks([row for row in rows if (today - row[0]).days < window])
    of = lately.count("d") + lately.count("m")
    return lately.count("d") / of if of else None


def grown(rows: Sequence[Row]) -> float:
    """Strength as Loop Habit Tracker moves it, a day after a day: an occurrence stands for all its days."""
    score = 0.0
    for _date, answer, apart in rows:
        if answer != "skipped":
            a_day = 0.5 ** ((1 / apart) ** 0.5 / 13)
            kept = a_day**apart
            score = score * kept + (answer == "done") * (1 - kept)
    return score


def is_missed_once(due: Mapping[dt.date, Rule], told: Rule, answers: Mapping[dt.date, Answer], date: dt.date) -> bool:
    """Whether the day that counted before `date` was missed, and the one before that was not."""
    earlier = {day: answer for day, answer in answers.items() if day < date}
    return marks(counted_days(due, told, earlier, date))[-2:] in {"dm", "sm"}


def loop_scores(ticks: Sequence[bool | None]) -> list[float]:
    """Loop's own scores of a daily habit, a value for each day: ticked, not ticked, skipped (None)."""
    scores = [0.0]
    multiplier = pow(0.5, pow(1.0, 0.5) / 13.0)
    for ticked in ticks:
        scores.append(scores[-1] if ticked is None else scores[-1] * multiplier + ticked * (1 - multiplier))
    return scores[1:]
