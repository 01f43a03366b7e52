"""The admin's face of answers: it writes through the services."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from habits.models import Habit
from tests.tracking.conftest import DAY, TODAY, answer, answers
from tracking.models import CheckIn, LastDeed

LIST = reverse("admin:tracking_checkin_changelist")
ADD = reverse("admin:tracking_checkin_add")

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def root(frozen: Any, admin: Client) -> Client:
    """Signed in at NOW."""
    admin.force_login(Person.objects.get(email="root@example.org"))
    return admin


def page_of(answered: CheckIn, what: str = "change") -> str:
    return reverse(f"admin:tracking_checkin_{what}", args=[answered.pk])


def test_it_answers_through_the_service(root: Client, useful: Habit) -> None:
    form = {"habit": useful.pk, "date": TODAY, "status": "done", "note": " By phone. "}
    response = root.post(ADD, form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    made = CheckIn.objects.get()
    assert (made.habit, made.date, made.status, made.note, made.source) == (useful, TODAY, "done", "By phone.", "admin")
    assert not LastDeed.objects.exists()
    assert "By phone." in root.get(LIST).content.decode()


def test_it_changes_the_answer_and_not_what_it_is_about(root: Client, useful: Habit, bobs: Habit) -> None:
    made = answer(useful, note="Two laps.")
    form = {"habit": bobs.pk, "date": TODAY - DAY, "status": "skipped", "note": ""}
    assert root.get(page_of(made)).status_code == 200
    assert root.post(page_of(made), form).status_code == 302
    assert answers(useful) == {TODAY: ("skipped", None)}
    assert answers(bobs) == {}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"date": TODAY + DAY}, "date"),
        ({"date": TODAY - 8 * DAY}, "date"),
        ({"status": "missed"}, "status"),
        ({"note": "x" * 201}, "note"),
        ({"habit": 10**9}, "habit"),
        ({"habit": ""}, "habit"),
    ],
)
def test_it_refuses_what_the_rules_refuse(root: Client, useful: Habit, told: dict[str, Any], field: str) -> None:
    form = {"habit": useful.pk, "date": TODAY, "status": "done", "note": ""} | told
    response = root.post(ADD, form)
    assert response.status_code == 200
    assert set(response.context["adminform"].form.errors) == {field}
    assert not CheckIn.objects.exists()


def test_a_pleasant_habit_is_refused_in_words(root: Client, pleasant: Habit) -> None:
    response = root.post(ADD, {"habit": pleasant.pk, "date": TODAY, "status": "done"})
    assert "only useful habits" in str(response.context["adminform"].form.errors)


def test_an_answer_is_taken_back(root: Client, useful: Habit) -> None:
    made = answer(useful)
    assert root.post(page_of(made, "delete"), {"post": "yes"}).status_code == 302
    assert answers(useful) == {}


def test_an_old_answer_stays_and_why_is_said(root: Client, useful: Habit, frozen: Any) -> None:
    made = answer(useful)
    frozen.shift(8 * DAY)
    root.force_login(Person.objects.get(email="root@example.org"))
    for page, form in ((page_of(made, "delete"), {"post": "yes"}), (page_of(made), {"status": "skipped"})):
        said = root.post(page, form, follow=True).content.decode()
        assert "Only today and the last 7 days can be answered." in said
    assert answers(useful) == {TODAY: ("done", None)}
