"""Since when which rule held: written with each change, by whoever makes it, and in turns."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from accounts.services import update_profile
from accounts.signals import pause_changed, timezone_changed
from habits.models import Habit
from habits.services import create_habit, update_habit
from habits.signals import habit_saved
from tests import races
from tests.tracking.conftest import DAY, HOUR, NOW, TODAY, USEFUL
from tracking.models import Phase

pytestmark = pytest.mark.django_db

LATER = NOW + 10 * DAY + 12 * HOUR  # 10 February, 13:30 in Moscow: that day's 07:00 has come
NEXT = TODAY + 11 * DAY

Row = tuple[dt.date, dt.date | None, str, str]


def phases(habit: Habit) -> list[Row]:
    rows = Phase.objects.filter(habit=habit.pk).order_by("starts")
    return [(row.starts, row.ends, f"{row.time:%H:%M}", row.timezone) for row in rows]


def edit(habit: Habit, now: dt.datetime = LATER, **changes: Any) -> None:
    update_habit(person=habit.owner, habit_id=habit.pk, now=now, **changes)


def profile(person: Person, now: dt.datetime = LATER, **changes: object) -> None:
    update_profile(person=person, changes=changes, now=now)


MOSCOW = "Europe/Moscow"
FIRST: Row = (TODAY, None, "07:00", MOSCOW)
ENDED: Row = (TODAY, NEXT, "07:00", MOSCOW)


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        ({}, NOW, (TODAY, None)),
        ({}, NOW + 12 * HOUR, (TODAY + DAY, None)),  # today's time was over
        ({"starts_on": TODAY - 3 * DAY}, NOW + 12 * HOUR, (TODAY - 3 * DAY, None)),
        ({"starts_on": TODAY + 9 * DAY}, NOW, (TODAY + 9 * DAY, None)),
        ({"weekdays": [3]}, NOW, (dt.date(2026, 2, 4), None)),
        ({"starts_on": TODAY - 3 * DAY, "is_paused": True}, NOW, (TODAY - 3 * DAY, TODAY)),
        ({"is_paused": True}, NOW, None),
    ],
)
def test_a_new_habit_begins_with_what_is_to_come_or_with_its_start(
    alice: Person, told: dict[str, Any], now: dt.datetime, expected: tuple[dt.date, dt.date | None] | None
) -> None:
    habit = create_habit(person=alice, now=now, **(USEFUL | told))
    assert [row[:2] for row in phases(habit)] == ([expected] if expected else [])


def test_a_new_habit_of_someone_who_pauses_everything_begins_after_that(alice: Person) -> None:
    profile(alice, NOW, paused_until=NEXT)
    assert phases(create_habit(person=alice, now=NOW, **USEFUL)) == [(NEXT, None, "07:00", MOSCOW)]


def test_a_pleasant_habit_has_none(pleasant: Habit) -> None:
    assert phases(pleasant) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"time": dt.time(6)}, [ENDED, (NEXT, None, "06:00", MOSCOW)]),
        # Reminded of on the same day again, it still counts once.
        ({"time": dt.time(21)}, [ENDED, (NEXT, None, "21:00", MOSCOW)]),
        ({"weekdays": [1]}, [ENDED, (dt.date(2026, 2, 16), None, "07:00", MOSCOW)]),
        ({"every_days": 7}, [ENDED, (dt.date(2026, 2, 14), None, "07:00", MOSCOW)]),
        ({"is_paused": True}, [ENDED]),
        ({"is_pleasant": True, "reward": None}, [ENDED]),
        ({"reward": "a walk"}, [FIRST]),
        ({"is_public": True, "place": "the wood"}, [FIRST]),
    ],
)
def test_an_edit_ends_what_has_come_and_begins_with_what_is_to_come(
    useful: Habit, change: dict[str, Any], expected: list[Row]
) -> None:
    edit(useful, **change)
    assert phases(useful) == expected


def test_what_has_not_come_yet_leaves_no_trace(useful: Habit) -> None:
    for hour in (8, 9, 10):
        edit(useful, NOW, time=dt.time(hour))
    assert phases(useful) == [(TODAY, None, "10:00", MOSCOW)]


def test_a_pause_in_which_nothing_was_due_leaves_no_trace(useful: Habit) -> None:
    edit(useful, LATER, is_paused=True)
    edit(useful, LATER + HOUR, is_paused=False)
    assert phases(useful) == [FIRST]
    profile(useful.owner, LATER, paused_until=NEXT + 5 * DAY)
    profile(useful.owner, LATER + HOUR, paused_until=None)
    assert phases(useful) == [FIRST]


def test_a_pause_leaves_a_gap(useful: Habit) -> None:
    edit(useful, LATER, is_paused=True)
    edit(useful, LATER + 3 * DAY, is_paused=False)
    assert phases(useful) == [ENDED, (NEXT + 3 * DAY, None, "07:00", MOSCOW)]


def test_a_pause_of_everything_knows_its_end_and_can_be_put_off(useful: Habit) -> None:
    profile(useful.owner, LATER, paused_until=NEXT + 5 * DAY)
    assert phases(useful) == [ENDED, (NEXT + 5 * DAY, None, "07:00", MOSCOW)]
    profile(useful.owner, LATER + DAY, paused_until=NEXT + 9 * DAY)
    assert phases(useful) == [ENDED, (NEXT + 9 * DAY, None, "07:00", MOSCOW)]
    edit(useful, LATER + 2 * DAY, time=dt.time(8))
    assert phases(useful) == [ENDED, (NEXT + 9 * DAY, None, "08:00", MOSCOW)]


def test_a_pause_until_a_date_leaves_out_nothing_of_that_date(useful: Habit) -> None:
    edit(useful, time=dt.time(0))
    profile(useful.owner, LATER, paused_until=NEXT + 5 * DAY)
    assert phases(useful)[-1] == (NEXT + 5 * DAY, None, "00:00", MOSCOW)


def test_a_start_in_the_past_stays_while_nothing_has_come_yet(alice: Person) -> None:
    habit = create_habit(person=alice, now=NOW, starts_on=TODAY - 3 * DAY, weekdays=[2], **USEFUL)
    edit(habit, NOW + HOUR, reward="a walk")
    assert phases(habit) == [(TODAY - 3 * DAY, None, "07:00", MOSCOW)]


def test_who_flies_over_midnight_is_not_asked_twice_for_a_date(useful: Habit) -> None:
    # 22:30 in Moscow is 08:30 of the next day in Kiritimati; back there the date begins anew.
    evening = LATER + 9 * HOUR
    profile(useful.owner, evening, timezone="Pacific/Kiritimati")
    profile(useful.owner, evening + DAY, timezone="America/New_York")
    assert phases(useful) == [
        ENDED,
        (NEXT + DAY, NEXT + 2 * DAY, "07:00", "Pacific/Kiritimati"),
        (NEXT + 2 * DAY, None, "07:00", "America/New_York"),
    ]


def test_a_useful_habit_that_was_pleasant_begins_then_though_it_was_made_long_ago(pleasant: Habit) -> None:
    edit(pleasant, LATER, is_pleasant=False, time=dt.time(7), place="bed", reward="a song")
    assert phases(pleasant) == [(NEXT, None, "07:00", MOSCOW)]


def test_an_edit_that_changes_no_rule_writes_nothing(useful: Habit) -> None:
    with CaptureQueriesContext(connection) as queries:
        edit(useful, reward="a walk")
    assert [one["sql"] for one in queries if "tracking_phase" in one["sql"] and "SELECT" not in one["sql"][:10]] == []


def queries_of_a_flight(person: Person, now: dt.datetime, zone: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        profile(person, now, timezone=zone)
    return sum("tracking" in one["sql"] for one in queries)


def test_a_new_zone_takes_as_many_queries_for_many_habits_as_for_one(useful: Habit) -> None:
    few = queries_of_a_flight(useful.owner, LATER, "Asia/Tokyo")
    for _ in range(9):
        create_habit(person=useful.owner, now=NOW, **USEFUL)
    assert queries_of_a_flight(useful.owner, LATER + 2 * DAY, "Asia/Almaty") == few
    assert set(Phase.objects.filter(ends=None).values_list("timezone")) == {("Asia/Almaty",)}


# --- At once -----------------------------------------------------------------------------------------------------

AT: races.Points = [(habit_saved, Habit), (timezone_changed, Person), (pause_changed, Person)]
CHANGES: dict[str, Callable[[Habit], object]] = {
    "edit": partial(edit, time=dt.time(8)),
    "pause": partial(edit, is_paused=True),
    "make pleasant": partial(edit, is_pleasant=True, reward=None),
    "fly": lambda habit: profile(habit.owner, timezone="Asia/Tokyo"),
    "pause all": lambda habit: profile(habit.owner, paused_until=NEXT + 5 * DAY),
}


def is_true(habit: Habit) -> bool:
    """Whether the phase that goes on is the one that the habit and its person, as they stand, call for."""
    habit = Habit.objects.select_related("owner").get(pk=habit.pk)
    going_on = Phase.objects.filter(habit=habit, ends=None).first()
    if habit.is_paused or habit.is_pleasant:
        return going_on is None
    if going_on is None:
        return False
    is_awake = habit.owner.paused_until is None or going_on.starts >= habit.owner.paused_until
    return is_awake and (going_on.time, going_on.timezone) == (habit.time, habit.owner.timezone)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("first", "second"), [*permutations(CHANGES, 2)])
def test_two_changes_at_once_leave_the_phase_that_both_call_for(useful: Habit, first: str, second: str) -> None:
    outcomes = races.race(lambda: CHANGES[first](useful), lambda: CHANGES[second](useful), at=AT)
    assert outcomes == (None, None)
    assert is_true(useful)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["fly", "pause all"])
@pytest.mark.parametrize("making", ["create", "make useful"])
@pytest.mark.parametrize("is_made_first", [True, False])
def test_a_habit_that_nobody_can_see_yet_misses_no_change(
    useful: Habit, pleasant: Habit, change: str, making: str, is_made_first: bool
) -> None:
    def make() -> None:
        if making == "create":
            create_habit(person=useful.owner, now=LATER, **USEFUL)
        else:
            edit(pleasant, is_pleasant=False, time=dt.time(7), place="bed", reward="a song")

    acts: list[races.Act] = [make, lambda: CHANGES[change](useful)]
    first, second = acts if is_made_first else acts[::-1]
    assert races.race(first, second, at=AT) == (None, None)
    useful_ones = Habit.objects.filter(is_pleasant=False)
    assert len(useful_ones) == 2
    assert all(is_true(habit) for habit in useful_ones)
