"""Two requests at once, over real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from accounts.models import Person, Session
from accounts.tokens import sign_in
from habits.models import Habit
from tests.accounts.flows import Caller
from tests.people import bearer, make_person

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10
HABIT = {"action": "read", "place": "home", "time": "07:30", "reward": "tea"}


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls answer that begin at the same moment, each on a connection of its own."""
    together = Barrier(len(calls), timeout=60)

    def begin(call: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def test_two_sign_ups_with_one_address_make_one_person() -> None:
    for number in range(5):  # argon2 takes its time
        cache.clear()
        email = f"dan{number}@example.org"
        answers = at_once(*[lambda: Caller().sign_up(email)] * 2)  # noqa: B023 (called within the round)
        assert sorted(answer.status_code for answer in answers) in ([200, 400], [200, 409])
        assert Person.objects.filter(email=email).count() == 1


def test_two_tabs_that_refresh_together_both_go_on_every_time() -> None:
    """One refresh token, and each tab works on with what it got, a hundred times over."""
    tokens = sign_in(make_person())
    body = {"refresh_token": tokens.refresh_token}
    for _ in range(100):
        refreshed = at_once(*[lambda: Caller()("POST", "tokens/refresh", body)] * 2)
        assert [answer.status_code for answer in refreshed] == [200, 200]
        accesses = [answer.json()["data"]["access_token"] for answer in refreshed]
        shown = at_once(
            *[
                lambda access=access: Caller()("GET", "/api/v1/me", Authorization=f"Bearer {access}")
                for access in accesses
            ]
        )
        assert [answer.status_code for answer in shown] == [200, 200]
    # And what each had before is good until its time is over.
    assert Caller()("GET", "/api/v1/me", Authorization=f"Bearer {tokens.access_token}").status_code == 200


def test_signing_out_wins_over_refreshing() -> None:
    alice = make_person()
    for _ in range(ROUNDS):
        tokens = sign_in(alice)
        body, headers = {"refresh_token": tokens.refresh_token}, {"Authorization": f"Bearer {tokens.access_token}"}
        refreshed, _out = at_once(
            lambda: Caller()("POST", "tokens/refresh", body),  # noqa: B023
            lambda: Caller()("DELETE", "auth/session", **headers),  # noqa: B023
        )
        assert refreshed.status_code in {200, 400}
        if refreshed.status_code == 200:
            access = refreshed.json()["data"]["access_token"]
            assert Caller()("GET", "/api/v1/me", Authorization=f"Bearer {access}").status_code == 401
        assert Caller()("POST", "tokens/refresh", body).status_code == 400
    assert not Session.objects.exists()


def test_signing_out_twice_at_once_is_no_error() -> None:
    alice = make_person()
    for _ in range(ROUNDS):
        headers = bearer(alice)
        for answer in at_once(*[lambda: Caller()("DELETE", "auth/session", **headers)] * 2):  # noqa: B023
            assert answer.status_code in {401, 410}


def test_nothing_of_a_person_appears_while_they_are_erased() -> None:
    for _ in range(ROUNDS):
        headers = bearer(make_person())
        erased, made, changed = at_once(
            lambda: Caller()("DELETE", "/api/v1/me", **headers),  # noqa: B023
            lambda: Caller()("POST", "/api/v1/habits", HABIT, **headers),  # noqa: B023
            lambda: Caller()("PATCH", "/api/v1/me", {"timezone": "Asia/Tokyo"}, **headers),  # noqa: B023
        )
        assert erased.status_code == 204
        assert made.status_code in {201, 401, 404, 409}, made.content
        assert changed.status_code in {200, 401, 404}, changed.content
        assert not Person.objects.exists()
        assert not Habit.objects.exists()
