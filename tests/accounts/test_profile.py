import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import Person
from accounts.signals import pause_changed, timezone_changed
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


def paused_until(person: Person) -> Any:
    return Client().get(ME, headers=bearer(person)).json()["paused_until"]


TODAY = dt.date(2026, 3, 1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def pauses() -> Any:
    """The ends of pauses that were told upward."""
    heard: list[dt.datetime | None] = []

    def hear(person: Person, now: dt.datetime, **_: object) -> None:
        heard.append(person.pause_end(now))

    pause_changed.connect(hear)
    yield heard
    pause_changed.disconnect(hear)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (TODAY, "not_after_today"),
        (TODAY - DAY, "not_after_today"),
        (dt.date(1, 1, 1), "not_after_today"),
        (TODAY + 367 * DAY, "too_far"),
        (dt.date.max, "too_far"),
    ],
)
def test_a_pause_ends_after_today_and_within_a_year(alice: Person, sent: dt.date, code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        services.update_profile(person=alice, changes={"paused_until": sent}, now=NOW)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("paused_until", code)]
    assert Person.objects.get().paused_until is None


@pytest.mark.parametrize("days", [1, 366])
def test_a_pause_is_told_upward_with_its_end_on_the_persons_clock(alice: Person, pauses: Any, days: int) -> None:
    for _ in range(2):
        services.update_profile(person=alice, changes={"paused_until": TODAY + days * DAY}, now=NOW)
    midnight_in_moscow = dt.datetime(2026, 2, 28, 21, tzinfo=dt.UTC)
    assert pauses == [midnight_in_moscow + days * DAY]
    services.update_profile(person=alice, changes={"paused_until": None}, now=NOW)
    assert pauses[1:] == [None]


def test_a_pause_is_held_to_the_clock_of_a_zone_that_comes_with_it(alice: Person, moves: Any, pauses: Any) -> None:
    evening = dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)  # the next day in Tokyo
    changes = {"paused_until": TODAY + DAY, "timezone": "Asia/Tokyo"}
    with pytest.raises(RuleBroken):
        services.update_profile(person=alice, changes=changes, now=evening)
    assert (moves, pauses) == ([], [])
    services.update_profile(person=alice, changes=changes | {"paused_until": TODAY + 2 * DAY}, now=evening)
    assert moves == [("Asia/Tokyo", evening)]
    assert pauses == [dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)]


def test_a_pause_that_is_over_means_nothing_and_ending_it_is_no_news(alice: Person, pauses: Any) -> None:
    services.update_profile(person=alice, changes={"paused_until": TODAY + DAY}, now=NOW)
    assert alice.pause_end(NOW) is not None
    assert alice.pause_end(NOW + DAY) is None
    pauses.clear()
    services.update_profile(person=alice, changes={"paused_until": None}, now=NOW + DAY)
    assert pauses == []


def test_a_pause_comes_and_goes_by_the_api(alice: Person) -> None:
    tomorrow = (dt.datetime.now(dt.UTC) + 2 * DAY).date().isoformat()
    assert patch(alice, {"paused_until": tomorrow}).json()["paused_until"] == tomorrow
    assert paused_until(alice) == tomorrow
    assert patch(alice, {"paused_until": None}).json()["paused_until"] is None
    Person.objects.update(paused_until=TODAY - DAY)  # it was over long ago
    assert paused_until(alice) is None


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("2001-01-31", "not_after_today"),
        ("2199-01-31", "too_far"),
        ("tomorrow", "invalid_date"),
        ("", "invalid_date"),
        (7, "invalid_date"),
        (True, "invalid_date"),
        ("9999-12-31", "date_out_of_range"),
    ],
)
def test_a_bad_end_of_a_pause_is_refused_by_name(alice: Person, sent: Any, code: str) -> None:
    response = patch(alice, {"paused_until": sent, "display_name": "Changed"})
    assert (response.status_code, codes(response)) == (422, {("paused_until", code)})
    assert Person.objects.get().display_name == "Алиса"
