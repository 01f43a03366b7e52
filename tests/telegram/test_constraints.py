"""What the database holds, whoever writes."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Person
from telegram.models import Chat, LinkQuestion, LinkToken, LoginCode
from tests.telegram.conftest import NOW, chat_of


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("chat_is_private", {"chat_id": -1001}),
        ("chat_is_private", {"chat_id": 0}),
        ("chat_username_is_normalized", {"username": "Alice"}),
        ("chat_username_is_normalized", {"username": ""}),
        ("telegram_chat_username", {"username": "taken"}),
        ("chat_is_linked_since_a_moment_or_to_nobody", {"linked_at": NOW}),
        ("chat_is_linked_since_a_moment_or_to_nobody", {"person": "alice"}),
        ("telegram_chat_person_id", {"person": "bob", "linked_at": NOW}),
    ],
)
def test_a_chat(alice: Person, bob: Person, rule: str, fields: dict[str, Any]) -> None:
    Chat.objects.create(chat_id=1, username="taken", person=bob, linked_at=NOW, seen_at=NOW)
    people = {"alice": alice, "bob": bob}
    if "person" in fields:
        fields = fields | {"person": people[fields["person"]]}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Chat.objects.create(**{"chat_id": 2, "seen_at": NOW} | fields)
    assert Chat.objects.count() == 1


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("link_token_is_a_digest", {"digest": "the token itself"}),
        ("link_token_is_used_by_a_chat", {"used_at": NOW}),
        ("link_token_is_used_by_a_chat", {"used_by_chat_id": 1}),
    ],
)
def test_a_token(alice: Person, rule: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        LinkToken.objects.create(**{"digest": "0" * 64, "person": alice, "expires_at": NOW} | fields)
    assert LinkToken.objects.count() == 0


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("one_question_for_a_person_and_a_chat", {}),
        ("link_question_is_answered_at_a_moment", {"answered_at": NOW}),
        ("link_question_is_answered_at_a_moment", {"accepted": True}),
    ],
)
def test_a_question(alice: Person, bob: Person, rule: str, fields: dict[str, Any]) -> None:
    chat = chat_of(1)
    LinkQuestion.objects.create(person=alice, chat=chat, asked_at=NOW)
    person = alice if not fields else bob
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        LinkQuestion.objects.create(**{"person": person, "chat": chat, "asked_at": NOW} | fields)
    assert LinkQuestion.objects.count() == 1


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("login_code_is_a_digest", {"digest": "7K2QF-9XM4T", "is_live": False}),
        ("one_live_login_code_a_person", {}),
        ("telegram_logincode_pkey", {"digest": "0" * 64, "is_live": False}),
    ],
)
def test_a_sign_in_code(alice: Person, rule: str, fields: dict[str, Any]) -> None:
    common = {"person": alice, "created_at": NOW, "expires_at": NOW}
    LoginCode.objects.create(digest="0" * 64, **common)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        LoginCode.objects.create(**{"digest": "1" * 64} | common | fields)
    LoginCode.objects.create(digest="2" * 64, is_live=False, **common)
    assert LoginCode.objects.count() == 2
