"""Answers against everything else that writes: they take turns, nothing deadlocks, nothing half-way stays."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from accounts.models import Person
from accounts.services import erase
from accounts.signals import person_erasing
from contract.errors import NotFound
from habits.models import Habit, Schedule
from habits.services import delete_habit, update_habit
from habits.signals import habit_deleting, habit_saved
from reminders.models import Reminder
from reminders.planner import plan
from telegram.linking import link
from tests import races
from tests.races import PATIENCE, Act, Actor
from tests.tracking.conftest import DAY, MINUTE, NOW, TODAY, Caller, answer, answers, path_of
from tracking.models import CheckIn, LastDeed
from tracking.services import undo

pytestmark = pytest.mark.django_db(transaction=True)

WRITTEN: races.Points = [
    (post_save, CheckIn),
    (post_delete, LastDeed),
    (habit_deleting, Habit),
    (habit_saved, Habit),
    (person_erasing, Person),
]
race = partial(races.race, at=WRITTEN)


def put(call: Caller, habit: Habit, status: str = "done") -> Act:
    return lambda: call("PUT", path_of(habit, TODAY), {"status": status})


def remove(call: Caller, habit: Habit) -> Act:
    return lambda: call.delete(f"/habits/{habit.pk}")


def make_useful(call: Caller, habit: Habit) -> Act:
    told = {"is_pleasant": False, "time": "07:00", "place": "bed", "reward": "a song"}
    return lambda: call.patch(f"/habits/{habit.pk}", told)


def earn(call: Caller, habit: Habit) -> Act:
    """A new habit whose prize this one is."""
    told = {"action": "swim", "time": "07:00", "place": "the sea", "related_habit": habit.pk}
    return lambda: call.post("/habits", told)


def nothing_is_left() -> None:
    for rows in (Person.objects, Habit.objects, CheckIn.objects, LastDeed.objects):
        assert rows.count() == 0


def undoing(person: Person) -> Act:
    return lambda: undo(person=person, now=NOW + MINUTE)


def test_two_answers_at_once_are_one_and_the_second_stands(call: Caller, useful: Habit) -> None:
    first, second = race(put(call, useful, "done"), put(call, useful, "skipped"))
    assert (first.status_code, second.status_code) == (201, 200)
    assert answers(useful) == {TODAY: ("skipped", None)}
    assert undo(person=useful.owner, now=NOW).stands == "done"


def test_a_double_tap_is_one_answer(call: Caller, useful: Habit) -> None:
    first, second = race(put(call, useful), put(call, useful))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert undo(person=useful.owner, now=NOW).stands is None


def test_an_answer_that_comes_before_the_deletion_is_deleted_and_comes_back(call: Caller, useful: Habit) -> None:
    first, second = race(put(call, useful), remove(call, useful))
    assert (first.status_code, second.status_code) == (201, 204)
    assert answers(useful) == {}
    undo(person=useful.owner, now=NOW)
    assert answers(useful) == {TODAY: ("done", None)}


def test_an_answer_that_comes_after_the_deletion_finds_nothing(call: Caller, useful: Habit) -> None:
    first, second = race(remove(call, useful), put(call, useful))
    assert (first.status_code, second.status_code) == (204, 404)
    assert not CheckIn.objects.exists()


def test_an_answer_is_held_to_what_the_habit_has_just_become(call: Caller, alice: Person, useful: Habit) -> None:
    prize = {"is_pleasant": True, "reward": None}
    first, second = race(partial(call.patch, f"/habits/{useful.pk}", prize), put(call, useful))
    assert (first.status_code, second.status_code) == (200, 422)


def test_of_two_who_undo_an_answer_one_does(useful: Habit) -> None:
    answer(useful, date=TODAY - DAY)
    answer(useful)
    first, second = race(undoing(useful.owner), undoing(useful.owner))
    assert first.date == TODAY
    assert isinstance(second, NotFound)
    assert answers(useful) == {TODAY - DAY: ("done", None)}


def test_of_two_who_undo_a_deletion_one_does(useful: Habit) -> None:
    answer(useful)
    delete_habit(person=useful.owner, habit_id=useful.pk, now=NOW)
    first, second = race(undoing(useful.owner), undoing(useful.owner))
    assert first.habit == useful
    assert isinstance(second, NotFound)
    assert answers(useful) == {TODAY: ("done", None)}


def test_an_answer_for_a_habit_that_is_coming_back_waits_for_it(call: Caller, useful: Habit) -> None:
    delete_habit(person=useful.owner, habit_id=useful.pk, now=NOW)
    first, second = race(undoing(useful.owner), put(call, useful))
    assert first.habit == useful
    assert second.status_code == 201


@pytest.mark.parametrize("is_pleasant", [False, True])
@pytest.mark.parametrize("act", [put, remove, make_useful, earn])
def test_what_meets_an_erasing_ends_in_nothing(
    call: Caller, alice: Person, useful: Habit, pleasant: Habit, act: Callable[..., Act], is_pleasant: bool
) -> None:
    erased, other = race(partial(erase, person=alice), act(call, pleasant if is_pleasant else useful))
    assert erased is None
    assert other.status_code in {404, 422}
    nothing_is_left()


@pytest.mark.parametrize("act", [put, remove, earn])
def test_an_erasing_that_meets_what_is_under_way_comes_after_it(
    call: Caller, alice: Person, useful: Habit, pleasant: Habit, act: Callable[..., Act]
) -> None:
    first, erased = race(act(call, pleasant if act is earn else useful), partial(erase, person=alice))
    assert first.status_code in {201, 204}
    assert erased is None
    nothing_is_left()


def test_a_planner_and_an_answer_never_wait_for_each_other(alice: Person, useful: Habit) -> None:
    link(person_id=alice.pk, chat_id=7, now=NOW)
    due = Schedule.objects.get(pk=useful.pk).next_at
    assert due is not None
    answering = Actor(lambda: answer(useful))
    with transaction.atomic():
        plan(now=due)
        assert Reminder.objects.filter(habit=useful).count() == 1
        answering.start()
        assert not answering.wait_until_blocked(), "by the planner"
    assert answers(useful) == {TODAY: ("done", None)}
    planning = Actor(lambda: plan(now=due + DAY))
    with transaction.atomic():
        answer(useful, date=TODAY - DAY)
        planning.start()
        assert not planning.wait_until_blocked(), "by the answer"
    assert planning.outcome is not None
    assert Reminder.objects.filter(habit=useful).count() == 2


def test_editing_answering_and_undoing_go_on_side_by_side(useful: Habit) -> None:
    """Over and over, in whichever order they come: all of it is done."""

    def edit() -> int:
        for hour in range(20):
            update_habit(person=useful.owner, habit_id=useful.pk, now=NOW, time=dt.time(hour))
        return hour

    def answer_and_undo() -> int:
        undone = 0
        for number in range(20):
            answer(useful, "done" if number % 2 else "skipped")
            with suppress(NotFound):  # the other one was faster
                undo(person=useful.owner, now=NOW)
                undone += 1
        return undone

    actors = [Actor(edit), Actor(answer_and_undo), Actor(answer_and_undo)]
    for actor in actors:
        actor.start()
    for actor in actors:
        actor.join(PATIENCE)
    edited, *undone = [actor.outcome for actor in actors]
    assert edited == 19
    assert 20 <= sum(undone) <= 40
    useful.refresh_from_db()
    assert useful.time == dt.time(19)
