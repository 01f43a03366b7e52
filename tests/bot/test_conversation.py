"""Everything else that people may say or do to the bot."""

import time
from typing import Any

import pytest
from django.utils.timezone import now

from accounts.models import Person
from bot.commands import COMMANDS
from telegram.linking import link
from telegram.models import Chat
from tests.bot.conftest import ALICE, Conversation

GROUP = -500


def test_help_lists_the_commands(chat: Conversation) -> None:
    answer = chat.said(ALICE, "/help")
    assert all(f"/{command}:" in answer for command, _about in COMMANDS)
    assert len(COMMANDS) == 12


@pytest.mark.parametrize("text", ["what?", "/nonsense", "/", "🏃", "x" * 4096, "link:yes:1", "\u202ewhat", "<b>&amp;"])
def test_it_answers_what_it_does_not_understand(chat: Conversation, alice: Person, text: str) -> None:
    assert "new here" in chat.said(ALICE, text)
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    assert "/help" in chat.said(ALICE, text)


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {"dice": {"emoji": "🎲", "value": 3}},
    ],
)
def test_it_reads_text_only(chat: Conversation, content: dict[str, Any]) -> None:
    message = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": ALICE, "type": "private"},
        "from": {"id": ALICE, "is_bot": False, "first_name": "A"},
    }
    assert "text only" in chat.update({"message": message | content})[0].text
    assert chat.update({"message": message | {"pinned_message": message | {"text": "read"}}}) == []


def test_in_a_group_it_refuses_commands_and_ignores_the_rest(chat: Conversation) -> None:
    assert "private chats only" in chat.said(GROUP, "/start")
    assert "личных чатах" in chat.said(GROUP, "/start abc", language="ru")
    assert "private chats only" in chat.write(GROUP, "/start@habits_test_bot")[-1].text
    assert [call for call in chat.write(GROUP, "/start@another_bot") if call.method != "getMe"] == []
    assert chat.write(GROUP, "hello everybody") == []
    assert Chat.objects.count() == 0


def member_update(chat_id: int, kind: str, status: str) -> dict[str, Any]:
    bot = {"id": 4242, "is_bot": True, "first_name": "Habits"}
    return {
        "my_chat_member": {
            "chat": {"id": chat_id, "type": kind, "title": "Friends"},
            "from": {"id": ALICE, "is_bot": False, "first_name": "Alice"},
            "date": int(time.time()),
            "old_chat_member": {"user": bot, "status": "left"},
            "new_chat_member": {"user": bot, "status": status, "until_date": 0},
        }
    }


def test_added_to_a_group_it_says_so(chat: Conversation) -> None:
    assert "private chats only" in chat.update(member_update(GROUP, "group", "member"))[0].text
    assert chat.update(member_update(GROUP, "group", "left")) == []
    assert chat.update(member_update(-100500, "channel", "administrator")) == []


def test_one_who_blocks_the_bot_and_comes_back(chat: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    assert chat.update(member_update(ALICE, "private", "kicked")) == []
    assert Chat.objects.get().blocked_at is not None
    assert chat.update(member_update(ALICE, "private", "member")) == []
    assert Chat.objects.get().blocked_at is None


def test_an_answer_that_finds_the_chat_gone_marks_it(chat: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    chat.bot_api.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    chat.write(ALICE, "/help")
    assert Chat.objects.get().blocked_at is not None


@pytest.mark.parametrize(
    "how",
    [
        {"status": 500, "answer": {"ok": False, "error_code": 500, "description": "oops"}},
        {"status": 502, "body": "<html>"},
        {"answer": {"ok": True, "result": None}},
        {"answer": {"ok": True, "result": {"garbage": 1}}},
        {"status": 404, "answer": {"ok": False, "error_code": 404, "description": "Not Found"}},
        {"reset": True},
    ],
)
def test_an_answer_that_fails_is_no_failure_of_the_update(
    chat: Conversation, alice: Person, how: dict[str, Any]
) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    chat.bot_api.fail("sendMessage", **how)
    chat.write(ALICE, "/stop")
    assert Chat.objects.get().person is None
    assert "anyway" in chat.said(ALICE, "/stop")


def test_an_answer_waits_out_a_short_stop(chat: Conversation) -> None:
    chat.bot_api.flood(1, "sendMessage")
    assert [call.status for call in chat.write(ALICE, "/help")] == [429, 200]


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"a_kind_of_next_year": {"text": "hello"}},
        {"message": {"text": "no chat"}},
        {"message": None},
        {"message": "text"},
        {"callback_query": {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "A"}, "chat_instance": "1"}},
        {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "channel"}, "text": "/start"}},
        {"inline_query": {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "A"}, "query": "", "offset": ""}},
    ],
)
def test_updates_that_are_not_for_it_are_taken_and_left(
    chat: Conversation, update: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert [call.method for call in chat.update(update) if call.method == "sendMessage"] == []
    assert "failed" not in caplog.text
    assert Chat.objects.count() == 0
