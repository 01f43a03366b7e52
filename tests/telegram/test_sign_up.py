"""Beginning in the bot: an account without e-mail, made once, with the chat linked."""

import datetime as dt
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Person
from contract.errors import NotFound, Refused, RuleBroken
from telegram.chats import mark_chat_gone
from telegram.linking import create_link_token, link, link_by_token, unlink
from telegram.models import Chat
from telegram.sign_up import begin
from telegram.signals import chat_linked
from tests import races
from tests.telegram.conftest import NOW, chat_of, race


def came(chat_id: int = 1, name: str | None = "Dana", language: str = "en", now: dt.datetime = NOW) -> Person:
    return begin(chat_id=chat_id, display_name=name, language=language, now=now)


def test_it_makes_a_person_without_e_mail_and_links_the_chat(db: None, news: list[Any]) -> None:
    chat_of(1, "dana_d")
    person = came(language="ru")
    kept = Person.objects.get()
    assert (kept.email, kept.display_name, kept.language, kept.created_at) == (None, "Dana", "ru", NOW)
    assert not kept.has_usable_password()
    assert not kept.timezone_told
    assert (kept.is_active, kept.is_staff, kept.is_superuser) == (True, False, False)
    chat = Chat.objects.get()
    assert (chat.person, chat.linked_at, chat.username) == (person, NOW, "dana_d")
    assert news == [("linked", person.pk)]


def test_many_have_no_e_mail(db: None) -> None:
    assert came(1) != came(2)


def test_a_second_tap_changes_nothing(db: None, news: list[Any]) -> None:
    first = came()
    assert came(name="Another", language="ru", now=NOW + dt.timedelta(days=1)) == first
    kept = Person.objects.get()
    assert (kept.display_name, kept.language) == ("Dana", "en")
    assert len(news) == 1


def test_a_chat_that_is_somebodys_stays_theirs(alice: Person) -> None:
    link(person_id=alice.pk, chat_id=1, now=NOW)
    assert came() == alice
    assert Person.objects.count() == 1


def test_who_unlinked_may_begin_anew(db: None) -> None:
    first = came()
    unlink(person=first, now=NOW)
    assert came() != first


def test_a_deactivated_person_gets_no_second_account(alice: Person) -> None:
    link(person_id=alice.pk, chat_id=1, now=NOW)
    Person.objects.update(is_active=False)
    with pytest.raises(NotFound) as caught:
        came()
    assert caught.value.errors[0].code == "no_account"
    assert Person.objects.count() == 1


def test_closed_sign_up_is_closed_here_too(db: None, settings: Settings, news: list[Any]) -> None:
    settings.SIGNUP_OPEN = False
    chat_of(1)
    with pytest.raises(RuleBroken) as caught:
        came()
    assert [(error.field, error.code) for error in caught.value.errors] == [(None, "signup_closed")]
    assert not Person.objects.exists()
    assert Chat.objects.get().person is None
    assert news == []


def test_closed_sign_up_still_knows_who_is_there(alice: Person, settings: Settings) -> None:
    link(person_id=alice.pk, chat_id=1, now=NOW)
    settings.SIGNUP_OPEN = False
    assert came() == alice


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Dana", "Dana"),
        ("  Dana\tD. ", "Dana D."),
        ("Да\u0438\u0306на", "Да\u0439на"),
        ("🌱", "🌱"),
        ("a" * 200, "a" * 60),
        ("a" * 59 + " " + "b" * 10, "a" * 59),
        ("a\x00b\u2028c\ud800", "a b c"),
        ("\u200b\u200f", None),
        ("\x00", None),
        ("", None),
        (None, None),
    ],
)
def test_it_keeps_as_much_of_a_name_as_fits(db: None, told: str | None, kept: str | None) -> None:
    assert came(name=told).display_name == kept
    assert Person.objects.get().display_name == kept


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_taps_at_once_make_one_account(self) -> None:
        """Of a chat that is new to us, too."""
        found = race(*[came] * 4)
        assert [person.pk for person in found] == [Person.objects.get().pk] * 4
        assert Chat.objects.get().person == found[0]

    def test_a_second_tap_waits_for_the_first(self) -> None:
        first, second = races.race(came, lambda: came(name="Another"), at=[(chat_linked, Chat)])
        assert first == second == Person.objects.get()
        assert first.display_name == "Dana"

    def test_beginning_against_following_a_link(self, alice: Person) -> None:
        """One of them has the chat, and nobody is left over who was made in vain."""
        for chat_id in range(1, 6):
            token = create_link_token(person=alice, now=NOW).token
            begun, linked = race(
                lambda: came(chat_id),  # noqa: B023 (called within the round)
                lambda: link_by_token(token=token, chat_id=chat_id, now=NOW),  # noqa: B023
            )
            owner = Chat.objects.get(chat_id=chat_id).person
            assert begun == owner
            if isinstance(linked, Refused):
                assert linked.errors[0].code == "chat_taken"
                assert owner != alice
            else:
                assert linked == owner == alice
        with_chats = Chat.objects.filter(person__isnull=False).exclude(person=alice).values("person")
        assert Person.objects.exclude(pk=alice.pk).count() == with_chats.count()

    def test_beginning_against_blocking_the_bot(self) -> None:
        chat_of(1)
        begun, gone = race(came, lambda: mark_chat_gone(chat_id=1, now=NOW + dt.timedelta(seconds=1)))
        assert gone is None
        assert Chat.objects.get().person == begun
