"""A habit told in the chat: what is asked, what is not, and that no step is lost or done twice."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils.timezone import now

from accounts.models import Person
from bot.drafts import KEPT_FOR, Told
from bot.models import Draft, Step
from bot.tasks import prune_conversations
from habits.models import Habit
from habits.sentence_parser import Candidate, Doubt
from habits.services import create_habit
from telegram.linking import link, unlink
from telegram.models import Chat
from tests.bot.conftest import ALICE, BOB, Conversation
from tests.bot_api import Call

SENTENCE = "I will read at 21:30 in bed"


@pytest.fixture
def bobs(chat: Conversation, bob: Person) -> Conversation:
    """Bob's chat, linked; he speaks English, in New York."""
    link(person_id=bob.pk, chat_id=BOB, now=now())
    return chat


def prize_of(person: Person) -> Habit:
    return create_habit(person=person, now=now(), action="have a coffee", is_pleasant=True)


def button(calls: list[Call], verb: str) -> str:
    """The data of the one button of the last message that answers so."""
    (data,) = [data for data in calls[-1].buttons if data.split(":", 2)[2].startswith(verb)]
    return data


def test_it_asks_only_for_what_the_sentence_does_not_say(bobs: Conversation, bob: Person) -> None:
    assert "one sentence" in bobs.said(BOB, "/new")
    asked = bobs.write(BOB, SENTENCE)
    assert asked[0].text.startswith("I will read at 21:30 in bed\n\nHow often?")
    asked = bobs.press(BOB, button(asked, "frequency:e1"))
    assert [call.method for call in asked] == ["answerCallbackQuery", "editMessageText"]
    assert asked[1].text.startswith("I will read at 21:30 in bed · every day\n\nWhat will you treat yourself to")
    made = bobs.said(BOB, "a cup of coffee")
    assert made.startswith("Done! Your new habit:\n\nI will read at 21:30 in bed\nevery day · 1 minute\n")
    assert "reward: a cup of coffee" in made
    assert "The next reminder comes to" in made
    assert "a tap on “✅ Done” is all it takes" in made
    habit = bob.habits.get()
    assert (habit.action, habit.time, habit.place) == ("read", dt.time(21, 30), "in bed")
    assert (habit.every_days, habit.weekdays, habit.reward) == (1, None, "a cup of coffee")
    assert habit.schedule.next_at is not None


def test_it_asks_in_the_persons_language(chat: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    chat.said(ALICE, "/new")
    asked = chat.write(ALICE, "Я буду читать в 21:30 в кровати")
    assert "Как часто?" in asked[0].text
    asked = chat.press(ALICE, button(asked, "frequency:w12345"))
    assert "Я буду читать в 21:30 в кровати · по будням" in asked[-1].text
    made = chat.said(ALICE, "чашка кофе")
    assert (
        "Готово! Новая привычка:\n\nЯ буду читать в 21:30 в кровати\nпо будням · 1 минута\nнаграда: чашка кофе" in made
    )
    assert alice.habits.get().weekdays == (1, 2, 3, 4, 5)


def test_the_command_takes_the_sentence_itself(bobs: Conversation) -> None:
    assert "How often?" in bobs.said(BOB, f"/new {SENTENCE}")
    assert "How often?" in bobs.said(BOB, f"/new@habits_test_bot {SENTENCE}")


def test_everything_can_be_told_word_by_word(bobs: Conversation, bob: Person) -> None:
    bobs.said(BOB, "/new")
    assert "At what time?" in bobs.said(BOB, "read a page")
    assert "Where?" in bobs.said(BOB, "21:30")
    assert "How often?" in bobs.said(BOB, "in bed")
    assert "treat yourself" in bobs.said(BOB, "every other day")
    assert "Done!" in bobs.said(BOB, "chocolate")
    habit = bob.habits.get()
    assert (habit.action, habit.time, habit.place) == ("read a page", dt.time(21, 30), "in bed")
    assert (habit.every_days, habit.reward) == (2, "chocolate")


@pytest.mark.parametrize(
    ("step", "told", "text", "says"),
    [
        (Step.TIME, {"action": "read"}, "whenever", "I did not catch the time."),
        (
            Step.FREQUENCY,
            {"action": "read", "time": "21:30:00", "place": "in bed"},
            "purple",
            "I did not catch how often.",
        ),
        (Step.PLACE, {"action": "read", "time": "21:30:00"}, "x" * 201, "At most 200 characters"),
        (Step.ACTION, {}, "x" * 201, "At most 200 characters"),
        (Step.ACTION, {}, "\u200b\u200b", "Must not be empty"),
        (Step.SENTENCE, {}, "I will read\x00 at 21:30 in bed", "Control characters"),
        (Step.SENTENCE, {}, "x" * 4096, "I did not catch what you will do."),
        (Step.SENTENCE, {}, "?!", "I did not catch what you will do."),
        (
            Step.PLEASANT,
            {"action": "read", "time": "21:30:00", "place": "in bed", "every_days": 1},
            "x" * 201,
            "At most",
        ),
    ],
)
def test_what_it_cannot_take_is_said_and_asked_again(
    bobs: Conversation, step: Step, told: dict[str, Any], text: str, says: str
) -> None:
    bobs.said(BOB, "/new")
    Draft.objects.update(step=step, content=told)
    assert says in bobs.said(BOB, text)
    draft = Draft.objects.get()
    assert (draft.step, draft.content) == (step, told)
    assert Habit.objects.count() == 0


@pytest.mark.parametrize("step", [Step.TIME, Step.PLACE, Step.FREQUENCY, Step.PRIZE, Step.PLEASANT])
def test_another_sentence_is_no_answer(bobs: Conversation, bob: Person, step: Step) -> None:
    """Somebody who forgot the open question and tells the next habit must not get a mixture of the two."""
    bobs.write(BOB, f"/new {SENTENCE}")
    Draft.objects.update(step=step)
    assert "another habit" in bobs.said(BOB, "I will run at 7:00 in the park")
    assert (Draft.objects.get().step, bob.habits.count()) == (step, 0)


def test_asked_for_the_action_alone_they_may_tell_it_all(bobs: Conversation) -> None:
    bobs.write(BOB, "/new at 7:00 in the park")
    assert Draft.objects.get().step == Step.ACTION
    assert bobs.said(BOB, SENTENCE).startswith("I will read at 21:30 in bed\n\nHow often?")


def test_what_is_longer_than_two_minutes_is_asked_about(bobs: Conversation, bob: Person) -> None:
    bobs.write(BOB, "/new I will run for 20 minutes at 7:00 in the park every day")
    assert Draft.objects.get().step == Step.DURATION
    assert "I did not catch how long" in bobs.said(BOB, "purple")
    assert "treat yourself" in bobs.said(BOB, "90 seconds")
    assert "Done!" in bobs.said(BOB, "chocolate")
    assert bob.habits.get().duration == 90


def test_two_times_are_asked_about(bobs: Conversation, bob: Person) -> None:
    asked = bobs.write(BOB, "/new do yoga at 7:00 or 8:00 at home")
    assert asked[0].text.endswith("At what time? For example: 21:30.")
    assert [data.split(":", 2)[2] for data in asked[0].buttons] == ["time:c0", "time:c1", "cancel:"]
    assert "do yoga at 08:00" in bobs.press(BOB, button(asked, "time:c1"))[-1].text


def test_a_pleasant_habit_can_follow(bobs: Conversation, bob: Person) -> None:
    prize = prize_of(bob)
    bobs.write(BOB, f"/new {SENTENCE}")
    asked = bobs.write(BOB, "every day")
    made = bobs.press(BOB, button(asked, f"prize:{prize.pk}"))
    assert "then: have a coffee" in made[-1].text
    assert bob.habits.get(is_pleasant=False).related_habit == prize


def test_a_new_pleasant_habit_is_made_with_it(bobs: Conversation, bob: Person) -> None:
    bobs.write(BOB, f"/new {SENTENCE}")
    asked = bobs.write(BOB, "every day")
    asked = bobs.press(BOB, button(asked, "pleasant"))
    assert "Which pleasant habit?" in asked[-1].text
    assert bob.habits.count() == 0
    assert "then: listen to a song" in bobs.said(BOB, "listen to a song")
    habit = bob.habits.get(is_pleasant=False)
    assert habit.related_habit is not None
    assert (habit.related_habit.action, habit.related_habit.is_pleasant) == ("listen to a song", True)


def test_pleasant_habits_are_offered_five_a_page(bobs: Conversation, bob: Person) -> None:
    prizes = [prize_of(bob) for _ in range(6)]
    bobs.write(BOB, f"/new {SENTENCE}")
    asked = bobs.write(BOB, "every day")
    assert len([data for data in asked[-1].buttons if ":prize:" in data]) == 5
    asked = bobs.press(BOB, button(asked, "page:2"))
    assert [data for data in asked[-1].buttons if ":prize:" in data] == [button(asked, f"prize:{prizes[0].pk}")]


def test_a_prize_that_is_not_theirs_is_refused_and_asked_for_again(
    bobs: Conversation, bob: Person, alice: Person
) -> None:
    foreign = prize_of(alice)
    bobs.write(BOB, f"/new {SENTENCE}")
    asked = bobs.write(BOB, "every day")
    data = button(asked, "pleasant").replace("pleasant:", f"prize:{foreign.pk}")
    refused = bobs.press(BOB, data)[-1].text
    assert "one of your own pleasant habits" in refused
    assert "treat yourself" in refused
    assert bob.habits.count() == 0
    assert "Done!" in bobs.said(BOB, "chocolate")


def test_a_doubt_is_asked_with_what_it_may_mean(bobs: Conversation, bob: Person) -> None:
    bobs.said(BOB, "/new")
    doubt = Doubt("time", (Candidate("7", {"time": dt.time(7)}), Candidate("7", {"time": dt.time(19)})))
    told = Told(action="read", place="in bed", doubts=(doubt,))
    Draft.objects.update(step=Step.TIME, content=told.to_json())
    asked = bobs.write(BOB, "whenever")
    asked = bobs.press(BOB, button(asked, "time:c1"))
    assert asked[-1].text.startswith("I will read at 19:00 in bed")
    assert Told.from_json(Draft.objects.get().content).doubts == ()


def test_a_told_habit_survives_its_row() -> None:
    doubts = (
        Doubt("frequency", (Candidate("Fridays", {"every_days": None, "weekdays": (5,)}, in_action=True),)),
        Doubt("duration"),
    )
    told = Told(action="read", time=dt.time(7, 5), weekdays=(1, 3), duration=90, doubts=doubts)
    assert Told.from_json(told.to_json()) == told


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
