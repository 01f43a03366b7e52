"""Taps below a reminder: what is written down, and how the message stands afterwards."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine

from accounts.models import Person
from accounts.services import update_profile
from habits.models import Habit
from habits.services import delete_habit, update_habit
from reminders.models import Reminder
from tests.bot.conftest import BOB, Conversation
from tests.bot.reminded import DAY, ELSEWHEN, NOW, OPEN, TODAY, Reminded, answers, data, habit_of, linked, methods
from tracking.models import CheckIn
from tracking.queries import answered


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.mark.parametrize(
    ("taps", "answer", "says", "verbs"),
    [
        (["done"], "done", "✅ Done at 07:04 · streak: 1\nNow enjoy: a cup of coffee", ["undo"]),
        (["done", "done"], "done", "✅ Done at 07:04", ["undo"]),
        (["done", "done", "done"], "done", "✅ Done at 07:04", ["undo"]),
        (["skip"], "skipped", "⏭ Skipped at 07:04", ["undo"]),
        (["skip", "skip"], "skipped", "⏭ Skipped at 07:04", ["undo"]),
        (["skip", "done"], "done", "✅ Done at 07:04", ["undo"]),
        (["done", "skip"], "skipped", "⏭ Skipped at 07:04", ["undo"]),
        (["done", "undo"], None, "reward: a cup of coffee", OPEN),
        (["done", "undo", "undo"], None, "reward: a cup of coffee", OPEN),
        (["undo"], None, "reward: a cup of coffee", OPEN),
        (["done", "undo", "skip"], "skipped", "⏭ Skipped at 07:04", ["undo"]),
        (["later"], None, "reward: a cup of coffee", ELSEWHEN),
        (["later", "later"], None, "reward: a cup of coffee", ELSEWHEN),
        (["later", "back"], None, "reward: a cup of coffee", OPEN),
        (["later", "done"], "done", "✅ Done at 07:04", ["undo"]),
        (["back"], None, "reward: a cup of coffee", OPEN),
        (["later", "in10"], None, "⏰ I will remind you at 07:14", OPEN),
        (["later", "in60"], None, "⏰ I will remind you at 08:04", OPEN),
        (["later", "eve"], None, "⏰ I will remind you at 20:00", OPEN),
        (["in10", "in10"], None, "⏰ I will remind you at 07:14", OPEN),
        (["in10", "eve"], None, "⏰ I will remind you at 20:00", OPEN),
        (["in10", "done"], "done", "✅ Done at 07:04", ["undo"]),
        (["done", "in10"], "done", "It is answered already", ["undo"]),
        (["done", "later"], "done", "✅ Done at 07:04", ["undo"]),
    ],
)
def test_taps_on_a_reminder(
    chat: Conversation, bob: Person, taps: list[str], answer: str | None, says: str, verbs: list[str]
) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    for verb in taps:
        calls = message.press(data(verb, habit))
        assert methods(calls) == ["answerCallbackQuery", "editMessageText"]
    assert answers() == ([(TODAY, answer)] if answer else [])
    assert "07:00 · I will run in the park (60 s)" in message.shown.text
    assert says in message.shown.text
    assert message.verbs == verbs
    assert Reminder.objects.filter(state="waiting").count() <= 1


def test_a_second_tap_leaves_when_it_was_answered_as_it_is(
    chat: Conversation, bob: Person, clock: time_machine.Traveller
) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    message.press(data("done", habit))
    clock.shift(3600)
    message.press(data("done", habit))
    assert CheckIn.objects.get().answered_at == NOW
    assert "✅ Done at 07:04" in message.shown.text


@pytest.mark.parametrize("verb", ["done", "skip", "undo", "in10"])
@pytest.mark.parametrize(
    ("days", "says"),
    [
        (1, None),
        (7, None),
        (8, "Only today and the last 7 days can be answered."),
        (20, "Only today and the last 7 days can be answered."),
        (-1, "This day has not come yet on your clock."),
    ],
)
def test_a_tap_on_the_message_of_another_day(
    chat: Conversation, bob: Person, verb: str, days: int, says: str | None
) -> None:
    habit = habit_of(linked(bob, BOB))
    date = TODAY - days * DAY
    message = Reminded(chat, bob, habit, date=date)
    message.press(data(verb, habit, date))
    statuses = {"done": "done", "skip": "skipped"}
    assert answers() == ([(date, statuses[verb])] if verb in statuses and says is None else [])
    assert ("can be answered" in message.shown.text or "not come yet" in message.shown.text) is (says is not None)
    assert (says or "run in the park") in message.shown.text
    assert message.shown.data


def test_an_old_answer_says_on_which_day_it_was_given(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit, date=TODAY - DAY)
    message.press(data("done", habit, TODAY - DAY))
    assert "✅ Done on 31 January at 07:04 · streak: 1" in message.shown.text


def test_this_evening_is_offered_until_it_is_there(
    chat: Conversation, bob: Person, clock: time_machine.Traveller
) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    message.press(data("later", habit))
    clock.move_to(NOW.replace(hour=1) + DAY)  # eight in the evening
    message.press(data("eve", habit))
    assert "It is evening already" in message.shown.text
    message.press(data("later", habit))
    assert message.verbs == ["in10", "in60", "back"]
    assert not Reminder.objects.exists()


# What became of a habit after its reminder went out, and what a tap on "Done" then says and writes.
Fate = Callable[[Person, Habit], object]
FATES: list[tuple[str, Fate, str, list[str], bool]] = [
    (
        "deleted",
        lambda person, habit: delete_habit(person=person, habit_id=habit.pk, now=NOW),
        "This habit has been deleted.",
        [],
        False,
    ),
    (
        "made pleasant",
        lambda person, habit: update_habit(
            person=person, habit_id=habit.pk, now=NOW, is_pleasant=True, reward=None, related_habit=None
        ),
        "only useful habits are checked in",
        [],
        False,
    ),
    (
        "paused",
        lambda person, habit: update_habit(person=person, habit_id=habit.pk, now=NOW, is_paused=True),
        "✅ Done at 07:04",
        ["undo"],
        True,
    ),
    (
        "everything paused",
        lambda person, habit: update_profile(person=person, changes={"paused_until": TODAY + DAY}, now=NOW),
        "✅ Done at 07:04",
        ["undo"],
        True,
    ),
    (
        "moved and renamed",
        lambda person, habit: update_habit(
            person=person, habit_id=habit.pk, now=NOW, action="stroll", time=dt.time(22)
        ),
        "22:00 · I will stroll in the park (60 s)\n✅ Done at 07:04",
        ["undo"],
        True,
    ),
]


@pytest.mark.parametrize(("fate", "says", "verbs", "counts"), [pytest.param(*case[1:], id=case[0]) for case in FATES])
def test_done_on_a_habit_that_has_changed(
    chat: Conversation, bob: Person, fate: Fate, says: str, verbs: list[str], counts: bool
) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    pressed = data("done", habit)
    fate(bob, habit)
    assert methods(message.press(pressed)) == ["answerCallbackQuery", "editMessageText"]
    assert says in message.shown.text
    assert message.verbs == verbs
    assert answers() == ([(TODAY, "done")] if counts else [])


def test_each_row_is_answered_by_itself(chat: Conversation, bob: Person) -> None:
    linked(bob, BOB)
    run, read, stretch = (habit_of(bob, action=action) for action in ("run", "read", "stretch"))
    message = Reminded(chat, bob, run, read, stretch)
    message.press(data("skip", read))
    assert [[one.partition(" ")[0] for one in row] for row in message.shown.labels] == [["1."] * 3, ["2."], ["3."] * 3]
    message.press(data("done", run))
    message.press(data("later", stretch))
    first, second, third = message.shown.text.split("\n\n")
    assert first.startswith("1. 07:00 · I will run")
    assert "✅ Done at 07:04" in first
    assert "⏭ Skipped at 07:04" in second
    assert "reward" in third
    assert message.verbs == ["undo", "undo", *ELSEWHEN]
    assert answered([(run.pk, TODAY), (read.pk, TODAY), (stretch.pk, TODAY)]) == {(run.pk, TODAY), (read.pk, TODAY)}


def test_what_is_deleted_leaves_the_rest_to_be_answered(chat: Conversation, bob: Person) -> None:
    linked(bob, BOB)
    run, read = (habit_of(bob, action=action) for action in ("run", "read"))
    message = Reminded(chat, bob, run, read)
    pressed = data("done", run)
    delete_habit(person=bob, habit_id=run.pk, now=NOW)
    message.press(pressed)
    assert "1. This habit has been deleted.\n\n2. 07:00 · I will read" in message.shown.text
    message.press(data("done", read))
    assert message.verbs == ["undo"]
    assert answers() == [(TODAY, "done")]
