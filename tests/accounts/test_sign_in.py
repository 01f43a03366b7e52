from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection

from accounts.models import Person, Session
from tests.accounts.flows import Caller, code_in_last_mail, codes
from tests.conftest import PASSWORD
from tests.people import bearer


@pytest.mark.django_db
def test_it_signs_in_and_out_and_both_tokens_die(alice: Person) -> None:
    tab = Caller()
    assert tab.sign_in("Alice@example.org", PASSWORD).status_code == 200
    assert tab("GET", "/api/v1/me").json()["id"] == alice.pk
    assert tab("DELETE", "auth/session").status_code == 401
    assert tab("GET", "/api/v1/me").status_code == 401
    response = tab("POST", "tokens/refresh", {"refresh_token": tab.refresh_token})
    assert response.status_code == 400
    assert codes(response) == {("refresh_token", "invalid_token")}
    assert tab("DELETE", "auth/session").status_code in {401, 410}


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_it_does_not_say_whether_address_or_password_was_wrong(alice: Person, email: str) -> None:
    response = Caller().sign_in(email, "wrong horse")
    assert response.status_code == 400
    assert codes(response) == {("password", "email_password_mismatch")}


@pytest.mark.django_db
def test_it_stops_whoever_guesses_passwords(alice: Person) -> None:
    answers = [codes(Caller().sign_in("alice@example.org", f"wrong horse {number}")) for number in range(6)]
    assert answers[-1] == {(None, "too_many_login_attempts")} or answers[-1] == {(None, "too_many_requests")}
    assert Caller().sign_in("alice@example.org", PASSWORD).status_code in {400, 429}


@pytest.mark.django_db
def test_it_lets_no_deactivated_person_in_and_forgets_their_tokens(alice: Person) -> None:
    headers = bearer(alice)
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    tab = Caller()
    assert tab("GET", "/api/v1/me", **headers).status_code == 401
    assert tab("GET", "auth/session", **headers).status_code == 401
    assert tab.sign_in("alice@example.org", PASSWORD).status_code in {400, 401}
    assert tab.access_token is None


@pytest.mark.django_db
def test_it_ends_every_session_when_the_password_changes(alice: Person) -> None:
    tab, other = Caller(), Caller()
    tab.sign_in("alice@example.org", PASSWORD)
    other.sign_in("alice@example.org", PASSWORD)
    body = {"current_password": PASSWORD, "new_password": "another horse altogether"}
    assert codes(tab("POST", "account/password/change", body | {"current_password": "wrong"})) == {
        ("current_password", "enter_current_password")
    }
    assert tab("POST", "account/password/change", body).status_code == 401
    assert tab("GET", "/api/v1/me").status_code == 401
    assert other("GET", "/api/v1/me").status_code == 401
    assert Caller().sign_in("alice@example.org", "another horse altogether").status_code == 200


@pytest.mark.django_db
def test_it_resets_a_forgotten_password_by_code(alice: Person) -> None:
    old, tab = Caller(), Caller()
    old.sign_in("alice@example.org", PASSWORD)
    response = tab("POST", "auth/password/request", {"email": "alice@example.org"})
    assert {"id": "password_reset_by_code", "is_pending": True} in response.json()["data"]["flows"]
    assert "сброса пароля" in mail.outbox[-1].subject
    code = code_in_last_mail()
    weak = tab("POST", "auth/password/reset", {"key": code, "password": "1234"})
    assert ("password", "password_too_short") in codes(weak)
    assert tab("POST", "auth/password/reset", {"key": code, "password": "another horse"}).status_code == 401
    assert old("GET", "/api/v1/me").status_code == 401
    assert Caller().sign_in("alice@example.org", "another horse").status_code == 200


@pytest.mark.django_db
def test_it_keeps_counters_of_sign_ins_in_redis(alice: Person) -> None:
    Caller().sign_in("alice@example.org", PASSWORD)
    assert type(cache).__name__ == "ConnectionProxy"
    assert cache._cache.get_client().dbsize() > 0  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_refresh_together_both_keep_working(alice: Person) -> None:
    """A hundred times over, both tabs must hold a token that opens the profile, and may refresh again."""
    first = Caller()
    first.sign_in("alice@example.org", PASSWORD)
    shared = first.refresh_token
    together = Barrier(2, timeout=60)

    def refresh(_: int) -> list[int]:
        tab, statuses = Caller(), []
        for _round in range(100):
            together.wait()
            answer = tab("POST", "tokens/refresh", {"refresh_token": shared})
            token = answer.json().get("data", {}).get("access_token")
            opened = Caller()("GET", "/api/v1/me", Authorization=f"Bearer {token}")
            statuses += [answer.status_code, opened.status_code]
        connection.close()
        return statuses

    with ThreadPoolExecutor(2) as tabs:
        assert [set(statuses) for statuses in tabs.map(refresh, range(2))] == [{200}, {200}]
    assert Session.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("header", "language"), [("", "ru"), ("de", "ru"), ("en", "en")])
def test_who_is_signed_in_is_told_in_the_language_of_the_profile(alice: Person, header: str, language: str) -> None:
    wrong = {"current_password": "wrong horse", "new_password": "short"}
    response = Caller()("POST", "account/password/change", wrong, **bearer(alice), **{"Accept-Language": header})
    assert codes(response) >= {("new_password", "password_too_short")}
    assert response["Content-Language"] == language
    assert any("а" <= letter <= "я" for letter in response.json()["errors"][0]["message"]) == (language == "ru")
