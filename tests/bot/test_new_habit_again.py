"""A habit told in the chat, with all that may come between: nothing is lost, and nothing happens twice."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils.timezone import now

from accounts.models import Person
from bot.drafts import KEPT_FOR, Told
from bot.models import Draft, Step
from bot.tasks import prune_conversations
from habits.services import create_habit
from telegram.linking import link, unlink
from telegram.models import Chat
from tests.bot.conftest import ALICE, BOB, Conversation
from tests.bot.telling import SENTENCE, button


def test_an_update_that_comes_again_is_not_heard_twice(bobs: Conversation, bob: Person) -> None:
    """As after a crash between the step and its acknowledgement: the same answer, and nothing more."""
    bobs.write(BOB, f"/new {SENTENCE}")
    bobs.write(BOB, "every day")
    made = bobs.said(BOB, "chocolate")
    assert [call.text for call in bobs.again()] == [made]
    assert bob.habits.count() == 1


@pytest.mark.parametrize(
    "how",
    [
        {"status": 404, "answer": {"ok": False, "error_code": 404, "description": "Not Found"}},
        {"answer": {"ok": True, "result": None}},
        {"status": 502, "body": "<html>"},
        {"reset": True},
    ],
)
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "answerCallbackQuery"])
def test_no_step_is_lost_with_its_answer(bobs: Conversation, bob: Person, method: str, how: dict[str, Any]) -> None:
    bobs.bot_api.fail(method, times=None, **how)
    bobs.write(BOB, f"/new {SENTENCE}")
    draft = Draft.objects.get()
    bobs.press(BOB, f"new:{draft.key}:frequency:e1")
    bobs.bot_api.recover()
    assert "Done!" in bobs.said(BOB, "chocolate")
    assert bob.habits.get().every_days == 1


def test_a_server_that_cannot_edit_gets_a_new_message(bobs: Conversation) -> None:
    asked = bobs.write(BOB, f"/new {SENTENCE}")
    bobs.bot_api.refuse("editMessageText", 404, "Not Found", times=None)
    calls = bobs.press(BOB, button(asked, "frequency:e1"))
    assert [call.method for call in calls] == ["answerCallbackQuery", "editMessageText", "sendMessage"]
    assert "treat yourself" in calls[-1].text


def test_a_second_tap_changes_nothing(bobs: Conversation, bob: Person) -> None:
    asked = bobs.write(BOB, f"/new {SENTENCE}")
    every_day, weekend = button(asked, "frequency:e1"), button(asked, "frequency:w67")
    first = bobs.press(BOB, every_day)[-1].text
    assert bobs.press(BOB, every_day)[-1].text == first
    assert bobs.press(BOB, weekend)[-1].text == first
    assert "Done!" in bobs.said(BOB, "chocolate")
    assert "Done!" in bobs.press(BOB, every_day)[-1].text
    assert bob.habits.get().every_days == 1


def test_an_old_draft_s_buttons_do_not_answer_the_new_one(bobs: Conversation) -> None:
    old = button(bobs.write(BOB, f"/new {SENTENCE}"), "frequency:e1")
    bobs.write(BOB, "/new I will run at 7:00 in the park")
    assert "That question is over" in bobs.press(BOB, old)[-1].text
    assert Draft.objects.get().step == Step.FREQUENCY


@pytest.mark.parametrize(
    "data",
    [
        "new:{key}:frequency:e0",
        "new:{key}:frequency:e8",
        "new:{key}:frequency:w0",
        "new:{key}:frequency:w",
        "new:{key}:frequency:c0",
        "new:{key}:frequency:",
        "new:{key}:action:c0",
        "new:{key}:prize:1",
        "new:{key}:prize:99999999999999999999",
        "new:{key}:pleasant:",
        "new:{key}:page:2",
        "new:{key}:go:",
        "new:{key}:duration:9999",
        "new:{key}:made:1",
        "new:{key}:time:07:00",
        "new:9999999999999999999:cancel:",
        "new:{key}",
        "new:-1:cancel:",
        "new::::",
        "new:{key}:FREQUENCY:e1",
    ],
)
def test_forged_buttons_are_harmless(bobs: Conversation, bob: Person, data: str) -> None:
    bobs.write(BOB, f"/new {SENTENCE}")
    before = Draft.objects.get()
    calls = bobs.press(BOB, data.format(key=before.key))
    assert calls[0].method == "answerCallbackQuery"
    after = Draft.objects.get()
    assert (after.step, after.content) == (before.step, before.content)
    assert bob.habits.count() == 0


def test_somebody_elses_button_is_harmless(bobs: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    data = button(bobs.write(BOB, f"/new {SENTENCE}"), "frequency:e1")
    assert "уже закрыт" in bobs.press(ALICE, data)[-1].text
    assert Draft.objects.get().step == Step.FREQUENCY


def test_cancel_forgets_it(bobs: Conversation, bob: Person) -> None:
    asked = bobs.write(BOB, f"/new {SENTENCE}")
    assert "nothing was made" in bobs.said(BOB, "/cancel")
    assert "nothing was made" in bobs.said(BOB, "/cancel")
    assert "over" in bobs.press(BOB, button(asked, "frequency:e1"))[-1].text
    asked = bobs.write(BOB, f"/new {SENTENCE}")
    for _time in range(2):
        assert "nothing was made" in bobs.press(BOB, button(asked, "cancel"))[-1].text
    assert Draft.objects.count() == 0
    assert "/help" in bobs.said(BOB, "every day")


@pytest.mark.parametrize("word", ["Cancel", "отмена", "Стоп!"])
def test_a_word_cancels_it_too(bobs: Conversation, bob: Person, word: str) -> None:
    """It was taken for the reward, and the habit made."""
    bobs.write(BOB, f"/new {SENTENCE} every day")
    assert "nothing was made" in bobs.said(BOB, word)
    assert (Draft.objects.count(), bob.habits.count()) == (0, 0)


def test_other_commands_leave_the_question_open(bobs: Conversation, bob: Person) -> None:
    bobs.write(BOB, f"/new {SENTENCE}")
    for command in ("/habits", "/help", "/nonsense"):
        assert "How often?" not in bobs.said(BOB, command)
    bobs.press(BOB, "habits:1")
    assert "treat yourself" in bobs.said(BOB, "every day")


def test_the_city_of_the_first_question_is_no_habit(chat: Conversation, charlie: Person) -> None:
    link(person_id=charlie.pk, chat_id=ALICE, now=now())
    chat.said(ALICE, "/new")
    assert "clock of Tokyo" in (answer := chat.said(ALICE, "Tokyo"))
    assert "first habit as one sentence" in answer
    chat.said(ALICE, "read")
    chat.said(ALICE, "21:30")
    assert "How often?" in chat.said(ALICE, "Tokyo")
    assert Told.from_json(Draft.objects.get().content).place is not None


def test_people_s_own_words_are_never_markup(bobs: Conversation) -> None:
    bobs.write(BOB, "/new")
    Draft.objects.update(step=Step.ACTION)
    sent = bobs.write(BOB, "<b>read</b> *_`[x](tg://user?id=1)")[0]
    assert "<b>read</b> *_`[x](tg://user?id=1)" in sent.text
    assert "parse_mode" not in sent.params


def test_after_a_day_the_question_is_forgotten(bobs: Conversation) -> None:
    asked = bobs.write(BOB, f"/new {SENTENCE}")
    with time_machine.travel(now() + KEPT_FOR):
        assert "/help" in bobs.said(BOB, "every day")
        assert "over" in bobs.press(BOB, button(asked, "frequency:e1"))[-1].text
        prune_conversations()
    assert Draft.objects.count() == 0


def test_a_text_that_looks_like_a_habit_is_offered_as_one(bobs: Conversation, bob: Person) -> None:
    create_habit(person=bob, now=now(), action="run", time=dt.time(7), place="in the park", reward="tea")
    offered = bobs.write(BOB, SENTENCE)
    assert offered[0].text == "I will read at 21:30 in bed\n\nShall I make a habit of it?"
    assert "/help" in bobs.said(BOB, "what?")  # it is no answer
    assert "How often?" in bobs.press(BOB, button(offered, "go"))[-1].text
    bobs.write(BOB, "/cancel")
    offered = bobs.write(BOB, SENTENCE)
    assert "nothing was made" in bobs.press(BOB, button(offered, "cancel"))[-1].text


@pytest.mark.parametrize("text", ["I will run every day", "бегать по будням"])
def test_what_is_done_on_days_is_offered_as_a_habit_too(bobs: Conversation, bob: Person, text: str) -> None:
    create_habit(person=bob, now=now(), action="run", time=dt.time(7), place="in the park", reward="tea")
    assert "Shall I make a habit of it?" in bobs.said(BOB, text)


def test_the_first_habit_needs_no_command(bobs: Conversation) -> None:
    assert "How often?" in bobs.said(BOB, SENTENCE)


def test_whoever_parts_meanwhile_is_told_where_to_begin(bobs: Conversation, bob: Person) -> None:
    asked = bobs.write(BOB, f"/new {SENTENCE}")
    unlink(person=bob, now=now())
    assert "/start" in bobs.press(BOB, button(asked, "frequency:e1"))[-1].text
    assert "new here" in bobs.said(BOB, "every day")
    assert "/start" in bobs.said(BOB, "/new")


def test_one_who_was_deactivated_is_told_so(bobs: Conversation, bob: Person) -> None:
    asked = bobs.write(BOB, f"/new {SENTENCE}")
    Person.objects.update(is_active=False)
    assert "does not exist any more" in bobs.said(BOB, "every day")
    assert "does not exist any more" in bobs.press(BOB, button(asked, "frequency:e1"))[-1].text


def test_stop_forgets_the_draft(bobs: Conversation) -> None:
    bobs.write(BOB, f"/new {SENTENCE}")
    bobs.said(BOB, "/stop")
    assert Draft.objects.count() == 0
    assert Chat.objects.get().person is None
