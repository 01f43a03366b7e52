"""What a tap costs, taps at the same moment, and a Telegram that does not do as it is told."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from bot.redrawing import edit, redrawing
from tests.bot.conftest import BOB, Conversation
from tests.bot.reminded import NOW, TODAY, Reminded, answers, data, habit_of, linked
from tracking.models import CheckIn
from tracking.queries import answered

MOST_QUERIES = 16  # acquaintance and bookkeeping included


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.mark.parametrize("count", [1, 2, 30])
def test_a_tap_costs_few_queries_however_many_habits_are_listed(chat: Conversation, bob: Person, count: int) -> None:
    linked(bob, BOB)
    habits = [habit_of(bob, action=f"run {number}", place="the park") for number in range(count)]
    message = Reminded(chat, bob, *habits)
    for habit in habits[:-1]:
        CheckIn.objects.create(habit=habit, date=TODAY, status="done", source="api", answered_at=NOW)
    with CaptureQueriesContext(connection) as queries:
        message.press(data("done", habits[-1]))
    asked = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= MOST_QUERIES, asked
    assert answered([(habit.pk, TODAY) for habit in habits]) == {(habit.pk, TODAY) for habit in habits}


@pytest.mark.django_db(transaction=True)
def test_the_spinner_stops_before_anything_that_may_take_long(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    update = message.tapped(data("done", habit))
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=bob.pk)  # whoever writes answers has to wait
            tap = pool.submit(bring_in_a_thread, chat, update)
            chat.bot_api.calls("answerCallbackQuery", at_least=1)
            assert chat.bot_api.calls("editMessageText") == []
        assert tap.result(30) == 200
    redrawing.finish(within=30)
    assert message.verbs == ["undo"]


def bring_in_a_thread(chat: Conversation, update: dict[str, Any]) -> int:
    try:
        return int(chat.bring(update).status_code)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_taps_at_the_same_moment_make_one_answer(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    taps = [message.tapped(data("done", habit)) for _number in range(4)]
    with ThreadPoolExecutor(len(taps)) as pool:
        assert [*pool.map(partial(bring_in_a_thread, chat), taps)] == [200] * len(taps)
    redrawing.finish(within=30)
    assert answers() == [(TODAY, "done")]
    assert message.verbs == ["undo"]
    assert [call.status for call in chat.bot_api.calls("answerCallbackQuery")] == [200] * len(taps)
    assert not [call for call in chat.bot_api.calls("sendMessage") if call.message_id != message.message_id]


@pytest.mark.parametrize(
    "refusal",
    ["message can't be edited", "message to edit not found", "MESSAGE_ID_INVALID"],
)
def test_a_message_that_cannot_be_edited_gets_a_new_one(chat: Conversation, bob: Person, refusal: str) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    chat.bot_api.refuse("editMessageText", 400, f"Bad Request: {refusal}")
    (sent,) = [call for call in message.press(data("done", habit)) if call.method == "sendMessage"]
    assert "✅ Done at 07:04" in sent.text
    assert sent.buttons == [data("undo", habit)]


def test_a_message_that_bots_no_longer_see_gets_a_new_one(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    update = chat.bot_api.tapped(BOB, message.message_id, data("done", habit))
    gone = {"message_id": message.message_id, "date": 0, "chat": {"id": BOB, "type": "private"}}
    update["callback_query"]["message"] = gone
    (sent,) = [call for call in chat.update(update) if call.method == "sendMessage"]
    assert "✅ Done at 07:04" in sent.text
    assert sent.buttons == [data("undo", habit)]


@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageText"])
@pytest.mark.parametrize(
    "how",
    [
        {"status": 500, "answer": {"ok": False, "error_code": 500, "description": "oops"}},
        {"status": 404, "answer": {"ok": False, "error_code": 404, "description": "Not Found"}},
        {"answer": {"ok": True, "result": None}},
        {"reset": True},
        {
            "status": 400,
            "answer": {"ok": False, "error_code": 400, "description": "Bad Request: query is too old"},
        },
    ],
)
def test_what_telegram_does_not_take_is_written_down_all_the_same(
    chat: Conversation, bob: Person, method: str, how: dict[str, Any]
) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    chat.bot_api.fail(method, **how)
    calls = message.press(data("done", habit))
    assert {"answerCallbackQuery", "editMessageText"} <= {call.method for call in calls}
    assert answers() == [(TODAY, "done")]
    if method == "answerCallbackQuery":
        assert "✅ Done at 07:04" in message.shown.text


def test_one_who_blocks_the_bot_in_between_is_answered_no_more(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    chat.bot_api.refuse("editMessageText", 403, "Forbidden: bot was blocked by the user")
    message.press(data("done", habit))
    bob.chat.refresh_from_db()
    assert bob.chat.blocked_at == NOW
    assert answers() == [(TODAY, "done")]


# --- When Telegram is slow, or a chat's turn is ------------------------------------------------------------------


def test_whoever_ticks_off_many_habits_waits_for_no_edit(
    chat: Conversation, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each spinner stops at once, nothing is held up, and only the first and the last state are drawn."""
    linked(bob, BOB)
    habits = [habit_of(bob, action=f"run {number}") for number in range(5)]
    message = Reminded(chat, bob, *habits)
    last_tap_is_answered = Event()

    async def slow(*content: Any) -> None:
        assert await asyncio.to_thread(last_tap_is_answered.wait, 300)
        await edit(*content)

    monkeypatch.setattr("bot.redrawing.edit", slow)
    for habit in habits:
        assert chat.bring(message.tapped(data("done", habit))).status_code == 200
    assert len(chat.bot_api.calls("answerCallbackQuery")) == 5
    assert chat.bot_api.calls("editMessageText") == []
    assert len(answers()) == 5
    last_tap_is_answered.set()
    redrawing.finish(within=60)
    assert [call.status for call in chat.bot_api.calls("editMessageText")] == [200, 200]
    assert message.verbs == ["undo"] * 5


def test_the_latest_state_is_drawn_though_the_one_before_it_failed(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    oops = {"ok": False, "error_code": 500, "description": "oops"}
    chat.bot_api.fail("editMessageText", latency=4, status=500, answer=oops)
    for verb in ("done", "undo", "skip"):
        update = chat.bot_api.tapped(BOB, message.message_id, data("done", habit))
        update["callback_query"]["data"] = data(verb, habit)
        assert chat.bring({"update_id": chat.bot_api.update(update), **update}).status_code == 200
    redrawing.finish(within=60)
    assert answers() == [(TODAY, "skipped")]
    assert "⏭ Skipped" in message.shown.text


def test_an_edit_that_fails_later_is_told_in_the_log(
    chat: Conversation, bob: Person, caplog: pytest.LogCaptureFixture
) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    oops = {"ok": False, "error_code": 500, "description": "oops"}
    chat.bot_api.fail("editMessageText", latency=2, status=500, answer=oops)
    message.press(data("done", habit))
    assert answers() == [(TODAY, "done")]
    assert "A message was not drawn anew: Transient" in caplog.text
