"""What is counted against somebody who guesses: at the admin's door as at the API's, and where tokens are renewed."""

import pytest
from django.test import Client, RequestFactory

from accounts.models import Person
from config.middleware import refreshes
from contract.callers import caller_of
from contract.throttle import RequestsAMinute
from tests.conftest import PASSWORD, member

LOGIN = "/admin/login/"
API = "/api/auth/app/v1/auth/login"
REFRESH = "/api/auth/app/v1/tokens/refresh"


@pytest.fixture
def root(db: None) -> Person:
    return member("root@example.org", is_staff=True, is_superuser=True)


def at_the_admin(email: str, password: str, address: str = "192.0.2.1") -> bool:
    """Whether that got in."""
    form = {"username": email, "password": password}
    return Client(REMOTE_ADDR=address).post(f"{LOGIN}?next=/admin/", form).status_code == 302


def test_an_admin_gets_in_and_nobody_else(root: Person, alice: Person) -> None:
    assert at_the_admin("root@example.org", PASSWORD)
    assert at_the_admin("ROOT@example.org", PASSWORD)
    assert not at_the_admin("alice@example.org", PASSWORD)
    assert not at_the_admin("root@example.org", "wrong")
    assert not at_the_admin("", "")


def test_after_five_wrong_passwords_the_right_one_has_to_wait_from_wherever(root: Person) -> None:
    for number in range(5):
        assert not at_the_admin("root@example.org", "wrong", f"192.0.2.{number}")
    assert not at_the_admin("root@example.org", PASSWORD, "198.51.100.1")
    login = {"email": "root@example.org", "password": PASSWORD}
    assert Client().post(API, login, "application/json").status_code == 400


def test_wrong_passwords_at_the_api_count_at_the_admin(root: Person) -> None:
    for number in range(5):
        login = {"email": "root@example.org", "password": "wrong"}
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(API, login, "application/json")
    assert not at_the_admin("root@example.org", PASSWORD, "198.51.100.1")


def test_a_host_header_of_the_callers_own_gives_no_more_guesses(root: Person) -> None:
    login = {"email": "root@example.org", "password": "wrong"}
    for number in range(5):
        caller = Client(REMOTE_ADDR=f"192.0.2.{number}", headers={"Host": f"localhost:{8000 + number}"})
        assert caller.post(API, login, "application/json").status_code == 400
    login["password"] = PASSWORD
    caller = Client(REMOTE_ADDR="198.51.100.1", headers={"Host": "127.0.0.1:1"})
    answer = caller.post(API, login, "application/json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_many_login_attempts")


def test_one_address_that_tries_many_people_is_stopped(root: Person) -> None:
    for number in range(10):
        assert not at_the_admin(f"somebody{number}@example.org", "wrong")
    assert not at_the_admin("root@example.org", PASSWORD)
    assert at_the_admin("root@example.org", PASSWORD, "198.51.100.1")


def test_renewing_tokens_is_limited_by_address(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshes, "limit", 4)

    def status(address: str) -> int:
        body = {"refresh_token": "x"}
        return Client(REMOTE_ADDR=address).post(REFRESH, body, "application/json").status_code

    # A new minute may begin while they come.
    found = [status("192.0.2.1") for _ in range(2 * refreshes.limit + 1)]
    assert set(found[: refreshes.limit]) == {400}
    assert 429 in found
    assert status("198.51.100.1") == 400


def test_who_has_a_whole_ipv6_network_has_no_more_guesses(root: Person) -> None:
    for number in range(10):
        assert not at_the_admin(f"somebody{number}@example.org", "wrong", f"2001:db8:0:7::{number:x}")
    assert not at_the_admin("root@example.org", PASSWORD, "2001:db8:0:7:ffff::1")
    assert at_the_admin("root@example.org", PASSWORD, "2001:db8:0:8::1")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"),
        ("2001:DB8:0:7::", "2001:db8:0:7::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "local"),
    ],
)
def test_a_limit_by_address_counts_connections(address: str, counted: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    assert caller_of(request) == counted
    assert RequestsAMinute("test", 1).get_ident(request) == counted
