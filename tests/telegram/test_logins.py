"""One-time codes: they let in whom the bot showed them to, once, and nobody else."""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.signals import post_save
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from accounts import services
from accounts.models import Person, Session
from contract.errors import NotFound, RuleBroken
from telegram import api, logins
from telegram.linking import link, unlink
from telegram.models import LoginCode
from telegram.tasks import prune_links
from tests import races
from tests.telegram.conftest import NOW, race

MINUTE = dt.timedelta(minutes=1)


def code_of(person: Person, now: dt.datetime = NOW) -> str:
    return logins.create_code(person=person, now=now).text


def exchanged(code: str, now: dt.datetime = NOW) -> Person:
    return logins.exchange(code=code, now=now)


def refused(code: str, now: dt.datetime = NOW) -> None:
    """It is not said what is wrong with it."""
    with pytest.raises(RuleBroken) as caught:
        exchanged(code, now)
    assert caught.value.errors == (logins.UNKNOWN_CODE,)


def test_a_code_lets_its_person_in_once(alice: Person, bob: Person) -> None:
    codes = {person.pk: code_of(person) for person in (alice, bob)}
    assert exchanged(codes[alice.pk]) == alice
    refused(codes[alice.pk])
    assert exchanged(codes[bob.pk]) == bob


def test_a_code_has_fifty_bits_and_is_not_kept(alice: Person) -> None:
    code = logins.create_code(person=alice, now=NOW)
    assert code.expires_at == NOW + 5 * MINUTE
    letters = code.text.replace("-", "")
    assert len(letters) == 10
    assert len(set(logins._ALPHABET)) == 32
    assert set(letters) <= set(logins._ALPHABET)
    kept = str(LoginCode.objects.values())
    assert code.text not in kept
    assert letters not in kept


def test_the_digest_needs_the_key(alice: Person, settings: Settings) -> None:
    """Whoever has only the table cannot try out codes."""
    code = code_of(alice)
    settings.SECRET_KEY = "another key"
    refused(code)


@pytest.mark.parametrize(
    "written",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: f"  {code} \n",
        lambda code: " ".join(code),
        lambda code: code.replace("-", "–"),
        lambda code: code.replace("-", "\u00a0\u200b"),
        lambda code: code.replace("0", "O").replace("1", "l"),
        lambda code: code.replace("0", "о").replace("1", "I"),
        lambda code: code.translate(str.maketrans("ABCEHKMPTXY", "АВСЕНКМРТХY")),
        lambda code: code.lower().translate(str.maketrans("aceopx", "асеорх")),
    ],
)
def test_it_forgives_how_a_code_is_written(
    alice: Person, monkeypatch: pytest.MonkeyPatch, written: Callable[[str], str]
) -> None:
    for letters in ("01ABC-EHKMP", "TXY01-01NQZ"):
        drawn = iter(letters.replace("-", ""))
        monkeypatch.setattr(secrets, "choice", lambda _alphabet: next(drawn))  # noqa: B023 (called at once)
        code = code_of(alice)
        assert code == letters
        assert exchanged(written(code)) == alice


@pytest.mark.parametrize(
    "code",
    ["", "-", "0", "00000-0000", "00000-000000", "UUUUU-UUUUU", "\ud800" * 10, "\x00", "' OR 1=1 --", "0" * 1_000_000],
)
def test_what_is_no_code_lets_nobody_in(alice: Person, code: str) -> None:
    code_of(alice)
    refused(code)


def test_a_code_expires(alice: Person) -> None:
    code = code_of(alice)
    refused(code, NOW + 5 * MINUTE)
    assert exchanged(code, NOW + 5 * MINUTE - dt.timedelta(microseconds=1)) == alice


def test_a_new_code_replaces_the_one_before(alice: Person) -> None:
    first, second = code_of(alice), code_of(alice)
    refused(first)
    assert exchanged(second) == alice


def test_a_deactivated_persons_code_is_as_good_as_unknown(alice: Person) -> None:
    code = code_of(alice)
    Person.objects.update(is_active=False)
    refused(code)
    with pytest.raises(NotFound):
        code_of(alice)


def test_an_erased_persons_code_is_as_good_as_unknown(alice: Person) -> None:
    code = code_of(alice)
    services.erase(person=alice)
    refused(code)
    assert not LoginCode.objects.exists()


@pytest.mark.parametrize("how", ["unlinked", "moved"])
def test_a_code_is_void_once_its_chat_is_parted(alice: Person, how: str) -> None:
    link(person_id=alice.pk, chat_id=1, now=NOW)
    code = code_of(alice)
    if how == "unlinked":
        unlink(person=alice, now=NOW)
    else:
        link(person_id=alice.pk, chat_id=2, now=NOW)
    refused(code)


@pytest.mark.parametrize(("minutes", "says"), [(0, "60 минут."), (39, "21 минуту."), (58, "2 минуты."), (59.5, "1 ")])
def test_five_codes_an_hour_are_enough(alice: Person, bob: Person, minutes: float, says: str) -> None:
    last = [code_of(alice) for _time in range(5)][-1]
    later = NOW + minutes * MINUTE
    with override("ru"), pytest.raises(RuleBroken) as caught:
        code_of(alice, later)
    assert caught.value.errors[0].code == "too_many_codes"
    assert says in str(caught.value.errors[0].message)
    assert code_of(bob, later)
    assert code_of(alice, NOW + 60 * MINUTE)
    refused(last, NOW)


def test_a_refused_sixth_code_leaves_the_fifth_good(alice: Person) -> None:
    last = [code_of(alice) for _time in range(5)][-1]
    with pytest.raises(RuleBroken):
        code_of(alice)
    assert exchanged(last) == alice


def test_using_or_unlinking_gives_no_more_codes(alice: Person) -> None:
    for _time in range(5):
        exchanged(code_of(alice))
        unlink(person=alice, now=NOW)
    with pytest.raises(RuleBroken):
        code_of(alice)


def test_what_counts_no_more_is_pruned(alice: Person, bob: Person) -> None:
    now = dt.datetime.now(dt.UTC)
    code_of(alice, now - 61 * MINUTE)
    code_of(bob, now - 59 * MINUTE)
    prune_links()
    assert LoginCode.objects.get().person == bob


LOGIN = "/api/v1/telegram/login"


def brought(code: object, **headers: str) -> Any:
    return Client().post(LOGIN, {"code": code}, "application/json", headers={"Accept-Language": "en"} | headers)


def fresh(person: Person) -> str:
    return code_of(person, dt.datetime.now(dt.UTC))


@pytest.mark.django_db
class TestOverHttp:
    def test_it_gives_tokens_that_work_everywhere(self, alice: Person) -> None:
        answer = brought(fresh(alice))
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        tokens = answer.json()
        assert set(tokens) == {"access_token", "refresh_token"}
        client = Client(headers={"Authorization": f"Bearer {tokens['access_token']}"})
        assert client.get("/api/v1/me").json()["id"] == alice.pk
        session = client.get("/api/auth/app/v1/auth/session")
        assert session.status_code == 200
        assert session.json()["data"]["user"]["id"] == alice.pk
        body = {"refresh_token": tokens["refresh_token"]}
        renewed = Client().post("/api/auth/app/v1/tokens/refresh", body, "application/json")
        assert renewed.status_code == 200
        again = Client(headers={"Authorization": f"Bearer {renewed.json()['data']['access_token']}"})
        assert again.get("/api/v1/me").status_code == 200
        alice.refresh_from_db()
        assert alice.last_login is not None

    def test_signing_out_ends_that_session_and_no_other(self, alice: Person) -> None:
        first, second = (brought(fresh(alice)).json() for _time in range(2))
        one, other = (
            Client(headers={"Authorization": f"Bearer {tokens['access_token']}"}) for tokens in (first, second)
        )
        assert one.delete("/api/auth/app/v1/auth/session").status_code == 401
        assert one.get("/api/v1/me").status_code == 401
        body = {"refresh_token": first["refresh_token"]}
        assert Client().post("/api/auth/app/v1/tokens/refresh", body, "application/json").status_code == 400
        assert other.get("/api/v1/me").status_code == 200
        assert Session.objects.count() == 1

    def test_a_person_who_is_deactivated_afterwards_is_out(self, alice: Person) -> None:
        tokens = brought(fresh(alice)).json()
        Person.objects.update(is_active=False)
        client = Client(headers={"Authorization": f"Bearer {tokens['access_token']}"})
        assert client.get("/api/v1/me").status_code == 401
        body = {"refresh_token": tokens["refresh_token"]}
        assert Client().post("/api/auth/app/v1/tokens/refresh", body, "application/json").status_code == 400

    @pytest.mark.parametrize("case", ["unknown", "used", "expired", "replaced", "no code", "very long", "deactivated"])
    def test_whatever_is_wrong_the_answer_is_the_same(self, alice: Person, case: str) -> None:
        now = dt.datetime.now(dt.UTC)
        code = {"unknown": "00000-00000", "no code": "hello", "very long": "0" * 60_000}.get(case) or code_of(
            alice, now - 6 * MINUTE if case == "expired" else now
        )
        if case == "used":
            assert brought(code).status_code == 200
        elif case == "replaced":
            fresh(alice)
        elif case == "deactivated":
            Person.objects.update(is_active=False)
        sessions = Session.objects.count()
        answer = brought(code)
        assert answer.status_code == 422
        assert answer.json() == {
            "type": "about:blank",
            "title": "Invalid data",
            "status": 422,
            "detail": "Some of the data cannot be accepted; see errors.",
            "errors": [
                {
                    "field": "code",
                    "code": "invalid_code",
                    "message": "This code is unknown or has expired. Send /login to the bot for a new one.",
                }
            ],
        }
        assert Session.objects.count() == sessions

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ({}, ("code", "required")),
            ({"code": None}, ("code", "invalid_type")),
            ({"code": 1234567890}, ("code", "invalid_type")),
            ({"code": ["00000-00000"]}, ("code", "invalid_type")),
            ({"code": "\ud800"}, ("code", "invalid_code")),
            ({"code": "00000-00000", "person": 1}, ("person", "unknown")),
        ],
    )
    def test_bad_bodies_are_refused_by_the_field(self, body: dict[str, Any], error: tuple[str, str]) -> None:
        answer = Client().post(LOGIN, body, "application/json")
        assert answer.status_code == 422
        assert [(wrong["field"], wrong["code"]) for wrong in answer.json()["errors"]] == [error]

    def test_it_speaks_the_callers_language(self) -> None:
        message = brought("0", **{"Accept-Language": "ru"}).json()["errors"][0]["message"]
        assert message == "Такого кода нет, или он устарел. Отправьте боту /login и получите новый."

    def test_a_dead_token_beside_a_good_code_is_no_hindrance(self, alice: Person) -> None:
        assert brought(fresh(alice), Authorization="Bearer dead").status_code == 200

    @pytest.mark.usefixtures("within_a_minute")
    def test_one_address_may_try_thirty_times_a_minute(self, alice: Person) -> None:
        code = fresh(alice)
        assert [brought("00000-00000").status_code for _time in range(30)] == [422] * 30
        limited = brought(code)
        assert limited.status_code == 429
        assert 1 <= int(limited["Retry-After"]) <= 60
        assert Client().post(LOGIN, {"code": code}, "application/json", REMOTE_ADDR="192.0.2.1").status_code == 200

    @pytest.mark.usefixtures("within_a_minute")
    def test_wrong_guesses_of_all_addresses_are_counted(self, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api.wrong_codes, "limit", 12)
        code = fresh(alice)
        for number in range(12):
            body = {"code": "00000-00000"}
            answer = Client().post(LOGIN, body, "application/json", REMOTE_ADDR=f"192.0.2.{number}")
            assert answer.status_code == 422
        limited = Client().post(LOGIN, {"code": code}, "application/json", REMOTE_ADDR="192.0.2.99")
        assert limited.status_code == 429
        assert 1 <= int(limited["Retry-After"]) <= 60
        assert not Session.objects.exists()

    def test_right_codes_are_not_counted_as_guesses(self, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api.wrong_codes, "limit", 1)
        assert [brought(fresh(alice)).status_code for _time in range(3)] == [200] * 3


# The code is used up by then, and the session there, but not committed.
SESSION_MADE: races.Points = [(post_save, Session)]
CODE_MADE: races.Points = [(post_save, LoginCode)]


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_who_comes_second_waits_for_the_first_and_is_refused(self, alice: Person) -> None:
        code = fresh(alice)
        first, second = races.race(lambda: brought(code), lambda: brought(code), at=SESSION_MADE)
        assert (first.status_code, second.status_code) == (200, 422)
        assert Session.objects.count() == 1

    def test_a_code_is_not_lost_where_signing_in_fails(self, alice: Person) -> None:
        code = fresh(alice)

        def fail(**_news: object) -> None:
            raise OperationalError

        post_save.connect(fail, sender=Session)
        try:
            assert brought(code).status_code == 503
        finally:
            post_save.disconnect(fail, sender=Session)
        assert brought(code).status_code == 200

    def test_a_code_that_is_being_replaced_is_refused(self, alice: Person) -> None:
        code = code_of(alice)
        _new, used = races.race(
            lambda: logins.create_code(person=alice, now=NOW), lambda: exchanged(code), at=CODE_MADE
        )
        assert isinstance(used, RuleBroken)

    def test_one_code_brought_by_many_gives_one_pair_of_tokens(self, alice: Person) -> None:
        for _round in range(5):
            code = fresh(alice)
            before = Session.objects.count()
            answers = race(*[lambda: brought(code)] * 2)  # noqa: B023 (called within the round)
            assert sorted(answer.status_code for answer in answers) == [200, 422]
            assert Session.objects.count() == before + 1

    def test_of_two_codes_at_once_one_is_live(self, alice: Person) -> None:
        for _round in range(2):
            codes = race(*[lambda: logins.create_code(person=alice, now=NOW)] * 2)
            assert LoginCode.objects.filter(is_live=True).count() == 1
            outcomes = [race(lambda: exchanged(code.text))[0] for code in codes]  # noqa: B023
            assert [isinstance(outcome, Person) for outcome in outcomes].count(True) == 1

    def test_the_limit_holds_for_codes_asked_for_at_once(self, alice: Person) -> None:
        outcomes = race(*[lambda: logins.create_code(person=alice, now=NOW)] * 7)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Code"] * 5 + ["RuleBroken"] * 2
        assert LoginCode.objects.count() == 5

    def test_using_a_code_against_replacing_it(self, alice: Person) -> None:
        code = code_of(alice)
        used, replaced = race(lambda: exchanged(code), lambda: logins.create_code(person=alice, now=NOW))
        assert used == alice or isinstance(used, RuleBroken)
        assert exchanged(replaced.text) == alice
        refused(code)

    def test_using_a_code_against_unlinking(self, alice: Person) -> None:
        link(person_id=alice.pk, chat_id=1, now=NOW)
        code = code_of(alice)
        used, unlinked = race(lambda: exchanged(code), lambda: unlink(person=alice, now=NOW))
        assert used == alice or isinstance(used, RuleBroken)
        assert unlinked is True
        refused(code)

    def test_using_a_code_against_deactivating_or_erasing(self, alice: Person, bob: Person) -> None:
        """Either they are let in and thrown out at once, or not let in."""
        codes = fresh(alice), fresh(bob)
        used, _done = race(
            lambda: brought(codes[0]), lambda: Person.objects.filter(pk=alice.pk).update(is_active=False)
        )
        assert used.status_code in {200, 422}
        if used.status_code == 200:
            headers = {"Authorization": f"Bearer {used.json()['access_token']}"}
            assert Client().get("/api/v1/me", headers=headers).status_code == 401
        used, erased = race(lambda: brought(codes[1]), lambda: services.erase(person=bob))
        assert erased is None
        assert used.status_code in {200, 422}
        assert not Session.objects.filter(person=bob.pk).exists()
        assert not Person.objects.filter(pk=bob.pk).exists()
