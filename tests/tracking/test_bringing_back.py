"""A deletion that is undone: the habit is there again with all that it had."""

import datetime as dt

import pytest

from accounts.models import Person
from accounts.services import erase, update_profile
from contract.errors import Conflict, NotFound
from habits.models import Habit, Schedule
from habits.services import create_habit, update_habit
from telegram.linking import link
from tests.tracking.conftest import DAY, MINUTE, NOW, TODAY, USEFUL, answer, remove, rows
from tracking.models import CheckIn, LastDeed, Phase
from tracking.services import undo

SOON = NOW + MINUTE


@pytest.fixture
def history(alice: Person, pleasant: Habit) -> Habit:
    """A habit with all its columns filled, years of answers, and three phases."""
    habit = create_habit(
        person=alice, now=NOW - 400 * DAY, **USEFUL | {"reward": None}, related_habit=pleasant.pk,
        weekdays=[1, 3, 7], duration=90, is_public=True, starts_on=dt.date(2024, 12, 1),
    )  # fmt: skip
    update_habit(person=alice, habit_id=habit.pk, now=NOW - 200 * DAY, every_days=2)
    habit = update_habit(person=alice, habit_id=habit.pk, now=NOW - 100 * DAY, time=dt.time(21, 30))
    CheckIn.objects.bulk_create(
        CheckIn(
            habit=habit,
            date=TODAY - n * DAY,
            status="skipped" if n % 5 == 0 else "done",
            source="api",
            note=f"Заметка “{n}” \\ 'x'" if n % 3 == 0 else None,
            answered_at=NOW - n * DAY + n * dt.timedelta(microseconds=1),
        )
        for n in range(1, 400)
    )
    return habit


def test_a_deleted_habit_comes_back_under_its_id_with_all_that_it_had(history: Habit) -> None:
    link(person_id=history.owner_id, chat_id=7, now=NOW)
    kept = [rows(CheckIn, history), rows(Phase, history)]
    habit = Habit.objects.filter(pk=history.pk).values().get()
    schedule = Schedule.objects.filter(pk=history.pk).values().get()
    assert len(kept[1]) == 3
    remove(history)
    assert [rows(CheckIn, history), rows(Phase, history)] == [[], []]
    undone = undo(person=history.owner, now=SOON)
    assert (undone.kind, undone.habit.pk, undone.date) == (LastDeed.Kind.DELETION, history.pk, None)
    assert [rows(CheckIn, history), rows(Phase, history)] == kept
    assert Habit.objects.filter(pk=history.pk).values().get() == habit
    next_at = dt.datetime(2026, 1, 31, 18, 30, tzinfo=dt.UTC)
    assert Schedule.objects.filter(pk=history.pk).values().get() == schedule | {"next_at": next_at}
    with pytest.raises(NotFound):
        undo(person=history.owner, now=SOON)


def test_what_came_back_is_reminded_of_by_the_clock_of_now(history: Habit) -> None:
    link(person_id=history.owner_id, chat_id=7, now=NOW)
    remove(history)
    update_profile(person=history.owner, changes={"timezone": "Asia/Tokyo"}, now=NOW)
    undo(person=history.owner, now=SOON)
    schedule = Schedule.objects.get(pk=history.pk)
    assert schedule.timezone == "Asia/Tokyo"
    assert schedule.next_at is not None
    assert schedule.next_at > SOON


def test_a_paused_habit_comes_back_paused(history: Habit) -> None:
    update_habit(person=history.owner, habit_id=history.pk, now=NOW, is_paused=True)
    phases = rows(Phase, history)
    remove(history)
    habit = undo(person=history.owner, now=SOON).habit
    assert habit.is_paused
    assert rows(Phase, history) == phases


def test_a_pleasant_habit_comes_back_too(pleasant: Habit) -> None:
    remove(pleasant)
    undo(person=pleasant.owner, now=SOON)
    assert Habit.objects.get().is_pleasant


@pytest.mark.parametrize("gone", [True, False])
def test_without_its_prize_a_habit_stays_away(history: Habit, pleasant: Habit, gone: bool) -> None:
    remove(history)
    if gone:
        remove(pleasant, undoable=False)
    else:
        update_habit(person=pleasant.owner, habit_id=pleasant.pk, now=NOW, is_pleasant=False, **USEFUL)
    with pytest.raises(Conflict) as refused:
        undo(person=history.owner, now=SOON)
    assert refused.value.errors[0].field == "related_habit"
    assert not Habit.objects.filter(pk=history.pk).exists()
    assert not CheckIn.objects.exists()


def test_two_deletions_leave_the_last_one_to_undo(history: Habit, useful: Habit) -> None:
    remove(history)
    remove(useful)
    assert undo(person=useful.owner, now=SOON).habit.pk == useful.pk
    with pytest.raises(NotFound):
        undo(person=useful.owner, now=SOON)


def test_erasing_a_person_leaves_nothing_to_undo(history: Habit, useful: Habit) -> None:
    answer(useful)
    remove(history)
    erase(person=history.owner)
    for kept in (LastDeed.objects, CheckIn.objects, Phase.objects):
        assert kept.count() == 0
