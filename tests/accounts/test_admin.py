import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Person
from accounts.signals import timezone_changed
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/person/"


@pytest.fixture
def desk(db: None) -> Client:
    """The admin, as its operator sees it."""
    operator = Person.objects.create_superuser("operator@example.org", PASSWORD)
    client = Client()
    client.force_login(operator, "django.contrib.auth.backends.ModelBackend")
    return client


def profile(person: Person, **changes: Any) -> dict[str, Any]:
    fields = {
        "display_name": person.display_name or "",
        "timezone": person.timezone,
        "language": person.language,
        "telegram_username": person.telegram_username or "",
        "paused_until": person.paused_until or "",
        "is_active": "on",
    }
    return fields | changes


def test_an_operator_signs_in_by_e_mail_in_any_case(db: None) -> None:
    Person.objects.create_superuser("operator@example.org", PASSWORD)
    form = {"username": "Operator@Example.org", "password": PASSWORD}
    assert Client().post("/admin/login/?next=/admin/", form).status_code == 302


def test_it_lists_and_finds_people_without_a_query_for_each(
    desk: Client, alice: Person, bob: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        Person.objects.create_user(f"p{number}@example.org")
    with django_assert_max_num_queries(8):
        assert desk.get(PEOPLE).status_code == 200
    found = desk.get(PEOPLE, {"q": "alice"}).content.decode()
    assert "alice@example.org" in found
    assert "bob@example.org" not in found


def test_it_changes_a_profile_by_its_rules_and_tells_the_planner(desk: Client, alice: Person) -> None:
    heard: list[str] = []

    def hear(person: Person, now: dt.datetime, **_: object) -> None:
        heard.append(person.timezone)

    timezone_changed.connect(hear)
    try:
        changes = {"timezone": "asia/tokyo", "telegram_username": "https://t.me/Alice_W", "display_name": " Аля "}
        response = desk.post(f"{PEOPLE}{alice.pk}/change/", profile(alice, **changes))
        assert response.status_code == 302, response.context["adminform"].errors
    finally:
        timezone_changed.disconnect(hear)
    alice.refresh_from_db()
    assert (alice.timezone, alice.telegram_username, alice.display_name) == ("Asia/Tokyo", "alice_w", "Аля")
    assert heard == ["Asia/Tokyo"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Factory"),
        ("timezone", ""),
        ("language", "de"),
        ("telegram_username", "al__ice"),
        ("display_name", "\u200b"),
        ("display_name", "a\x01b"),
        ("display_name", "a\x00b"),
        ("paused_until", "2001-01-31"),
    ],
)
def test_it_refuses_in_the_form_what_the_api_refuses(desk: Client, alice: Person, field: str, value: str) -> None:
    response = desk.post(f"{PEOPLE}{alice.pk}/change/", profile(alice, **{field: value}))
    assert response.status_code == 200
    assert field in response.context["adminform"].errors
    stored = Person.objects.get(pk=alice.pk)
    assert getattr(stored, field) == getattr(alice, field)


def test_it_pauses_and_a_pause_that_is_over_hinders_nothing(desk: Client, alice: Person) -> None:
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    assert desk.post(f"{PEOPLE}{alice.pk}/change/", profile(alice, paused_until=tomorrow)).status_code == 302
    alice.refresh_from_db()
    assert alice.paused_until == tomorrow
    alice.paused_until = dt.date(2001, 1, 31)
    alice.save()
    assert desk.post(f"{PEOPLE}{alice.pk}/change/", profile(alice, display_name="A")).status_code == 302
    alice.refresh_from_db()
    assert (alice.display_name, alice.paused_until) == ("A", dt.date(2001, 1, 31))


def test_it_adds_a_person_who_can_sign_in(desk: Client) -> None:
    form = {
        "email": "New@Example.org",
        "display_name": "",
        "timezone": "europe/berlin",
        "language": "ru",
        "telegram_username": "",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
    }
    response = desk.post(f"{PEOPLE}add/", form)
    assert response.status_code == 302, response.context["adminform"].errors
    person = Person.objects.get(email="new@example.org")
    assert (person.display_name, person.timezone, person.timezone_told) == (None, "Europe/Berlin", True)
    body = {"email": "new@example.org", "password": PASSWORD}
    signed_in = Client().post("/api/auth/app/v1/auth/login", body, content_type="application/json")
    assert signed_in.status_code == 200


def test_it_deactivates_and_erases(desk: Client, alice: Person, bob: Person) -> None:
    form = profile(alice)
    del form["is_active"]
    assert desk.post(f"{PEOPLE}{alice.pk}/change/", form).status_code == 302
    assert not Person.objects.get(pk=alice.pk).is_active
    assert desk.get(f"{PEOPLE}{alice.pk}/delete/").status_code == 200
    assert desk.post(f"{PEOPLE}{alice.pk}/delete/", {"post": "yes"}).status_code == 302
    action = {"action": "delete_selected", "_selected_action": [bob.pk], "post": "yes"}
    assert desk.post(PEOPLE, action).status_code == 302
    assert Person.objects.count() == 1


@pytest.fixture
def counter(db: None) -> Client:
    """The admin, as somebody sees it who may do everything with people, and is no superuser."""
    clerk = Person.objects.create_user("clerk@example.org", PASSWORD, is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__model="person"))
    client = Client()
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    return client


def test_who_looks_after_people_gives_nobody_rights(counter: Client, alice: Person) -> None:
    more: dict[str, Any] = {
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": [Permission.objects.all()[0].pk],
    }
    response = counter.post(f"{PEOPLE}{alice.pk}/change/", profile(alice, display_name="Renamed", **more))
    assert response.status_code == 302, response.context["adminform"].errors
    alice.refresh_from_db()
    assert alice.display_name == "Renamed"
    assert (alice.is_staff, alice.is_superuser, alice.user_permissions.count()) == (False, False, 0)


def test_who_looks_after_people_has_no_power_over_staff(counter: Client, alice: Person) -> None:
    boss = Person.objects.create_superuser("boss@example.org", PASSWORD)
    clerk = Person.objects.get(email="clerk@example.org")
    for person in (boss, clerk):
        taken = {"password1": "another horse altogether", "password2": "another horse altogether"}
        assert counter.post(f"{PEOPLE}{person.pk}/password/", taken).status_code == 403
        assert counter.post(f"{PEOPLE}{person.pk}/change/", profile(person, is_superuser="on")).status_code == 403
        assert counter.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [alice.pk, boss.pk], "post": "yes"}
    counter.post(PEOPLE, action)
    assert Person.objects.filter(is_superuser=True).get() == boss
    assert Person.objects.get(pk=boss.pk).check_password(PASSWORD)
    assert not Person.objects.get(pk=clerk.pk).is_superuser
