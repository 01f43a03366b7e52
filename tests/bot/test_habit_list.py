"""/habits: pages, a habit that opens, and what is done to it there."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils.timezone import now

from accounts.models import Person
from accounts.services import update_profile
from habits.models import Habit
from habits.services import create_habit
from telegram.linking import link
from tests.bot.conftest import ALICE, BOB, Conversation
from tests.bot.reminded import NOW, data, linked
from tracking.models import CheckIn
from tracking.rules import today
from tracking.services import check_in


def useful(person: Person, action: str = "run", *, time: dt.time = dt.time(7)) -> Habit:
    return create_habit(
        person=person, now=now(), action=action, time=time, place="in the park", reward="tea", duration=90
    )


@pytest.fixture
def habit(chat: Conversation, bob: Person) -> Habit:
    """Bob's, in whose chat."""
    link(person_id=bob.pk, chat_id=BOB, now=now())
    return useful(bob)


def test_without_a_habit_it_says_how_to_make_one(chat: Conversation, bob: Person) -> None:
    link(person_id=bob.pk, chat_id=BOB, now=now())
    assert "/new" in chat.said(BOB, "/habits")


def test_the_longest_words_still_make_a_message(chat: Conversation, bob: Person, habit: Habit) -> None:
    """Telegram counts an emoji as two, and takes 4,096: five habits of the longest words were no answer at all."""
    for _number in range(5):
        create_habit(person=bob, now=now(), action="🏃" * 200, time=dt.time(7), place="🌳" * 200, reward="tea")
    shown = chat.write(BOB, "/habits")[0]
    assert shown.status == 200
    assert shown.text.endswith("…")
    assert len(shown.buttons) == 6


def test_five_a_page(chat: Conversation, bob: Person, habit: Habit) -> None:
    for number in range(6):
        useful(bob, f"read book {number}")
    first = chat.write(BOB, "/habits")[0]
    assert first.text.startswith(
        "You have 7 habits. Page 1 of 2.\n\n1. I will read book 5 at 07:00 in the park · every day"
    )
    assert first.buttons[-1] == "habits:2"
    second = chat.press(BOB, "habits:2")[-1]
    assert "7. I will run at 07:00 in the park · every day" in second.text
    assert second.buttons[1:] == [f"habit:show:{habit.pk}", "habits:1"]


@pytest.mark.parametrize("page", ["0", "3", "999999"])
def test_a_page_that_is_not_there_is_the_nearest_one(chat: Conversation, habit: Habit, page: str) -> None:
    assert "1. I will run" in chat.press(BOB, f"habits:{page}")[-1].text


def test_it_counts_in_russian(chat: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    for count, words in ((1, "1 привычка"), (2, "2 привычки"), (5, "5 привычек")):
        while alice.habits.count() < count:
            useful(alice)
        assert f"У вас {words}." in chat.said(ALICE, "/habits")


def test_a_habit_opens(chat: Conversation, habit: Habit) -> None:
    opened = chat.press(BOB, f"habit:show:{habit.pk}")[-1]
    assert opened.text.startswith("I will run at 07:00 in the park\nevery day · 90 seconds\nreward: tea\n\nThe next")
    assert opened.buttons == [f"habit:pause:{habit.pk}", f"habit:delete:{habit.pk}", "habits:1"]


def test_it_shows_how_it_grows(chat: Conversation, bob: Person, habit: Habit) -> None:
    date = today(bob, now())
    check_in(person=bob, habit_id=habit.pk, date=date, status="done", source=CheckIn.Source.BOT, now=now())
    opened = chat.press(BOB, f"habit:show:{habit.pk}")[-1].text
    assert re.search("reward: tea\n\n[▓░]{10} [0-9]+%\nstreak: 1, longest: 1, in 30 days: 100%\n\nThe next", opened)


def test_a_prize_says_what_it_is(chat: Conversation, bob: Person, habit: Habit) -> None:
    prize = create_habit(person=bob, now=now(), action="have a coffee", is_pleasant=True)
    assert "🎁 I will have a coffee" in chat.said(BOB, "/habits")
    opened = chat.press(BOB, f"habit:show:{prize.pk}")[-1]
    assert "a pleasant habit" in opened.text
    assert opened.buttons == [f"habit:delete:{prize.pk}", "habits:1"]


def test_it_is_paused_and_resumed(chat: Conversation, habit: Habit) -> None:
    for _tap in range(2):
        assert "⏸ It is paused" in chat.press(BOB, f"habit:pause:{habit.pk}")[-1].text
    habit.refresh_from_db()
    assert (habit.is_paused, habit.version) == (True, 2)
    assert "⏸ I will run" in chat.said(BOB, "/habits")
    for _tap in range(2):
        assert "The next reminder" in chat.press(BOB, f"habit:resume:{habit.pk}")[-1].text
    habit.refresh_from_db()
    assert habit.is_paused is False


def test_what_is_answered_early_is_not_reminded_of_next(chat: Conversation, bob: Person) -> None:
    """Done in the morning, a habit of the evening was said to come again today."""
    with time_machine.travel(NOW, tick=False):
        habit = useful(linked(bob, BOB), time=dt.time(21))
        chat.write(BOB, "/today")
        shows = f"habit:show:{habit.pk}"
        assert "comes today at 21:00" in chat.press(BOB, shows)[-1].text
        chat.press(BOB, data("done", habit))
        assert "comes tomorrow at 21:00" in chat.press(BOB, shows)[-1].text
        chat.write(BOB, "/pause for a week")
        assert "comes tomorrow at 21:00" in chat.said(BOB, "/resume")
        chat.press(BOB, data("undo", habit))
        assert "comes today at 21:00" in chat.press(BOB, shows)[-1].text


def test_a_pause_of_everything_is_told(chat: Conversation, bob: Person, habit: Habit) -> None:
    update_profile(person=bob, changes={"paused_until": now().date() + dt.timedelta(days=9)}, now=now())
    assert "everything is paused" in chat.press(BOB, f"habit:show:{habit.pk}")[-1].text


def test_it_is_deleted_once_that_is_confirmed_and_undo_brings_it_back(
    chat: Conversation, bob: Person, habit: Habit
) -> None:
    asked = chat.press(BOB, f"habit:delete:{habit.pk}")[-1]
    assert "Delete “run”" in asked.text
    assert bob.habits.exists()
    for _tap in range(2):
        assert "/undo brings it back" in chat.press(BOB, f"habit:erase:{habit.pk}")[-1].text
    assert not bob.habits.exists()
    gone = chat.press(BOB, f"habit:show:{habit.pk}")[-1]
    assert ("no such habit" in gone.text, gone.buttons) == (True, ["habits:1"])
    back = chat.said(BOB, "/undo")
    assert back.startswith("The habit is back")
    assert "I will run at 07:00" in back
    assert bob.habits.get().pk == habit.pk
    assert "nothing to undo" in chat.said(BOB, "/undo")


def test_a_prize_that_is_needed_is_not_deleted(chat: Conversation, bob: Person, habit: Habit) -> None:
    prize = create_habit(person=bob, now=now(), action="have a coffee", is_pleasant=True)
    create_habit(person=bob, now=now(), action="write", time=dt.time(7), place="at home", related_habit=prize.pk)
    refused = chat.press(BOB, f"habit:erase:{prize.pk}")[-1].text
    assert "“write”" in refused
    assert bob.habits.filter(pk=prize.pk).exists()


@pytest.mark.parametrize("verb", ["show", "pause", "resume", "delete", "erase"])
def test_another_s_habit_is_none(chat: Conversation, alice: Person, habit: Habit, verb: str) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    said = chat.press(ALICE, f"habit:{verb}:{habit.pk}")[-1].text
    assert "run" not in said
    habit.refresh_from_db()
    assert habit.is_paused is False


@pytest.mark.parametrize(
    "data",
    ["habit:show:0", "habit:show:-1", "habit:show:x", "habit:show:99999999999999999999", "habit:burn:1", "habits:x"],
)
def test_forged_buttons_are_harmless(chat: Conversation, habit: Habit, data: str) -> None:
    calls = chat.press(BOB, data)
    assert calls[0].method == "answerCallbackQuery"
    assert Habit.objects.count() == 1


def test_a_stranger_is_told_where_to_begin(chat: Conversation) -> None:
    assert "/start" in chat.said(ALICE, "/habits")
    assert "/start" in chat.press(ALICE, "habits:1")[-1].text
