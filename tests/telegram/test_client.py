"""One client: what each end of a call means, and that the token is never told."""

import asyncio
import logging
import socket
from typing import Any

import pytest

from telegram.client import BotApi
from telegram.errors import ChatGone, Rejected, RetryAfter, TelegramError, Transient, Unreached
from telegram.limits import Priority
from tests.bot_api import Control
from tests.bot_api.fixtures import TOKEN

CHAT = 700


def send(*, text: str = "Run!", within: float | None = None, **options: Any) -> Any:
    async def sending() -> Any:
        async with BotApi(**options) as api:
            return await api.call("sendMessage", chat_id=CHAT, text=text, within=within)

    return asyncio.run(sending())


def test_it_gives_the_result_of_a_call(bot_api: Control) -> None:
    assert send(text="Бегу 🏃")["text"] == "Бегу 🏃"
    assert [call.chat_id for call in bot_api.calls("sendMessage")] == [CHAT]


def test_it_leaves_out_what_is_none(bot_api: Control) -> None:
    async def sending() -> int | None:
        async with BotApi() as api:
            return await api.send_message(CHAT, "Run!", priority=Priority.REMINDER, reply_markup=None)

    assert asyncio.run(sending()) == 1
    assert bot_api.calls("sendMessage")[0].params == {"chat_id": CHAT, "text": "Run!"}


def refusal(code: int, description: str, **parameters: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return {"status": code, "answer": answer | ({"parameters": parameters} if parameters else {})}


ENDS: list[tuple[str, dict[str, Any], type[TelegramError]]] = [
    ("blocked", refusal(403, "Forbidden: bot was blocked by the user"), ChatGone),
    ("deactivated", refusal(403, "Forbidden: user is deactivated"), ChatGone),
    ("never written", refusal(403, "Forbidden: bot can't initiate conversation with a user"), ChatGone),
    ("not found", refusal(400, "Bad Request: chat not found"), ChatGone),
    ("deactivated as 400", refusal(400, "Bad Request: user is deactivated"), ChatGone),
    ("invalid peer", refusal(400, "Bad Request: PEER_ID_INVALID"), ChatGone),
    ("migrated", refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001), ChatGone),
    ("too long", refusal(400, "Bad Request: message is too long"), Rejected),
    ("not modified", refusal(400, "Bad Request: message is not modified"), Rejected),
    ("conflict", refusal(409, "Conflict: terminated by other getUpdates request"), Rejected),
    ("wrong token", refusal(401, "Unauthorized"), Unreached),
    ("malformed token", refusal(404, "Not Found"), Unreached),
    ("flood", refusal(429, "Too Many Requests: retry after 3", retry_after=3), RetryAfter),
    ("flood without a wait", refusal(429, "Too Many Requests"), RetryAfter),
    ("flood with a garbage wait", refusal(429, "Too Many Requests", retry_after={"a": 1}), RetryAfter),
    ("wait under another code", refusal(400, "Slow down", retry_after=2), RetryAfter),
    ("server error", refusal(500, "Internal Server Error"), Transient),
    ("bad gateway", {"status": 502, "body": "<html>502</html>", "content_type": "text/html"}, Transient),
    ("a proxy's 403", {"status": 403, "body": "<html>no</html>", "content_type": "text/html"}, Transient),
    ("a proxy's 429", {"status": 429, "body": "slow down", "content_type": "text/plain"}, RetryAfter),
    ("a redirect", {"status": 302, "body": "elsewhere"}, Transient),
    ("nothing", {"status": 200, "body": ""}, Transient),
    ("null", {"status": 200, "body": "null"}, Transient),
    ("a list", {"status": 200, "body": "[1]"}, Transient),
    ("half an answer", {"status": 200, "body": '{"ok": tr'}, Transient),
    ("ok that is no boolean", {"status": 200, "body": '{"ok": "yes"}'}, Transient),
    ("deep garbage", {"status": 200, "body": "[" * 100_000}, Transient),
    ("a lost connection", {"reset": True}, Transient),
]


@pytest.mark.parametrize(("how", "kind"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_it_sorts_what_a_call_ends_in(bot_api: Control, how: dict[str, Any], kind: type[TelegramError]) -> None:
    bot_api.fail("sendMessage", **how)
    with pytest.raises(TelegramError) as caught:
        send()
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [(3, 3), (0.5, 0.5), ("7", 7), (0, 5), (-1, 5), ("soon", 5), (None, 5), (True, 5), (10**12, 86_400), ("nan", 5)],
)
def test_it_reads_a_wait(bot_api: Control, answer: object, seconds: float) -> None:
    bot_api.refuse("sendMessage", 429, "Too Many Requests", retry_after=answer)
    with pytest.raises(RetryAfter) as caught:
        send()
    assert caught.value.seconds == seconds


def test_it_takes_an_ok_without_a_result_for_a_success(bot_api: Control) -> None:
    bot_api.fail("sendMessage", answer={"ok": True, "result": None}, times=2)

    async def sending() -> int | None:
        async with BotApi() as api:
            return await api.send_message(CHAT, "Run!")

    assert asyncio.run(sending()) is None
    assert send() is None


def test_a_method_that_a_server_does_not_know_is_no_word_on_the_bot(bot_api: Control) -> None:
    bot_api.refuse("editMessageText", 404, "Not Found")

    async def editing() -> None:
        async with BotApi() as api:
            await api.call("editMessageText", chat_id=CHAT, message_id=1, text="Run!")

    with pytest.raises(Rejected):
        asyncio.run(editing())


def test_it_does_not_wait_for_ever(bot_api: Control) -> None:
    bot_api.fail("sendMessage", hang=True)
    with pytest.raises(Transient, match=r"no answer within 0\.2 s"):
        send(within=0.2)


def test_it_does_not_read_for_ever(bot_api: Control) -> None:
    bot_api.fail("sendMessage", body="x" * 1024, repeat=17 * 1024)
    with pytest.raises(Transient, match="too large"):
        send()


def test_it_tells_that_nobody_was_reached(bot_api: Control) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Unreached):
            send(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}")


def test_it_sends_text_that_is_no_valid_unicode(bot_api: Control) -> None:
    assert send(text="a\ud800b")["text"] == "a?b"


@pytest.mark.parametrize(("how"), [row[1] for row in ENDS], ids=[row[0] for row in ENDS])
def test_it_never_tells_the_token(bot_api: Control, how: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the error and what it came from, nor in a log line; a server may quote it back."""
    caplog.set_level(logging.DEBUG)
    if "answer" in how:
        how = how | {"answer": how["answer"] | {"description": f"no way: /bot{TOKEN}/sendMessage"}}
    bot_api.fail("sendMessage", **how)
    with pytest.raises(TelegramError) as caught:
        send()
    error: BaseException | None = caught.value
    assert error is not None
    assert error.__suppress_context__ or error.__context__ is None
    assert TOKEN not in str(error) + repr(error) + repr(BotApi()) + caplog.text
    assert TOKEN.partition(":")[2] not in str(error) + repr(BotApi()) + caplog.text


def test_it_holds_every_call_after_a_429(bot_api: Control) -> None:
    bot_api.flood(1, "sendMessage")

    async def sending() -> None:
        async with BotApi() as api:
            with pytest.raises(RetryAfter):
                await api.call("sendMessage", chat_id=CHAT, text="one")
            await asyncio.gather(
                api.call("getMe"), api.call("getUpdates", priority=None), api.call("sendMessage", chat_id=8, text="two")
            )

    asyncio.run(sending())
    first, *others = bot_api.calls()
    assert sorted(call.method for call in others) == ["getMe", "sendMessage"]
    assert all(call.at - first.at >= 1 for call in others)
