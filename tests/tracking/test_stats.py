"""Stats as they come out of the database and over HTTP, and what they cost."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from accounts.services import update_profile
from contract.errors import Conflict, NotFound
from habits.models import Habit
from habits.services import create_habit, delete_habit, update_habit
from tests.tracking.conftest import DAY, HOUR, NOW, TODAY, USEFUL, Caller, answer
from tracking.missing import just_missed
from tracking.models import CheckIn, Phase
from tracking.stats import stats, stats_of, streaks_of

pytestmark = pytest.mark.django_db


# --- What is told ------------------------------------------------------------------------------------------------


def test_a_new_habit_has_nothing_to_tell(call: Caller, useful: Habit) -> None:
    nothing = {"last_7_days": None, "last_30_days": None, "last_90_days": None}
    response = call.get(f"/habits/{useful.pk}/stats")
    assert (response.status_code, response.json()) == (
        200,
        {
            "current_streak": 0,
            "longest_streak": 0,
            "completion_rate": nothing,
            "strength": 0.0,
            "done": 0,
            "skipped": 0,
            "missed": 0,
            "today": "pending",
        },
    )


def test_the_first_done_makes_a_streak_of_one_also_over_the_api(call: Caller, useful: Habit) -> None:
    call("PUT", f"/habits/{useful.pk}/check-ins/{TODAY}", {"status": "done"})
    found = call.get(f"/habits/{useful.pk}/stats").json()
    assert (found["current_streak"], found["today"], found["completion_rate"]["last_7_days"]) == (1, "done", 1.0)


def test_yesterday_counts_if_it_was_done_on_the_day_the_habit_was_made(alice: Person, useful: Habit) -> None:
    answer(useful, date=TODAY - DAY)
    answer(useful, "skipped", date=TODAY - 2 * DAY)
    found = stats(person=alice, habit_id=useful.pk, now=NOW)
    assert (found.done, found.skipped, found.missed, found.current_streak) == (1, 0, 0, 1)


def test_a_habit_that_began_before_it_was_made_missed_what_was_not_answered(alice: Person) -> None:
    habit = create_habit(person=alice, now=NOW, starts_on=TODAY - 5 * DAY, **USEFUL)
    answer(habit, date=TODAY - DAY)
    found = stats(person=alice, habit_id=habit.pk, now=NOW)
    assert (found.done, found.missed, found.current_streak) == (1, 4, 1)


def test_an_extra_day_is_kept_and_counts_for_nothing(alice: Person) -> None:
    habit = create_habit(person=alice, now=NOW, weekdays=[1], **USEFUL)  # 31 January 2026 is a Saturday
    answer(habit)
    found = stats(person=alice, habit_id=habit.pk, now=NOW)
    assert (found.done, found.current_streak, found.today) == (0, 0, "done")


def test_a_new_frequency_does_not_rewrite_the_past(alice: Person, useful: Habit) -> None:
    for days in range(3):
        answer(useful, date=TODAY + days * DAY, now=NOW + days * DAY)
    later = NOW + 3 * DAY + 12 * HOUR  # the 3rd was missed
    before = stats(person=alice, habit_id=useful.pk, now=later)
    update_habit(person=alice, habit_id=useful.pk, now=later, weekdays=[7])
    assert stats(person=alice, habit_id=useful.pk, now=later).done == before.done == 3
    found = stats(person=alice, habit_id=useful.pk, now=later + 3 * DAY)
    assert (found.missed, found.current_streak) == (1, 0)  # from then on Sundays


@pytest.mark.parametrize("everything", [True, False])
def test_a_pause_keeps_the_streak_and_what_is_done_in_it_counts(alice: Person, useful: Habit, everything: bool) -> None:
    def pause(now: dt.datetime, *, on: bool) -> None:
        if everything:
            changes = {"paused_until": TODAY + 20 * DAY if on else None}
            update_profile(person=alice, changes=changes, now=now)
        else:
            update_habit(person=alice, habit_id=useful.pk, now=now, is_paused=on)

    answer(useful)
    pause(NOW + 12 * HOUR, on=True)
    answer(useful, date=TODAY + 5 * DAY, now=NOW + 5 * DAY)
    assert stats(person=alice, habit_id=useful.pk, now=NOW + 9 * DAY).current_streak == 2
    pause(NOW + 10 * DAY, on=False)
    found = stats(person=alice, habit_id=useful.pk, now=NOW + 11 * DAY)
    assert (found.current_streak, found.missed, found.today) == (0, 1, "pending")


def test_a_pause_that_is_over_needs_nobody_to_end_it(alice: Person, useful: Habit) -> None:
    update_profile(person=alice, changes={"paused_until": TODAY + 3 * DAY}, now=NOW)
    found = stats(person=alice, habit_id=useful.pk, now=NOW + 5 * DAY)
    assert (found.missed, found.today) == (2, "pending")


def test_a_habit_that_nobody_followed_is_counted_by_its_rule_since_it_was_made(alice: Person, useful: Habit) -> None:
    """As one that was written past the services."""
    Phase.objects.all().delete()
    answer(useful, date=TODAY + 2 * DAY, now=NOW + 2 * DAY)
    found = stats(person=alice, habit_id=useful.pk, now=NOW + 2 * DAY)
    assert (found.done, found.missed, found.current_streak) == (1, 2, 1)
    assert streaks_of(habits=[useful.pk], today=TODAY + 2 * DAY) == {useful.pk: 1}
    Habit.objects.update(is_paused=True)
    assert stats(person=alice, habit_id=useful.pk, now=NOW + 2 * DAY).missed == 0


def test_another_persons_habit_is_not_there(call: Caller, bobs: Habit, bob: Person, alice: Person) -> None:
    assert call.get(f"/habits/{bobs.pk}/stats").status_code == 404
    with pytest.raises(NotFound):
        stats(person=alice, habit_id=bobs.pk, now=NOW)
    assert Caller(None).get(f"/habits/{bobs.pk}/stats").status_code == 401


def test_a_pleasant_habit_has_no_stats(call: Caller, pleasant: Habit, alice: Person) -> None:
    response = call.get(f"/habits/{pleasant.pk}/stats")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "pleasant_habit")
    with pytest.raises(Conflict):
        stats(person=alice, habit_id=pleasant.pk, now=NOW)


def test_streaks_of_what_is_gone_are_left_out(alice: Person, useful: Habit, pleasant: Habit) -> None:
    gone = create_habit(person=alice, now=NOW, **USEFUL)
    delete_habit(person=alice, habit_id=gone.pk, now=NOW)
    assert streaks_of(habits=[useful.pk, gone.pk, pleasant.pk], today=TODAY) == {useful.pk: 0}
    assert streaks_of(habits=[], today=TODAY) == {}


def test_streaks_longer_than_the_first_look_are_whole(useful: Habit) -> None:
    days = [TODAY + n * DAY for n in range(200)]
    rows = [
        CheckIn(habit=useful, date=day, status="skipped" if n > 120 else "done", source="bot", answered_at=NOW)
        for n, day in enumerate(days)
    ]
    CheckIn.objects.bulk_create(rows)
    assert streaks_of(habits=[useful.pk], today=days[-1]) == {useful.pk: 121}


def test_a_date_that_is_asked_about_twice_is_told_of_once(useful: Habit) -> None:
    """As where one message tells of a date that another had told of before."""
    answer(useful)
    day = (useful.pk, TODAY + 2 * DAY)
    update_habit(person=useful.owner, habit_id=useful.pk, now=NOW + 12 * HOUR, time=dt.time(8))
    assert just_missed([day, day, (useful.pk, TODAY + DAY), (useful.pk, TODAY + 3 * DAY)]) == {day}
    assert just_missed([]) == set()


# --- What it costs -----------------------------------------------------------------------------------------------


def followed_for_years(person: Person, habits: int) -> list[Habit]:
    """Habits with a history: edited and paused again and again, answered on most days."""
    made = [create_habit(person=person, now=NOW, **USEFUL) for _ in range(habits)]
    rows = []
    for habit in made:
        for step in range(1, 9):
            change: dict[str, Any] = {"is_paused": step % 4 == 3, "time": dt.time(6 + step)}
            update_habit(person=person, habit_id=habit.pk, now=NOW + 20 * step * DAY, **change)
        rows += [
            CheckIn(habit=habit, date=TODAY + n * DAY, status="done", source="bot", answered_at=NOW)
            for n in range(200)
            if n % 13
        ]
    CheckIn.objects.bulk_create(rows)
    return made


@pytest.mark.parametrize("habits", [1, 6])
def test_their_queries_do_not_grow_with_histories_or_habits(alice: Person, habits: int) -> None:
    now = NOW + 200 * DAY
    made = followed_for_years(alice, habits)
    with CaptureQueriesContext(connection) as queries:
        stats(person=alice, habit_id=made[0].pk, now=now)
    assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries:
        assert len(stats_of(person=alice, habits=made, now=now)) == habits
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        assert len(streaks_of(habits=[habit.pk for habit in made], today=TODAY + 200 * DAY)) == habits
    assert len(queries) <= 4
    with CaptureQueriesContext(connection) as queries:
        just_missed([(habit.pk, TODAY + n * DAY) for habit in made for n in range(200)])
    assert len(queries) == 2
