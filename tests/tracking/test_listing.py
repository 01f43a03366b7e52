"""Answers of a stretch of days over the API."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from habits.models import Habit
from tests.habits.conftest import Caller
from tests.tracking.conftest import DAY, NOW, TODAY, path_of
from tracking.models import CheckIn


@pytest.fixture
def two_years(useful: Habit) -> Habit:
    CheckIn.objects.bulk_create(
        CheckIn(habit=useful, date=TODAY - n * DAY, status="done", source="api", answered_at=NOW) for n in range(730)
    )
    return useful


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", TODAY - 29 * DAY, TODAY),
        ("?to=2026-01-10", dt.date(2025, 12, 12), dt.date(2026, 1, 10)),
        ("?from=2026-01-10", dt.date(2026, 1, 10), TODAY),
        ("?from=2026-01-10&to=2026-01-10", dt.date(2026, 1, 10), dt.date(2026, 1, 10)),
        ("?from=2025-01-01&to=2026-01-01", dt.date(2025, 1, 1), dt.date(2026, 1, 1)),
        ("?from=2026-01-10&to=2026-12-31", dt.date(2026, 1, 10), TODAY),
    ],
)
def test_it_lists_a_stretch_of_days_the_oldest_first(
    call: Caller, two_years: Habit, query: str, first: dt.date, last: dt.date
) -> None:
    dates = [row["date"] for row in call.get(path_of(two_years) + query).json()["results"]]
    assert dates == [str(first + n * DAY) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("?from=2025-01-01&to=2026-01-02", "from", "too_many_days"),
        ("?from=2024-01-01", "from", "too_many_days"),
        ("?from=1900-01-01&to=2200-12-31", "from", "too_many_days"),
        ("?from=2026-01-02&to=2026-01-01", "from", "after_to"),
        ("?from=2026-02-01", "from", "after_to"),
        ("?from=yesterday", "from", "invalid_date"),
        ("?to=", "to", "invalid_date"),
        ("?until=2026-01-01", "until", "unknown"),
        ("?from_=2026-01-01", "from_", "unknown"),
        ("?from=2026-01-01&from=2026-01-02", "from", "given_twice"),
    ],
)
def test_it_refuses_other_stretches(call: Caller, useful: Habit, query: str, field: str, code: str) -> None:
    refused = call.get(path_of(useful) + query)
    assert refused.status_code == 422
    assert [(error["field"], error["code"]) for error in refused.json()["errors"]] == [(field, code)]


def test_no_history_makes_an_answer_or_a_list_ask_more_often(call: Caller, two_years: Habit) -> None:
    with CaptureQueriesContext(
        connection,
    ) as listing:
        call.get(path_of(two_years))
    with CaptureQueriesContext(connection) as writing:
        call("PUT", path_of(two_years, TODAY), {"status": "skipped"})
    # The sign-in is checked in some; then the habit and its answers; or savepoint, locks, answer, deed.
    assert len(listing) <= 4
    assert len(writing) <= 9
