"""Taps that come again, from elsewhere, or from nobody: none of them harms."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import Person
from accounts.services import erase
from habits.models import Habit
from reminders.models import Reminder
from telegram.linking import unlink
from tests.bot.conftest import ALICE, BOB, Conversation
from tests.bot.reminded import NOW, Reminded, answers, data, habit_of, linked, methods


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def test_the_same_update_again_is_not_carried_out_again(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    update = message.tapped(data("done", habit))
    assert chat.bring(update).status_code == 200
    message.press(data("undo", habit))
    before = len(chat.bot_api.calls())
    assert chat.bring(update).status_code == 200
    assert chat.bot_api.calls(since=before) == []
    assert answers() == []


@pytest.mark.parametrize("verb", ["done", "skip", "undo", "later", "in10", "in60", "eve", "back"])
@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_the_id_of_anothers_habit_is_no_more_than_one_that_never_was(
    chat: Conversation, alice: Person, bob: Person, verb: str, whose: str
) -> None:
    linked(alice, ALICE)
    message = Reminded(chat, bob, habit_of(linked(bob, BOB)))
    before = message.shown
    foreign = habit_of(alice, action="meditate") if whose == "another's" else Habit(pk=9_999_999)
    said = message.press(data(verb, foreign))
    assert answers() == []
    assert not Reminder.objects.exists()
    assert not any("meditate" in call.text for call in said)
    assert message.shown.data == before.data
    assert message.shown.text.endswith(before.text)
    refused = verb not in ("later", "back")
    assert message.shown.text.startswith("There is no such habit." if refused else before.text)


@pytest.mark.parametrize(
    "forged",
    [
        "done",
        "done:",
        "done:1",
        "done:1:",
        "done:1:20260230",
        "done:1:00000000",
        "done:1:99991231",
        "done:1:2026131",
        "done:1:202601311",
        "done:0:20260131",
        "done:01:20260131",
        "done:-1:20260131",
        "done:+1:20260131",
        "done:1.0:20260131",
        "done:9223372036854775808:20260131",
        "done:99999999999999999999:20260131",
        "done:١:20260131",
        "done:1:２０２６０１３１",
        "done:1:20260131\n",
        " done:1:20260131",
        "DONE:1:20260131",
        "done:1:20260131:1",
        "drop:1:20260131",
        "undo:1:20260131; DROP TABLE tracking_checkin",
        "",
        "x" * 64,
        "\x00",
        "\ud83c",
    ],
)
def test_forged_data_does_nothing(chat: Conversation, bob: Person, forged: str) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    before = message.shown
    calls = message.press(forged.replace("1", str(habit.pk), 1) if forged == "drop:1:20260131" else forged)
    assert [(call.method, call.params.get("text")) for call in calls] == [
        ("answerCallbackQuery", "This button does not work any more.")
    ]
    assert message.shown == before
    assert answers() == []


def test_a_chat_that_is_nobodys_any_more_is_told_so_and_the_message_stays(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    before = message.shown
    unlink(person=bob, now=NOW)
    (call,) = message.press(data("done", habit))
    assert (call.method, call.params["show_alert"]) == ("answerCallbackQuery", True)
    assert "/start" in call.text
    assert message.shown == before
    assert answers() == []


@pytest.mark.parametrize("how", ["erased", "deactivated"])
def test_a_person_who_is_gone_writes_nothing(chat: Conversation, bob: Person, how: str) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    pressed = data("done", habit)
    if how == "erased":
        erase(person=bob)
    else:
        Person.objects.filter(pk=bob.pk).update(is_active=False)
    assert methods(message.press(pressed)) == ["answerCallbackQuery"]
    assert answers() == []


def test_a_chat_that_is_anothers_now_answers_nothing_of_the_one_before(
    chat: Conversation, alice: Person, bob: Person
) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    unlink(person=bob, now=NOW)
    linked(alice, BOB)
    message.press(data("done", habit))
    assert answers() == []
    assert message.shown.text == "Эта привычка удалена."
