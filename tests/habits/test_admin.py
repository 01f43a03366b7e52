"""The admin's face of habits: it writes through the services (the rules: test_rules)."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from habits.signals import habit_saved
from tests.habits.conftest import NOW, USEFUL, form_of

NO_INLINE = form_of({})
FORM: dict[str, Any] = NO_INLINE | {
    "action": "run",
    "time": "07:00",
    "place": "the park",
    "duration": "60",
    "reward": "a cup of coffee",
}
LIST = reverse("admin:habits_habit_changelist")
ADD = reverse("admin:habits_habit_add")


def page_of(habit: Habit) -> str:
    return reverse("admin:habits_habit_change", args=[habit.pk])


def test_it_creates_through_the_service(alice: Person, admin: Client) -> None:
    news: list[object] = []

    def hear(**told: object) -> None:
        news.append(told["habit"])

    habit_saved.connect(hear)
    try:
        response = admin.post(ADD, FORM | {"owner": alice.pk, "weekdays": ["5", "1"], "is_public": "on"})
    finally:
        habit_saved.disconnect(hear)
    assert response.status_code == 302, response.context["adminform"].form.errors
    habit = alice.habits.get()
    assert news == [habit]
    assert (habit.weekdays, habit.every_days, habit.is_public, habit.version) == ((1, 5), None, True, 1)
    assert habit.created_at is not None


def test_it_changes_what_was_changed_and_no_more(useful: Habit, admin: Client) -> None:
    page = admin.get(page_of(useful))
    assert page.status_code == 200
    form = FORM | {"every_days": "1", "starts_on": str(useful.starts_on)}
    assert admin.post(page_of(useful), form).status_code == 302
    useful.refresh_from_db()
    assert useful.version == 1
    assert admin.post(page_of(useful), form | {"weekdays": ["7"], "place": "the wood"}).status_code == 302
    useful.refresh_from_db()
    assert (useful.weekdays, useful.every_days, useful.place, useful.version) == ((7,), None, "the wood", 2)


def test_it_offers_the_owners_pleasant_habits_only(
    alice: Person, useful: Habit, pleasant: Habit, foreign: Habit, admin: Client
) -> None:
    offered = admin.get(page_of(useful)).context["adminform"].form.fields["related_habit"].queryset
    assert list(offered) == [pleasant]
    form = FORM | {"every_days": "1", "starts_on": str(useful.starts_on), "reward": "", "related_habit": pleasant.pk}
    assert admin.post(page_of(useful), form).status_code == 302
    useful.refresh_from_db()
    assert (useful.reward, useful.related_habit) == (None, pleasant)


def test_a_new_habit_can_point_at_a_pleasant_one(alice: Person, pleasant: Habit, admin: Client) -> None:
    assert admin.get(ADD).status_code == 200
    form = FORM | {"owner": alice.pk, "reward": "", "related_habit": pleasant.pk}
    assert admin.post(ADD, form).status_code == 302
    assert alice.habits.filter(related_habit=pleasant).exists()


def test_it_deletes_one_and_many(alice: Person, useful: Habit, pleasant: Habit, admin: Client) -> None:
    earner = create_habit(person=alice, now=NOW, **USEFUL | {"reward": None, "related_habit": pleasant.pk})
    delete = reverse("admin:habits_habit_delete", args=[useful.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [pleasant.pk, earner.pk], "post": "yes"}
    assert admin.post(LIST, chosen).status_code == 302
    assert not Habit.objects.exists()


def test_a_refusal_that_comes_late_is_a_message(useful: Habit, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the check and the write nothing can come, unless somebody takes no locks."""
    monkeypatch.setattr("habits.services.check_habit", lambda **_: None)
    form = FORM | {"every_days": "1", "starts_on": str(useful.starts_on), "duration": "121"}
    response = admin.post(page_of(useful), form, follow=True)
    assert response.status_code == 200
    assert [str(message) for message in response.context["messages"]] == ["The duration is from 1 to 120 seconds."]
    useful.refresh_from_db()
    assert useful.duration == 60


@pytest.mark.parametrize("query", ["", "?q=run", "?is_public__exact=0"])
def test_the_number_of_queries_does_not_grow_with_the_list(
    alice: Person, bob: Person, admin: Client, query: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(LIST + query).status_code == 200
        return len(captured)

    create_habit(person=alice, now=NOW, **USEFUL)
    few = queries()
    for person in (alice, bob) * 10:
        create_habit(person=person, now=NOW, **USEFUL)
    assert queries() == few
