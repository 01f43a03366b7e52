"""What is kept of a chat when a message arrives, and when nothing reaches it any more."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import Person
from telegram.chats import mark_chat_gone, seen
from telegram.linking import link
from telegram.models import Chat
from tests.telegram.conftest import NOW, chat_of, race

LATER = NOW + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Alice_In_W", "alice_in_w"),
        (None, None),
        ("", None),
        ("ab", None),
        ("1alice", None),
        ("алиса", None),
        ("alice\x00", None),
        ("a" * 33, None),
    ],
)
def test_it_keeps_a_name_in_lower_case_or_none(db: None, given: str | None, kept: str | None) -> None:
    assert chat_of(1, given).username == kept
    assert Chat.objects.get().username == kept


def test_it_keeps_what_changes(db: None) -> None:
    chat_of(1, "alice", language="ru")
    chat_of(1, "alice_new", now=LATER)
    chat = Chat.objects.get()
    assert (chat.username, chat.language_code, chat.seen_at) == ("alice_new", "ru", LATER)
    chat_of(1, None, now=LATER, language="x" * 99)
    chat.refresh_from_db()
    assert (chat.username, len(chat.language_code or "")) == (None, 35)


def test_the_latest_holder_of_a_name_has_it(db: None) -> None:
    chat_of(1, "alice")
    chat_of(2, "ALICE")
    assert dict(Chat.objects.values_list("chat_id", "username")) == {1: None, 2: "alice"}
    chat_of(1, "alice")
    assert dict(Chat.objects.values_list("chat_id", "username")) == {1: "alice", 2: None}


@pytest.mark.django_db(transaction=True)
def test_a_name_that_two_chats_bring_at_once_ends_with_one() -> None:
    found = race(*(lambda chat_id=chat_id: chat_of(chat_id, "alice") for chat_id in (1, 2, 3, 4)))
    assert [type(result) for result in found] == [Chat] * 4
    assert sorted(Chat.objects.values_list("username", flat=True), key=str) == [None, None, None, "alice"]


def test_a_chat_that_is_gone_is_told_once(alice: Person, news: list[Any]) -> None:
    chat_of(1)
    link(person_id=alice.pk, chat_id=1, now=NOW)
    mark_chat_gone(chat_id=1, now=LATER)
    mark_chat_gone(chat_id=1, now=LATER)
    mark_chat_gone(chat_id=999, now=LATER)
    assert news == [("linked", alice.pk), ("lost", alice.pk)]
    assert Chat.objects.get().blocked_at == LATER
    assert Chat.objects.get().person == alice


def test_a_chat_that_wrote_after_a_failure_is_not_gone(alice: Person, news: list[Any]) -> None:
    chat_of(1, now=LATER)
    link(person_id=alice.pk, chat_id=1, now=LATER)
    mark_chat_gone(chat_id=1, now=NOW)
    assert Chat.objects.get().blocked_at is None
    assert news == [("linked", alice.pk)]


def test_a_lost_chat_that_writes_is_found_again(alice: Person, news: list[Any]) -> None:
    chat_of(1)
    link(person_id=alice.pk, chat_id=1, now=NOW)
    mark_chat_gone(chat_id=1, now=NOW)
    for _message in range(2):
        seen(chat_id=1, username=None, language_code=None, now=LATER)
    assert Chat.objects.get().blocked_at is None
    assert Chat.objects.get().linked_at == NOW
    assert news == [("linked", alice.pk), ("lost", alice.pk), ("linked", alice.pk)]


def test_a_stranger_who_is_lost_and_found_is_no_news(db: None, news: list[Any]) -> None:
    chat_of(1)
    mark_chat_gone(chat_id=1, now=NOW)
    chat_of(1, now=LATER)
    assert news == []
    assert Chat.objects.get().blocked_at is None


def test_an_erased_person_takes_their_chat_along(alice: Person) -> None:
    chat_of(1, "alice")
    link(person_id=alice.pk, chat_id=1, now=NOW)
    alice.delete()
    assert Chat.objects.count() == 0
