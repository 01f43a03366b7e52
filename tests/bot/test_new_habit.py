"""A habit told in the chat: what is asked, and what is not."""

import datetime as dt
from typing import Any

import pytest
from django.utils.timezone import now

from accounts.models import Person
from bot.drafts import Told
from bot.models import Draft, Step
from habits.models import Habit
from habits.sentence_parser import Candidate, Doubt
from habits.services import create_habit
from telegram.linking import link
from tests.bot.conftest import ALICE, BOB, Conversation
from tests.bot.telling import SENTENCE, button


def prize_of(person: Person) -> Habit:
    return create_habit(person=person, now=now(), action="have a coffee", is_pleasant=True)


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
        (
            Step.PRIZE,
            {"action": "read", "time": "21:30:00", "place": "in bed", "every_days": 1},
            "Nothing.",
            "small treat",
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


def test_how_often_is_asked_with_what_they_may_have_meant(bobs: Conversation) -> None:
    asked = bobs.write(BOB, "/new I will read at 21:30 in bed twice a week")
    assert [data.split(":", 2)[2] for data in asked[0].buttons] == [
        "frequency:c0",
        "frequency:c1",
        "frequency:c2",
        "frequency:e1",
        "frequency:w12345",
        "frequency:e2",
        "cancel:",
    ]
    assert "Mon, Thu" in bobs.press(BOB, button(asked, "frequency:c0"))[-1].text


@pytest.mark.parametrize("often", ["twice a day", "every 10 days", "every hour", "not every day"])
def test_what_no_habit_can_be_is_said_once(bobs: Conversation, often: str) -> None:
    limits = "once a day at most, and once a week at least"
    assert bobs.said(BOB, f"/new I will read at 21:30 in bed {often}").count(limits) == 1
    assert bobs.said(BOB, often).count(limits) == 1
    assert limits not in bobs.said(BOB, "daily")


def test_a_reward_is_what_follows_its_name(bobs: Conversation, bob: Person) -> None:
    bobs.write(BOB, "/new I will read at 21:30 in bed every day")
    bobs.said(BOB, "Reward: a cup of tea")
    assert bob.habits.get().reward == "a cup of tea"


def test_a_pleasant_habit_needs_no_will_of_its_own(bobs: Conversation, bob: Person) -> None:
    asked = bobs.write(BOB, "/new I will read at 21:30 in bed every day")
    bobs.press(BOB, button(asked, "pleasant"))
    assert "then: listen to a song" in bobs.said(BOB, "I will listen to a song")


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
