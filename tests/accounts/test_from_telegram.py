"""Who began in Telegram has neither e-mail nor password, and may add both, over HTTP alone."""

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import override_settings

from accounts.models import Person, Session
from telegram import logins
from telegram.sign_up import begin
from tests.accounts.flows import PASSWORD, Caller, code_in_last_mail, codes

pytestmark = pytest.mark.django_db

with_mail_server = override_settings(HAS_SMTP=True, ACCOUNT_PREVENT_ENUMERATION=True)
EMAIL = "dana@example.org"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def dana(db: None) -> Person:
    return begin(chat_id=1, display_name="Дана", language="ru", now=now())


def signed_in(person: Person) -> Caller:
    """By a code from the bot."""
    caller = Caller()
    code = logins.create_code(person=person, now=now()).text
    tokens = caller("POST", "/api/v1/telegram/login", {"code": code}).json()
    caller.access_token, caller.refresh_token = tokens["access_token"], tokens["refresh_token"]
    return caller


def email_of(caller: Caller) -> Any:
    return caller("GET", "/api/v1/me").json()["email"]


def user_of(caller: Caller) -> Any:
    return caller("GET", "auth/session").json()["data"]["user"]


def add_email(caller: Caller, email: str = EMAIL) -> Any:
    """Asks for it, and brings the code from the mail."""
    assert caller("POST", "account/email", {"email": email}).status_code == 200
    return caller("POST", "auth/email/verify", {"key": code_in_last_mail()})


def test_they_have_neither_e_mail_nor_password(dana: Person) -> None:
    caller = signed_in(dana)
    profile = caller("GET", "/api/v1/me").json()
    assert (profile["email"], profile["display_name"], profile["language"]) == (None, "Дана", "ru")
    assert user_of(caller) == {"id": dana.pk, "display": "Дана", "has_usable_password": False}
    assert caller("GET", "account/email").json()["data"] == []


@pytest.mark.parametrize("has_smtp", [True, False])
def test_they_add_an_e_mail_and_a_password_and_sign_in_by_those(dana: Person, has_smtp: bool) -> None:
    with override_settings(HAS_SMTP=has_smtp, ACCOUNT_PREVENT_ENUMERATION=has_smtp):
        caller = signed_in(dana)
        assert caller("POST", "account/email", {"email": "Dana@Example.org"}).status_code == 200
        assert mail.outbox[-1].to == [EMAIL]
        assert "подтвердите" in str(mail.outbox[-1].subject)
        assert email_of(caller) is None
        assert codes(caller("POST", "auth/email/verify", {"key": "NOPE-NOPE"})) == {("key", "incorrect_code")}
        assert caller("POST", "auth/email/verify", {"key": code_in_last_mail()}).status_code == 200
        assert email_of(caller) == EMAIL
        assert caller("GET", "account/email").json()["data"] == [{"email": EMAIL, "verified": True, "primary": True}]
        assert user_of(caller) == {"id": dana.pk, "display": EMAIL, "email": EMAIL, "has_usable_password": False}

        assert caller("POST", "account/password/change", {"new_password": PASSWORD}).status_code == 401
        assert caller("GET", "/api/v1/me").status_code == 401
        by_password = Caller()
        assert by_password.sign_in(EMAIL).status_code == 200
        assert by_password("GET", "/api/v1/me").json()["id"] == dana.pk
        assert user_of(by_password)["has_usable_password"] is True
        assert email_of(signed_in(dana)) == EMAIL  # the bot's code goes on working


def test_they_may_set_the_password_first(dana: Person) -> None:
    assert signed_in(dana)("POST", "account/password/change", {"new_password": PASSWORD}).status_code == 401
    caller = signed_in(dana)
    assert codes(caller("POST", "account/password/change", {"new_password": "another horse altogether"})) == {
        ("current_password", "required")
    }
    assert add_email(caller).status_code == 200
    assert Caller().sign_in(EMAIL).status_code == 200


def test_they_may_get_the_password_by_mail(dana: Person) -> None:
    """Having forgotten that there never was one."""
    add_email(signed_in(dana))
    caller = Caller()
    caller("POST", "auth/password/request", {"email": EMAIL})
    answer = caller("POST", "auth/password/reset", {"key": code_in_last_mail(), "password": PASSWORD})
    assert answer.status_code == 401
    assert Caller().sign_in(EMAIL).status_code == 200


def test_a_weak_password_is_refused(dana: Person) -> None:
    caller = signed_in(dana)
    assert ("new_password", "password_too_short") in codes(
        caller("POST", "account/password/change", {"new_password": "1234"})
    )
    assert caller("GET", "/api/v1/me").status_code == 200
    assert not Person.objects.get().has_usable_password()


@pytest.mark.parametrize("guess", ["", "!", PASSWORD])
def test_without_a_password_none_lets_in(dana: Person, guess: str) -> None:
    add_email(signed_in(dana))
    assert Caller().sign_in(EMAIL, guess).status_code == 400


@with_mail_server
def test_they_change_the_address_again(dana: Person) -> None:
    caller = signed_in(dana)
    add_email(caller)
    add_email(caller, "new@example.org")
    assert email_of(caller) == "new@example.org"
    assert [address.email for address in EmailAddress.objects.all()] == ["new@example.org"]


def test_the_only_address_cannot_be_removed(dana: Person) -> None:
    caller = signed_in(dana)
    add_email(caller)
    answer = caller("DELETE", "account/email", {"email": EMAIL})
    assert codes(answer) == {("email", "cannot_remove_primary_email")}
    assert email_of(caller) == EMAIL


def test_an_address_that_waits_for_its_code_can_be_withdrawn(dana: Person) -> None:
    caller = signed_in(dana)
    caller("POST", "account/email", {"email": EMAIL})
    code = code_in_last_mail()
    assert caller("DELETE", "account/email", {"email": EMAIL}).json()["data"] == []
    assert caller("POST", "auth/email/verify", {"key": code}).status_code == 409
    assert email_of(caller) is None


def test_somebody_elses_address_is_refused_in_words_where_no_mail_can_be_sent(dana: Person, alice: Person) -> None:
    answer = signed_in(dana)("POST", "account/email", {"email": "ALICE@example.org"})
    assert codes(answer) == {("email", "email_taken")}


@with_mail_server
@pytest.mark.parametrize("verified", [True, False])
def test_somebody_elses_address_stays_theirs(dana: Person, alice: Person, verified: bool) -> None:
    """Dana reads Alice's mail, say: still nothing is taken over, and nothing half done stays behind."""
    EmailAddress.objects.create(user=alice, email="alice@example.org", verified=verified, primary=True)
    caller = signed_in(dana)
    answer = add_email(caller, "alice@example.org")
    if verified:
        assert codes(answer) == {("key", "email_taken")}
    else:
        assert answer.status_code == 409
    assert email_of(caller) is None
    assert list(EmailAddress.objects.values_list("user", "verified")) == [(alice.pk, verified)]
    assert caller("GET", "account/email").status_code == 200


@with_mail_server
def test_many_sessions_by_code_end_together_when_a_password_is_set(dana: Person) -> None:
    callers = [signed_in(dana) for _time in range(3)]
    callers[0]("POST", "account/password/change", {"new_password": PASSWORD})
    assert [caller("GET", "/api/v1/me").status_code for caller in callers] == [401] * 3
    for caller in callers:
        assert caller("POST", "tokens/refresh", {"refresh_token": caller.refresh_token}).status_code == 400


def test_they_sign_out(dana: Person) -> None:
    caller = signed_in(dana)
    assert caller("DELETE", "auth/session").status_code == 401
    assert caller("GET", "/api/v1/me").status_code == 401
    assert caller("POST", "tokens/refresh", {"refresh_token": caller.refresh_token}).status_code == 400
    assert not Session.objects.exists()


def test_they_erase_themselves(dana: Person) -> None:
    caller = signed_in(dana)
    assert caller("DELETE", "/api/v1/me").status_code == 204
    assert not Person.objects.exists()
    assert begin(chat_id=1, display_name="Дана", language="ru", now=now()).pk != dana.pk


def test_the_document_tells_how() -> None:
    document = Caller()("GET", "/api/openapi.json").json()
    for path, method in (
        ("/api/v1/telegram/login", "post"),
        ("/api/auth/app/v1/account/email", "post"),
        ("/api/auth/app/v1/auth/email/verify", "post"),
        ("/api/auth/app/v1/account/password/change", "post"),
    ):
        assert method in document["paths"][path]
        assert path.rsplit("/v1/")[-1] in document["info"]["description"].replace("…/", ""), path
    body = document["paths"]["/api/auth/app/v1/account/password/change"]["post"]["requestBody"]
    assert body["content"]["application/json"]["schema"]["required"] == ["new_password"]
    assert document["paths"]["/api/v1/telegram/login"]["post"]["security"] == []  # anybody


def test_the_code_for_an_address_that_is_verified_already_is_no_error(dana: Person) -> None:
    caller = signed_in(dana)
    add_email(caller)
    for _ in range(2):
        cache.clear()  # one mail in a while
        assert caller("PUT", "account/email", {"email": EMAIL}).status_code == 200
        assert caller("POST", "auth/email/verify", {"key": code_in_last_mail()}).status_code == 200
    assert email_of(caller) == EMAIL


def test_an_address_that_somebody_else_has_verified_meanwhile_is_refused(dana: Person) -> None:
    caller, other = signed_in(dana), signed_in(begin(chat_id=2, display_name="Bob", language="en", now=now()))
    assert caller("POST", "account/email", {"email": EMAIL}).status_code == 200
    key = code_in_last_mail()
    cache.clear()
    assert add_email(other).status_code == 200
    assert caller("POST", "auth/email/verify", {"key": key}).status_code == 400
    assert (email_of(caller), email_of(other)) == (None, EMAIL)
