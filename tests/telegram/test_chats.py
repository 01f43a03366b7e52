"""What is kept of a chat when a message arrives, and when nothing reaches it any more."""

import datetime as dt
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Person
from accounts.services import erase
from habits.services import create_habit
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


@pytest.mark.django_db(transaction=True)
def test_a_person_is_erased_while_their_chat_is_found_to_be_gone(alice: Person) -> None:
    chat_of(1)
    link(person_id=alice.pk, chat_id=1, now=NOW)
    create_habit(person=alice, now=NOW, action="run", place="the park", time=dt.time(7), reward="coffee")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Chat.objects.select_for_update(no_key=True).get()  # as far as `mark_chat_gone` has come
            erasing = pool.submit(on_its_own_connection, lambda: erase(person=alice))
            wait_until_somebody_waits()
            mark_chat_gone(chat_id=1, now=NOW)
        erasing.result(60)
    assert not Person.objects.exists()
    assert not Chat.objects.exists()


def on_its_own_connection(action: Callable[[], None]) -> None:
    try:
        action()
    finally:
        connection.close()


def wait_until_somebody_waits() -> None:
    """For a lock that this connection holds."""
    with connection.cursor() as cursor:
        for _ in range(6000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")
