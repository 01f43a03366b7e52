"""What /undo takes back: the last answer (deletions: test_bringing_back), for an hour, exactly as it was."""

import datetime as dt
from typing import Any

import pytest
from django.utils.timezone import now as current
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Person
from contract.errors import Conflict, NotFound
from habits.models import Habit
from habits.services import create_habit, delete_habit
from tests.people import make_person
from tests.tracking.conftest import DAY, HOUR, MINUTE, NOW, TODAY, USEFUL, answer, answers, remove, rows
from tracking.models import CheckIn, LastDeed
from tracking.services import check_in, take_back, undo
from tracking.tasks import prune_deeds

DONE, SKIPPED = CheckIn.Status.DONE, CheckIn.Status.SKIPPED
SOON = NOW + MINUTE


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
