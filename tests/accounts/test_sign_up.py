from typing import Any

import pytest
from django.core import mail
from django.test import override_settings
from django.utils.module_loading import import_string

from accounts.models import Person
from config.settings import people as service
from tests.accounts.flows import PASSWORD, Caller, code_in_last_mail, codes

pytestmark = pytest.mark.django_db

with_mail_server = override_settings(HAS_SMTP=True, ACCOUNT_PREVENT_ENUMERATION=True)


def test_it_signs_up_with_zone_and_language_and_lets_in_at_once_where_no_mail_can_be_sent() -> None:
    dan = Caller()
    response = dan.sign_up("Dan@Example.org", timezone="europe/berlin", language="ru")
    assert response.status_code == 200
    profile = dan("GET", "/api/v1/me").json()
    assert (profile["email"], profile["timezone"], profile["language"]) == ("dan@example.org", "Europe/Berlin", "ru")
    person = Person.objects.get()
    assert person.timezone_told
    assert person.password.startswith("argon2$")
    assert response.json()["data"]["user"]["id"] == profile["id"] == person.pk


def test_the_service_hashes_at_the_full_cost_of_argon2() -> None:
    """The suite itself does not (tests/hashing.py). Bounds: OWASP's password storage cheat sheet."""
    hasher = import_string(service.PASSWORD_HASHERS[0])()
    assert hasher.algorithm == "argon2"
    assert hasher.time_cost >= 2
    assert hasher.memory_cost >= 19 * 1024  # KiB


def test_it_knows_that_nobody_told_it_the_time_zone() -> None:
    Caller().sign_up()
    assert not Person.objects.get().timezone_told


@pytest.mark.parametrize(("header", "language"), [("ru-RU,ru;q=0.9", "ru"), ("en", "en"), ("de", "en"), ("", "en")])
def test_it_takes_the_language_of_the_request_where_none_is_given(header: str, language: str) -> None:
    caller = Caller()
    caller("POST", "auth/signup", {"email": "d@example.org", "password": PASSWORD}, **{"Accept-Language": header})
    assert Person.objects.get().language == language


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"email": "no address"}, ("email", "invalid")),
        ({"email": "a" * 250 + "@example.org"}, ("email", "max_length")),
        ({"email": None}, ("email", "required")),
        ({"email": ["a@example.org"]}, ("email", "invalid_type")),
        ({"email": "a\0@example.org"}, ("email", "control_character")),
        ({"password": "short"}, ("password", "password_too_short")),
        ({"password": "password"}, ("password", "password_too_common")),
        ({"password": 12345678901}, ("password", "invalid_type")),
        ({"password": "\ud800" * 12}, ("password", "control_character")),
        ({"timezone": "Mars/Olympus"}, ("timezone", "unknown_time_zone")),
        ({"timezone": "Factory"}, ("timezone", "unknown_time_zone")),
        ({"timezone": "x" * 65}, ("timezone", "max_length")),
        ({"timezone": {"a": 1}}, ("timezone", "invalid_type")),
        ({"language": "de"}, ("language", "invalid_choice")),
        ({"time_zone": "Europe/Berlin"}, ("time_zone", "unknown")),
    ],
)
def test_it_refuses_bad_input_by_the_field_and_writes_nothing(fields: dict[str, Any], refused: tuple[str, str]) -> None:
    response = Caller().sign_up(**{"email": "dan@example.org", **fields})
    assert response.status_code == 400
    assert refused in codes(response)
    assert not Person.objects.exists()


def test_it_refuses_a_query_parameter_that_it_does_not_know() -> None:
    body = {"email": "dan@example.org", "password": PASSWORD}
    response = Caller()("POST", "auth/signup?timezone=Europe/Berlin", body)
    assert (response.status_code, codes(response)) == (400, {("timezone", "unknown")})
    assert not Person.objects.exists()


def test_it_says_that_an_address_is_taken_where_no_mail_can_be_sent(alice: Person) -> None:
    response = Caller().sign_up("ALICE@example.org")
    assert response.status_code == 400
    assert codes(response) == {("email", "email_taken")}


@with_mail_server
def test_it_lets_nobody_in_before_the_address_is_verified() -> None:
    dan = Caller()
    response = dan.sign_up(language="ru")
    assert response.status_code == 401
    assert {"id": "verify_email", "is_pending": True} in response.json()["data"]["flows"]
    assert dan.access_token is None
    assert mail.outbox[-1].to == ["dan@example.org"]
    assert "подтвердите" in mail.outbox[-1].subject
    code = code_in_last_mail()
    assert codes(dan("POST", "auth/email/verify", {"key": "NOPE-NOPE"})) == {("key", "incorrect_code")}
    assert dan("POST", "auth/email/verify", {"key": code}).status_code == 200
    assert dan("GET", "/api/v1/me").status_code == 200
    assert Caller().sign_in("dan@example.org").status_code == 200


@with_mail_server
def test_it_allows_three_tries_for_a_code() -> None:
    dan = Caller()
    dan.sign_up()
    code = code_in_last_mail()
    for _ in range(3):
        dan("POST", "auth/email/verify", {"key": "NOPE-NOPE"})
    assert dan("POST", "auth/email/verify", {"key": code}).status_code == 409
    assert dan.access_token is None


@with_mail_server
def test_it_does_not_tell_strangers_which_addresses_are_taken(alice: Person) -> None:
    taken, free = Caller().sign_up("alice@example.org"), Caller().sign_up("dan@example.org")
    assert taken.status_code == free.status_code == 401
    assert taken.json()["data"] == free.json()["data"]
    to_alice = next(message for message in mail.outbox if message.to == ["alice@example.org"])
    assert "уже есть аккаунт" in str(to_alice.body)


def test_it_verifies_by_code_also_where_nobody_has_to() -> None:
    dan = Caller()
    dan.sign_up()
    assert dan("PUT", "account/email", {"email": "dan@example.org"}).status_code == 200
    assert dan("POST", "auth/email/verify", {"key": code_in_last_mail()}).status_code == 200
    assert dan("GET", "account/email").json()["data"] == [
        {"email": "dan@example.org", "verified": True, "primary": True}
    ]


def test_it_changes_the_address_once_the_new_one_is_verified() -> None:
    dan = Caller()
    dan.sign_up(language="ru")
    assert dan("POST", "account/email", {"email": "New@example.org"}).status_code == 200
    assert mail.outbox[-1].to == ["new@example.org"]
    assert "подтвердите" in mail.outbox[-1].subject
    assert dan("GET", "/api/v1/me").json()["email"] == "dan@example.org"
    assert dan("POST", "auth/email/verify", {"key": code_in_last_mail()}).status_code == 200
    assert dan("GET", "/api/v1/me").json()["email"] == "new@example.org"


@override_settings(SIGNUP_OPEN=False)
def test_it_says_that_sign_up_is_closed() -> None:
    response = Caller().sign_up()
    assert response.status_code == 403
    assert codes(response) == {(None, "signup_closed")}
    assert not Person.objects.exists()


def test_it_limits_sign_ups_from_one_address_in_the_network() -> None:
    for number in range(20):
        assert Caller().sign_up(f"dan{number}@example.org", timezone="nowhere").status_code == 400
    response = Caller().sign_up()
    assert response.status_code == 429
    assert codes(response) == {(None, "too_many_requests")}


@with_mail_server
@override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9)
def test_it_answers_503_where_the_mail_server_is_away() -> None:
    response = Caller().sign_up()
    assert response.status_code == 503
    assert codes(response) == {(None, "unavailable")}
