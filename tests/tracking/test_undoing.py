"""What /undo takes back: the last answer or deletion, for an hour, exactly as it was."""

import datetime as dt
from typing import Any

import pytest
from django.utils.timezone import now as current
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Person
from accounts.services import erase, update_profile
from contract.errors import Conflict, NotFound
from habits.models import Habit, Schedule
from habits.services import create_habit, delete_habit, update_habit
from telegram.linking import link
from tests.people import make_person
from tests.tracking.conftest import DAY, HOUR, MINUTE, NOW, TODAY, USEFUL, answer, answers
from tracking.models import CheckIn, LastDeed, Phase
from tracking.services import check_in, take_back, undo
from tracking.tasks import prune_deeds

DONE, SKIPPED = CheckIn.Status.DONE, CheckIn.Status.SKIPPED
SOON = NOW + MINUTE


def rows(model: Any, habit: Habit) -> list[dict[str, Any]]:
    return list(model.objects.filter(habit=habit.pk).order_by("pk").values())


def remove(habit: Habit, **told: Any) -> None:
    delete_habit(person=habit.owner, habit_id=habit.pk, **({"now": NOW} | told))


def test_a_first_answer_is_gone_again(useful: Habit) -> None:
    answer(useful)
    undone = undo(person=useful.owner, now=SOON)
    assert (undone.kind, undone.habit, undone.date) == (LastDeed.Kind.ANSWER, useful, TODAY)
    assert (undone.was, undone.stands) == (DONE, None)
    assert answers(useful) == {}


def test_a_changed_answer_is_as_it_was_before(useful: Habit) -> None:
    answer(useful, "skipped", note="My knee.", source=CheckIn.Source.API)
    before = rows(CheckIn, useful)
    answer(useful, "done", now=SOON)
    undone = undo(person=useful.owner, now=SOON)
    assert (undone.was, undone.stands) == (DONE, SKIPPED)
    assert rows(CheckIn, useful) == before


def test_an_answer_that_was_taken_back_stands_again(useful: Habit) -> None:
    answer(useful, note="Two laps.")
    before = rows(CheckIn, useful)
    assert take_back(person=useful.owner, habit_id=useful.pk, date=TODAY, now=SOON)
    undone = undo(person=useful.owner, now=SOON)
    assert (undone.was, undone.stands) == (None, DONE)
    assert rows(CheckIn, useful) == before


def test_only_the_last_deed_is_undone_and_once(useful: Habit) -> None:
    answer(useful, date=TODAY - DAY)
    answer(useful)
    undo(person=useful.owner, now=SOON)
    with pytest.raises(NotFound):
        undo(person=useful.owner, now=SOON)
    assert answers(useful) == {TODAY - DAY: ("done", None)}


def test_what_changes_nothing_is_no_deed(useful: Habit) -> None:
    answer(useful, date=TODAY - DAY)
    answer(useful)
    answer(useful, date=TODAY - DAY)
    assert not take_back(person=useful.owner, habit_id=useful.pk, date=TODAY - 2 * DAY, now=NOW)
    undo(person=useful.owner, now=SOON)
    assert answers(useful) == {TODAY - DAY: ("done", None)}


def test_it_is_possible_for_an_hour(useful: Habit) -> None:
    answer(useful)
    with pytest.raises(NotFound) as refused:
        undo(person=useful.owner, now=NOW + HOUR + dt.timedelta(microseconds=1))
    assert refused.value.errors[0].code == "nothing_to_undo"
    undo(person=useful.owner, now=NOW + HOUR)
    assert answers(useful) == {}


def test_it_crosses_midnight(useful: Habit) -> None:
    at = dt.datetime(2026, 1, 31, 20, 59, tzinfo=dt.UTC)
    answer(useful, date=TODAY - 7 * DAY, now=at)
    undo(person=useful.owner, now=at + 2 * MINUTE)
    assert answers(useful) == {}


def test_nobody_undoes_what_another_did(useful: Habit, bob: Person) -> None:
    answer(useful)
    with pytest.raises(NotFound):
        undo(person=bob, now=SOON)
    assert answers(useful) == {TODAY: ("done", None)}


def test_an_administrators_deeds_are_not_the_persons_to_undo(useful: Habit) -> None:
    answer(useful, date=TODAY - DAY)
    answer(useful, source=CheckIn.Source.ADMIN)
    take_back(person=useful.owner, habit_id=useful.pk, date=TODAY, now=NOW, undoable=False)
    other = create_habit(person=useful.owner, now=NOW, **USEFUL)
    remove(other, undoable=False)
    assert undo(person=useful.owner, now=SOON).date == TODAY - DAY


@pytest.mark.parametrize("told", [{"status": "skipped"}, {"note": "Seen."}])
def test_what_somebody_else_changed_since_stays(useful: Habit, told: dict[str, Any]) -> None:
    answer(useful)
    answer(useful, **told, source=CheckIn.Source.ADMIN)
    before = answers(useful)
    with pytest.raises(Conflict):
        undo(person=useful.owner, now=SOON)
    assert answers(useful) == before


def test_the_answer_of_a_habit_that_an_administrator_deleted_is_gone(useful: Habit) -> None:
    answer(useful)
    remove(useful, undoable=False)
    with pytest.raises(NotFound):
        undo(person=useful.owner, now=SOON)
    assert not Habit.objects.filter(pk=useful.pk).exists()


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


def test_what_is_too_old_to_undo_is_pruned(useful: Habit, bobs: Habit) -> None:
    answer(useful)
    answer(bobs, date=TODAY - DAY)
    for person, age in ((useful.owner, HOUR + MINUTE), (bobs.owner, HOUR - MINUTE)):
        LastDeed.objects.filter(person=person).update(done_at=current() - age)
    prune_deeds()
    assert [deed.person for deed in LastDeed.objects.all()] == [bobs.owner]


DEEDS = st.one_of(
    st.tuples(st.just("answer"), st.integers(0, 1), st.integers(0, 2), st.sampled_from(["done", "skipped"])),
    st.tuples(st.just("take back"), st.integers(0, 1), st.integers(0, 2), st.none()),
    st.tuples(st.just("delete"), st.integers(0, 1), st.none(), st.none()),
    st.tuples(st.just("undo"), st.none(), st.none(), st.none()),
)
State = dict[int, dict[dt.date, str]]


@pytest.mark.django_db(transaction=True)
@given(deeds=st.lists(DEEDS, max_size=20))
def test_whatever_is_done_undoing_leads_to_the_state_before(deeds: list[tuple[Any, ...]]) -> None:
    """Against a model that remembers whole states."""
    Person.objects.all().delete()
    person = make_person(timezone="Europe/Moscow")
    ids = [create_habit(person=person, now=NOW, **USEFUL).pk for _ in range(2)]
    model: State = {ids[0]: {}, ids[1]: {}}
    before: State | None = None
    for kind, which, back, status in deeds:
        old = {habit: dict(answered) for habit, answered in model.items()}
        habit, date = ids[which or 0], TODAY - (back or 0) * DAY
        try:
            if kind == "undo":
                undo(person=person, now=NOW)
            elif kind == "delete":
                delete_habit(person=person, habit_id=habit, now=NOW)
            elif kind == "answer":
                check_in(person=person, habit_id=habit, date=date, status=status, source=CheckIn.Source.BOT, now=NOW)
            else:
                take_back(person=person, habit_id=habit, date=date, now=NOW)
        except NotFound:
            assert before is None if kind == "undo" else habit not in model
            continue
        if kind == "undo":
            assert before is not None
            model, before = before, None
        else:
            if kind == "delete":
                del model[habit]
            elif kind == "answer":
                model[habit][date] = status
            else:
                model[habit].pop(date, None)
            before = before if model == old else old
        assert model == {habit.pk: dict(habit.check_ins.values_list("date", "status")) for habit in Habit.objects.all()}
