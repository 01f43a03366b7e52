"""Long polling: nothing that Telegram, people or the database do ends it, and nothing is lost by it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from aiogram import Bot
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, connections
from django.utils.timezone import now

from accounts.models import Person
from bot.models import HandledUpdate
from bot.polling import poll
from bot.session import ApiSession
from telegram.client import BotApi
from telegram.linking import link
from telegram.models import Chat
from tests.bot.conftest import ALICE, BOB
from tests.bot_api import Control

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def polling() -> Iterator[None]:
    """`poll` on a thread of its own, stopped as by SIGTERM when the block ends."""
    stop, loop, failures = asyncio.Event(), asyncio.new_event_loop(), list[BaseException]()

    async def run() -> None:
        try:
            async with BotApi() as api:
                await poll(api, Bot(settings.TELEGRAM_BOT_TOKEN, session=ApiSession(api)), stop)
        except BaseException as error:
            failures.append(error)
        finally:
            await sync_to_async(connections.close_all)()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        assert not thread.is_alive()
        loop.close()
    assert failures == []


@contextmanager
def trigger(body: str) -> Iterator[None]:
    """A database that does something of its own whenever a chat is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON telegram_chat FOR EACH ROW EXECUTE FUNCTION trouble()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION trouble CASCADE")


def test_it_answers_and_acknowledges(bot_api: Control) -> None:
    bot_api.write(ALICE, "/start")
    with polling():
        assert "Hello" in bot_api.said(ALICE, at_least=1)[0]
        bot_api.write(BOB, "/help")
        assert "/stop" in bot_api.said(BOB, at_least=1)[0]
    assert HandledUpdate.objects.filter(done_at__isnull=False).count() == 2


def test_it_takes_back_a_webhook_and_tells_the_commands_in_both_languages(bot_api: Control) -> None:
    with polling():
        calls = bot_api.calls("setMyCommands", at_least=2)
    assert bot_api.calls()[0].method == "deleteWebhook"
    assert {call.params.get("language_code") for call in calls} == {None, "ru"}
    commands = bot_api.state()["commands"]
    assert [command["command"] for command in commands["ru"]] == [command["command"] for command in commands[""]]
    assert commands["ru"] != commands[""]


def test_it_works_on_a_server_that_knows_little(bot_api: Control) -> None:
    for method in ("deleteWebhook", "setMyCommands"):
        bot_api.refuse(method, 404, "Not Found", times=None)
    bot_api.write(ALICE, "/start")
    with polling():
        assert len(bot_api.said(ALICE, at_least=1)) == 1


@pytest.mark.parametrize(
    "how",
    [
        {"status": 502, "body": "<html>502</html>"},
        {"status": 200, "body": "garbage"},
        {"answer": {"ok": True, "result": None}},
        {"answer": {"ok": True, "result": {"update_id": 1}}},
        {"answer": {"ok": True, "result": [None, "x", {"message": {}}, {"update_id": "7"}, {"update_id": 2**70}]}},
        {"status": 401, "answer": {"ok": False, "error_code": 401, "description": "Unauthorized"}},
        {"status": 409, "answer": {"ok": False, "error_code": 409, "description": "Conflict: terminated"}},
        {"status": 404, "answer": {"ok": False, "error_code": 404, "description": "Not Found"}},
        {"status": 429, "answer": {"ok": False, "error_code": 429, "parameters": {"retry_after": 1}}},
        {"reset": True},
    ],
)
def test_it_comes_back_when_fetching_fails(bot_api: Control, how: dict[str, Any]) -> None:
    bot_api.fail("deleteWebhook", **how)
    bot_api.fail("getUpdates", times=2, **how)
    bot_api.write(ALICE, "/start")
    with polling():
        assert len(bot_api.said(ALICE, at_least=1)) == 1


def test_updates_that_cannot_be_read_stand_in_nobodys_way(bot_api: Control) -> None:
    unreadable: list[dict[str, Any]] = [
        {"message": "text"},
        {"message": {"chat": {"id": "x"}}},
        {"next_year": {}},
        {},
    ]
    for update in unreadable:
        bot_api.update(update)
    bot_api.write(ALICE, "/start")
    with polling():
        assert len(bot_api.said(ALICE, at_least=1)) == 1


def test_a_handler_that_fails_stands_in_nobodys_way(bot_api: Control) -> None:
    with trigger(f"IF NEW.chat_id = {BOB} THEN RAISE EXCEPTION 'no'; END IF;"):
        bot_api.write(BOB, "/start")
        bot_api.write(ALICE, "/start")
        with polling():
            assert len(bot_api.said(ALICE, at_least=1)) == 1
    assert bot_api.said(BOB) == []
    assert HandledUpdate.objects.filter(done_at__isnull=False).count() == 2


def test_it_keeps_updates_for_when_the_database_is_well_again(bot_api: Control) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE tries")
    try:
        # As a server says that shuts down; a sequence counts although the transaction fails.
        with trigger("IF nextval('tries') <= 3 THEN RAISE EXCEPTION 'away' USING ERRCODE = '57P01'; END IF;"):
            bot_api.write(ALICE, "/start")
            bot_api.write(ALICE, "/help")
            with polling():
                first, second = bot_api.said(ALICE, at_least=2)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SEQUENCE tries")
    assert "Hello" in first
    assert "/stop:" in second


def test_a_chat_is_answered_in_order_and_nobody_waits_for_a_slow_one(bot_api: Control, valkey: "redis.Redis") -> None:
    bot_api.fail("sendMessage", chat_id=BOB, latency=2)
    bot_api.write(BOB, "/help")
    bot_api.write(ALICE, "/help")
    bot_api.write(ALICE, "/start")
    with polling():
        answers = bot_api.calls("sendMessage", at_least=3)
    assert ["/stop:" in call.text for call in answers if call.chat_id == ALICE] == [True, False]
    by_arrival = sorted(answers, key=lambda call: call.at)
    slow = next(call for call in by_arrival if call.chat_id == BOB)
    assert by_arrival.index(slow) <= 1  # sent before Alice's second one, answered after it


def test_an_update_that_was_handled_before_a_crash_is_not_handled_again(bot_api: Control, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    done = bot_api.write(ALICE, "/stop")
    left = bot_api.write(BOB, "/help")
    HandledUpdate.objects.create(bot_id=4242, update_id=done, claimed_at=now(), done_at=now())
    HandledUpdate.objects.create(bot_id=4242, update_id=left, claimed_at=now())  # its process was killed
    with polling():
        bot_api.said(BOB, at_least=1)
    assert bot_api.said(ALICE) == []
    assert Chat.objects.get(chat_id=ALICE).person == alice
