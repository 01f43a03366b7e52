"""The page that reckons one habit by hand (docs/counting.md), held to what the services make of the same days."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Person
from habits.services import create_habit, update_habit
from tests.tracking.conftest import USEFUL
from tracking.models import CheckIn
from tracking.services import check_in
from tracking.stats import CompletionRate, stats
from tracking.strength import multiplier_of

pytestmark = pytest.mark.django_db

PAGE = Path(settings.BASE_DIR, "docs", "counting.md")
ROW = re.compile(r"^\| (\d+) June \| (.+) \| (done|missed|skipped|) ?\| (\d+) \| (\d\.\d+) \|$", re.MULTILINE)


def june(day: int, hour: int = 22) -> dt.datetime:
    return dt.datetime(2026, 6, day, hour, tzinfo=dt.UTC)


def test_the_figures_are_those_of_the_page(charlie: Person) -> None:
    page = PAGE.read_text()
    rows = ROW.findall(page)
    assert len(rows) == 12
    habit = create_habit(person=charlie, now=june(1, 12), **(USEFUL | {"time": dt.time(21)}))
    numbers = {"done": 0, "skipped": 0, "missed": 0, "": 0}
    for day, (date, said, counts_as, streak, strength) in enumerate(rows):
        date = int(date)
        if said.startswith(("read", "skipped")):
            check_in(
                person=charlie, habit_id=habit.pk, date=june(date).date(), source=CheckIn.Source.API, now=june(date),
                status="done" if said.startswith("read") else "skipped",
            )  # fmt: skip
        if "changed the days" in said:
            update_habit(person=charlie, habit_id=habit.pk, now=june(date), weekdays=[1, 3, 5])
        if "then paused" in said:
            update_habit(person=charlie, habit_id=habit.pk, now=june(date), is_paused=True)
        numbers[counts_as] += 1
        # Looked at the next morning: what was not answered is missed by then.
        found = stats(person=charlie, habit_id=habit.pk, now=june(date + 1, 6))
        assert (found.current_streak, f"{found.strength:.4f}") == (int(streak), strength), day
        assert f"{found.strength:.6f}" in page
        assert {**numbers, "": 0} == {"done": found.done, "skipped": found.skipped, "missed": found.missed, "": 0}
    found = stats(person=charlie, habit_id=habit.pk, now=june(14))
    assert (found.current_streak, found.longest_streak, found.today) == (1, 3, "not_due")
    assert (found.done, found.skipped, found.missed) == (6, 1, 2)
    assert found.completion_rate == CompletionRate(2 / 3, 6 / 8, 6 / 8)


@pytest.mark.parametrize(("apart", "left"), [(1, "0.948078"), (7 / 3, "0.921782")])
def test_what_one_occurrence_leaves_is_as_the_page_says(apart: float, left: str) -> None:
    assert f"{multiplier_of(apart):.6f}" == left
    assert PAGE.read_text().count(left) > 2
