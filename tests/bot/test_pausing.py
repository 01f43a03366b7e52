"""/pause and /resume: everything, until a day; or one habit."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.utils.timezone import now

from accounts.models import Person
from habits.models import Habit, Schedule
from habits.services import create_habit
from telegram.linking import link
from tests.bot.conftest import ALICE, BOB, Conversation

TODAY = dt.date(2026, 11, 18)  # a Wednesday, in New York as well


@pytest.fixture
def bobs(chat: Conversation, bob: Person) -> Iterator[Conversation]:
    """Bob's chat, at noon in London, with one habit at seven."""
    with time_machine.travel(dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)):
        link(person_id=bob.pk, chat_id=BOB, now=now())
        create_habit(person=bob, now=now(), action="run", time=dt.time(7, 30), place="in the park", reward="tea")
        yield chat


def paused_until(person: Person) -> dt.date | None:
    person.refresh_from_db()
    return person.paused_until


@pytest.mark.parametrize(
    ("data", "until", "says"),
    [
        ("pause:day", TODAY + dt.timedelta(days=1), "19 November (Thursday)"),
        ("pause:week", TODAY + dt.timedelta(days=7), "25 November (Wednesday)"),
        ("pause:month", dt.date(2026, 12, 18), "18 December (Friday)"),
    ],
)
def test_a_button_pauses_everything(bobs: Conversation, bob: Person, data: str, until: dt.date, says: str) -> None:
    assert data in bobs.write(BOB, "/pause")[0].buttons
    for _tap in range(2):
        assert says in bobs.press(BOB, data)[-1].text
    assert paused_until(bob) == until
    next_at = Schedule.objects.get().next_at
    assert next_at is not None
    assert next_at.date() == until


@pytest.mark.parametrize("words", ["until Friday", "до пятницы", "2 days", "20.11.2026"])
def test_words_do_so_too(bobs: Conversation, bob: Person, words: str) -> None:
    assert "20 November (Friday)" in bobs.said(BOB, f"/pause {words}")
    assert paused_until(bob) == dt.date(2026, 11, 20)


@pytest.mark.parametrize("words", ["purple", "yesterday", "until"])
def test_words_that_name_no_day_to_come_are_asked_again(bobs: Conversation, bob: Person, words: str) -> None:
    assert "I did not catch until when." in bobs.said(BOB, f"/pause {words}")
    assert paused_until(bob) is None


def test_a_pause_can_be_too_long(bobs: Conversation, bob: Person) -> None:
    assert "366" in bobs.said(BOB, "/pause 5 December 2029")
    assert paused_until(bob) is None


def test_it_says_how_long_it_lasts(bobs: Conversation) -> None:
    bobs.said(BOB, "/pause until Friday")
    assert "paused until 20 November (Friday)" in bobs.said(BOB, "/pause")


def test_resuming_says_what_comes_next(bobs: Conversation, bob: Person) -> None:
    bobs.said(BOB, "/pause a week")
    assert "▶️" in (answer := bobs.said(BOB, "/resume"))
    assert "The next one comes today at 07:30." in answer
    assert paused_until(bob) is None
    assert "Nothing is paused" in bobs.said(BOB, "/resume")


def test_one_habit_is_paused_and_resumed_alone(bobs: Conversation, bob: Person) -> None:
    habit = bob.habits.get()
    chosen = bobs.press(BOB, "pause:one:1")[-1]
    assert chosen.buttons == [f"habit:pause:{habit.pk}"]
    bobs.press(BOB, chosen.buttons[0])
    assert Habit.objects.get().is_paused is True
    assert "no habit to pause" in bobs.press(BOB, "pause:one:1")[-1].text
    offered = bobs.write(BOB, "/resume")[0]
    assert "paused by themselves" in offered.text
    bobs.press(BOB, offered.buttons[0])
    assert Habit.objects.get().is_paused is False


def test_after_a_pause_of_everything_the_ones_that_are_still_paused_are_named(bobs: Conversation, bob: Person) -> None:
    bobs.press(BOB, f"habit:pause:{bob.habits.get().pk}")
    bobs.said(BOB, "/pause a week")
    answer = bobs.said(BOB, "/resume")
    assert "The pause is over" in answer
    assert "paused by themselves" in answer


@pytest.mark.parametrize("data", ["pause:year", "pause:", "pause:one:x", "resume:one:", "pause:week:2"])
def test_forged_buttons_are_harmless(bobs: Conversation, bob: Person, data: str) -> None:
    assert bobs.press(BOB, data)[0].method == "answerCallbackQuery"
    assert paused_until(bob) is None


def test_a_stranger_is_told_where_to_begin(chat: Conversation) -> None:
    for text in ("/pause", "/resume"):
        assert "/start" in chat.said(ALICE, text)
