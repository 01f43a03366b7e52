import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import Person
from accounts.signals import timezone_changed
from contract.errors import NotFound, RuleBroken
from tests.accounts.flows import codes
from tests.people import bearer

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
ME = "/api/v1/me"


def patch(person: Person, body: Any, **headers: str) -> Any:
    sent = bearer(person) | {"Accept-Language": "en"} | headers
    return Client().patch(ME, data=body, content_type="application/json", headers=sent)


@pytest.fixture
def moves() -> Any:
    """The time zones that were told upward."""
    heard: list[tuple[str, dt.datetime]] = []

    def hear(person: Person, now: dt.datetime, **_: object) -> None:
        heard.append((person.timezone, now))

    timezone_changed.connect(hear)
    yield heard
    timezone_changed.disconnect(hear)


def test_it_shows_what_the_contract_names_and_nothing_else(alice: Person) -> None:
    assert Client().get(ME, headers=bearer(alice)).json() == {
        "id": alice.pk,
        "email": "alice@example.org",
        "display_name": "Алиса",
        "timezone": "Europe/Moscow",
        "language": "ru",
        "telegram_username": None,
        "paused_until": None,
    }


def test_it_shows_a_person_without_an_address(db: None) -> None:
    guest = Person.objects.create_user(display_name="From Telegram")
    assert Client().get(ME, headers=bearer(guest)).json()["email"] is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"display_name": "  Ада 👩‍💻 "}, {"display_name": "Ада 👩‍💻"}),
        ({"display_name": "שלום עולם"}, {"display_name": "שלום עולם"}),
        ({"display_name": "Cafe\u0301"}, {"display_name": "Café"}),
        ({"display_name": None}, {"display_name": None}),
        ({"timezone": "america/argentina/BUENOS_AIRES"}, {"timezone": "America/Argentina/Buenos_Aires"}),
        ({"timezone": "utc"}, {"timezone": "UTC"}),
        ({"language": "en"}, {"language": "en"}),
        ({"telegram_username": "@Alice_W"}, {"telegram_username": "alice_w"}),
        ({"telegram_username": "https://t.me/Alice_W?start=1"}, {"telegram_username": "alice_w"}),
        ({"telegram_username": "t.me/@alice"}, {"telegram_username": "alice"}),
        ({"telegram_username": "alice.t.me"}, {"telegram_username": "alice"}),
        ({"telegram_username": "tg://resolve?domain=Alice"}, {"telegram_username": "alice"}),
        ({"telegram_username": "telegram.me/alice/"}, {"telegram_username": "alice"}),
        ({"telegram_username": None}, {"telegram_username": None}),
        ({}, {}),
    ],
)
def test_it_keeps_what_was_sent_and_leaves_the_rest(alice: Person, sent: Any, kept: Any) -> None:
    before = Client().get(ME, headers=bearer(alice)).json()
    response = patch(alice, sent)
    assert response.status_code == 200, response.content
    assert response.json() == before | kept
    assert Client().get(ME, headers=bearer(alice)).json() == before | kept


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({"display_name": ""}, ("display_name", "empty")),
        ({"display_name": "   "}, ("display_name", "empty")),
        ({"display_name": "\u200b\u200b"}, ("display_name", "empty")),
        ({"display_name": "a\0b"}, ("display_name", "control_character")),
        ({"display_name": "two\nlines"}, ("display_name", "control_character")),
        ({"display_name": "x" * 61}, ("display_name", "too_long")),
        ({"display_name": "x" * 60_000}, ("display_name", "too_long")),
        ({"display_name": 7}, ("display_name", "invalid_type")),
        ({"display_name": ["a"]}, ("display_name", "invalid_type")),
        ({"timezone": None}, ("timezone", "invalid_type")),
        ({"timezone": ""}, ("timezone", "unknown_time_zone")),
        ({"timezone": "localtime"}, ("timezone", "unknown_time_zone")),
        ({"timezone": "posixrules"}, ("timezone", "unknown_time_zone")),
        ({"timezone": "Factory"}, ("timezone", "unknown_time_zone")),
        ({"timezone": "posix/Europe/Moscow"}, ("timezone", "unknown_time_zone")),
        ({"timezone": "../etc/passwd"}, ("timezone", "unknown_time_zone")),
        ({"timezone": "Europe/Moscow\0"}, ("timezone", "unknown_time_zone")),
        ({"timezone": "x" * 65}, ("timezone", "too_long")),
        ({"timezone": 3}, ("timezone", "invalid_type")),
        ({"language": "de"}, ("language", "invalid_choice")),
        ({"language": None}, ("language", "invalid_choice")),
        ({"telegram_username": ""}, ("telegram_username", "invalid_username")),
        ({"telegram_username": "abc"}, ("telegram_username", "invalid_username")),
        ({"telegram_username": "1alice"}, ("telegram_username", "invalid_username")),
        ({"telegram_username": "alice_"}, ("telegram_username", "invalid_username")),
        ({"telegram_username": "al__ice"}, ("telegram_username", "invalid_username")),
        ({"telegram_username": "алиса"}, ("telegram_username", "invalid_username")),
        ({"telegram_username": "a" * 33}, ("telegram_username", "invalid_username")),
        ({"telegram_username": "alice\n"}, None),
        ({"telegram_username": "ali\nce"}, ("telegram_username", "invalid_username")),
        ({"telegram_username": "x" * 201}, ("telegram_username", "too_long")),
        ({"telegram_username": "https://example.org/alice"}, ("telegram_username", "invalid_username")),
        ({"email": "eve@example.org"}, ("email", "unknown")),
        ({"is_staff": True}, ("is_staff", "unknown")),
        ({"id": 1}, ("id", "unknown")),
    ],
)
def test_it_refuses_bad_input_by_the_field_and_writes_nothing(alice: Person, sent: Any, refused: Any) -> None:
    response = patch(alice, sent | {"display_name": sent.get("display_name", "Changed")})
    if refused is None:
        assert response.status_code == 200
        return
    assert response.status_code == 422
    assert codes(response) == {refused}
    stored = Person.objects.get()
    assert (stored.display_name, stored.timezone, stored.is_staff) == ("Алиса", "Europe/Moscow", False)


def test_it_names_everything_that_is_wrong_at_once(alice: Person) -> None:
    response = patch(alice, {"display_name": "", "timezone": "x", "language": 1, "telegram_username": "x", "y": 1})
    assert {field for field, _code in codes(response)} == {
        "display_name",
        "timezone",
        "language",
        "telegram_username",
        "y",
    }


def test_it_tells_a_new_time_zone_upward_once_and_by_the_now_that_was_passed(alice: Person, moves: Any) -> None:
    services.update_profile(person=alice, changes={"timezone": "asia/tokyo"}, now=NOW)
    services.update_profile(person=alice, changes={"timezone": "Asia/Tokyo", "display_name": "A"}, now=NOW)
    assert moves == [("Asia/Tokyo", NOW)]
    assert alice.timezone == "Asia/Tokyo"


def test_it_remembers_that_the_default_zone_was_told(charlie: Person, moves: Any) -> None:
    services.update_profile(person=charlie, changes={"timezone": charlie.timezone}, now=NOW)
    assert Person.objects.get().timezone_told
    assert moves == []


def test_it_takes_the_change_back_where_a_receiver_fails(alice: Person) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError

    timezone_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            services.update_profile(person=alice, changes={"timezone": "Asia/Tokyo"}, now=NOW)
    finally:
        timezone_changed.disconnect(fail)
    assert Person.objects.get().timezone == "Europe/Moscow"


def test_services_hold_the_rules_for_every_face(alice: Person) -> None:
    with pytest.raises(RuleBroken) as refusal:
        services.update_profile(person=alice, changes={"timezone": "x", "telegram_username": "x"}, now=NOW)
    assert [error.field for error in refusal.value.errors] == ["timezone", "telegram_username"]


def test_it_does_not_bring_back_a_person_who_was_erased_meanwhile(alice: Person) -> None:
    Person.objects.all().delete()
    with pytest.raises(NotFound):
        services.update_profile(person=alice, changes={"display_name": "A"}, now=NOW)
    assert not Person.objects.exists()


def test_it_reads_the_profile_in_four_queries(alice: Person, django_assert_max_num_queries: Any) -> None:
    headers = bearer(alice)
    with django_assert_max_num_queries(4):
        assert Client().get(ME, headers=headers).status_code == 200
