"""A public habit is reported by those who see it, and hidden by an admin, for good until an admin lets it be seen."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import Person
from contract.pages import Position
from habits import moderation
from habits.models import Habit, Report
from habits.queries import public_habits
from habits.services import create_habit, update_habit
from habits.signals import habit_saved
from tests.habits.conftest import NOW, USEFUL, Caller, errors_of
from tests.races import race

CHANGELIST = "/admin/habits/habit/"
WHY = {"reason": "an advertisement"}


@pytest.fixture
def shared(alice: Person) -> Habit:
    return create_habit(person=alice, now=NOW, **USEFUL | {"is_public": True})


def hidden(habit: Habit) -> Habit:
    moderation.hide(habits=[habit.pk], now=NOW)
    habit.refresh_from_db()
    return habit


def test_a_report_is_kept_once_for_a_person_and_habit(shared: Habit, bob: Person, charlie: Person) -> None:
    for reason in ("an advertisement", "still an advertisement"):
        response = Caller(bob).post(f"/habits/public/{shared.pk}/report", {"reason": f"  {reason} "})
        assert (response.status_code, response.content) == (204, b"")
    assert Caller(charlie).post(f"/habits/public/{shared.pk}/report", {"reason": "rude"}).status_code == 204
    reports = Report.objects.order_by("pk").values_list("habit", "person", "reason")
    assert list(reports) == [(shared.pk, bob.pk, "an advertisement"), (shared.pk, charlie.pk, "rude")]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "reason"),
        ({"reason": None}, 422, "reason"),
        ({"reason": ""}, 422, "reason"),
        ({"reason": " \n "}, 422, "reason"),
        ({"reason": "x" * 501}, 422, "reason"),
        ({"reason": 7}, 422, "reason"),
        ({"reason": "x", "why": "y"}, 422, "why"),
    ],
)
def test_a_report_says_why(shared: Habit, bob: Person, body: Any, status: int, field: str) -> None:
    response = Caller(bob).post(f"/habits/public/{shared.pk}/report", body)
    assert (response.status_code, errors_of(response)) == (status, {field})
    assert not Report.objects.exists()


def test_only_what_is_public_and_anothers_is_reported_by_who_has_signed_in(
    shared: Habit, useful: Habit, alice: Person, bob: Person
) -> None:
    path = f"/habits/public/{shared.pk}/report"
    assert Caller(None).post(path, WHY).status_code == 401
    own = Caller(alice, "ru").post(path, WHY)
    assert (own.status_code, own.json()["errors"][0]["code"]) == (422, "own_habit")
    assert own.json()["detail"].startswith("Это ваша собственная привычка")
    for there_is_none in (useful.pk, 123456789):
        assert Caller(bob).post(f"/habits/public/{there_is_none}/report", WHY).status_code == 404
    assert Caller(bob).post(f"/habits/public/{hidden(shared).pk}/report", WHY).status_code == 404
    assert not Report.objects.exists()


def test_reports_are_limited_by_person_not_by_address(shared: Habit, bob: Person, charlie: Person) -> None:
    path = f"/habits/public/{shared.pk}/report"
    statuses = [Caller(bob).post(path, WHY).status_code for _ in range(2 * settings.REPORTS_A_MINUTE + 1)]
    assert statuses[: settings.REPORTS_A_MINUTE] == [204] * settings.REPORTS_A_MINUTE
    assert 429 in statuses
    assert Caller(charlie).post(path, WHY).status_code == 204


def test_a_hidden_habit_is_there_for_its_owner_alone(shared: Habit, alice: Person, bob: Person) -> None:
    hidden(shared)
    for reader in (Caller(None), Caller(bob), Caller(alice)):
        assert reader.get("/habits/public").json()["results"] == []
        assert reader.get("/habits/public?search=run").json()["results"] == []
        assert reader.get(f"/habits/public/{shared.pk}").status_code == 404
    assert Caller(bob).post(f"/habits/public/{shared.pk}/copy", {}).status_code == 404
    assert not bob.habits.exists()
    own = Caller(alice).get(f"/habits/{shared.pk}").json()
    assert (own["is_hidden"], own["is_public"], own["version"]) == (True, True, 2)
    assert Caller(alice).get("/habits").json()["results"] == [own]


def test_a_hidden_prize_is_as_good_as_private(alice: Person, bob: Person) -> None:
    prize = create_habit(person=alice, now=NOW, action="drink tea", is_pleasant=True, is_public=True)
    habit = create_habit(
        person=alice, now=NOW, **USEFUL | {"is_public": True, "reward": None, "related_habit": prize.pk}
    )
    hidden(prize)
    assert Caller(bob).get(f"/habits/public/{habit.pk}").json()["related_habit"] is None
    assert "drink tea" not in Caller(bob).get("/habits/public").content.decode()
    refused = Caller(bob).post(f"/habits/public/{habit.pk}/copy", {})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "prize_is_private")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"is_hidden": False}, 422),
        ({"hidden_at": None}, 422),
        ({"is_public": True}, 200),
        ({"is_public": False}, 200),
        ({"action": "walk"}, 200),
    ],
)
def test_its_owner_cannot_bring_it_back(shared: Habit, alice: Person, body: Any, status: int) -> None:
    hidden(shared)
    assert Caller(alice).patch(f"/habits/{shared.pk}", body).status_code == status
    Caller(alice).patch(f"/habits/{shared.pk}", {"is_public": True})
    shared.refresh_from_db()
    assert shared.hidden_at == NOW
    assert public_habits(Position(), 5).rows == []


@pytest.mark.django_db(transaction=True)
def test_an_edit_at_the_same_moment_does_not_bring_it_back(shared: Habit, alice: Person) -> None:
    race(
        lambda: update_habit(person=alice, habit_id=shared.pk, now=NOW, action="walk"),
        lambda: moderation.hide(habits=[shared.pk], now=NOW),
        at=[(habit_saved, Habit)],
    )
    shared.refresh_from_db()
    assert (shared.action, shared.hidden_at, shared.version) == ("walk", NOW, 3)


def test_an_admin_hides_it_and_lets_it_be_seen_again_and_the_trail_says_so(
    shared: Habit, useful: Habit, bob: Person, admin: Client
) -> None:
    Caller(bob).post(f"/habits/public/{shared.pk}/report", WHY)
    listed = admin.get(f"{CHANGELIST}?moderated=reported").content.decode()
    assert f"/habit/{shared.pk}/" in listed
    assert f"/habit/{useful.pk}/" not in listed
    assert "an advertisement" in admin.get(f"{CHANGELIST}{shared.pk}/change/").content.decode()
    assert "an advertisement" in admin.get("/admin/habits/report/").content.decode()
    for action, there in (("hide", 0), ("hide", 0), ("show_again", 1)):
        admin.post(CHANGELIST, {"action": action, "_selected_action": [shared.pk]})
        assert len(public_habits(Position(), 5).rows) == there
    trail = LogEntry.objects.order_by("pk")
    assert [(entry.object_id, str(entry.user)) for entry in trail] == [(str(shared.pk), "root@example.org")] * 2
    page = admin.get("/admin/admin/logentry/").content.decode()
    assert "Hidden from everyone but the owner." in page
    assert "Seen by everyone again." in page


@pytest.mark.parametrize("room", ["admin/logentry", "habits/report", "reminders/reminder", "reminders/envelope"])
def test_what_is_to_be_read_can_only_be_read(room: str, shared: Habit, bob: Person, admin: Client) -> None:
    Caller(bob).post(f"/habits/public/{shared.pk}/report", WHY)
    admin.post(CHANGELIST, {"action": "hide", "_selected_action": [shared.pk]})
    assert admin.get(f"/admin/{room}/").status_code == 200
    assert admin.get(f"/admin/{room}/add/").status_code == 403
    rows: dict[str, Any] = {"admin/logentry": LogEntry, "habits/report": Report}
    row = rows.get(room)
    if row:
        one = row.objects.get()
        assert admin.post(f"/admin/{room}/{one.pk}/change/", {"reason": "changed"}).status_code == 403
        assert row.objects.filter(pk=one.pk).exists()
