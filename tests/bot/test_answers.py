"""Taps below a reminder: what is written down, and how the message stands afterwards."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from accounts.services import erase, update_profile
from habits.models import Habit
from habits.services import create_habit, delete_habit, update_habit
from reminders.channels.buttons import as_markup
from reminders.channels.card import Item, card
from reminders.models import Reminder
from telegram.background import background
from telegram.linking import link, unlink
from tests.bot.conftest import ALICE, BOB, Conversation
from tests.bot_api import Call
from tests.bot_api.shown import Shown
from tracking.models import CheckIn
from tracking.queries import answered

# In New York it is the last day of January, four minutes past seven.
TODAY = dt.date(2026, 1, 31)
NOW = dt.datetime(2026, 1, 31, 12, 4, tzinfo=dt.UTC)
MADE = NOW - dt.timedelta(days=20)
DAY = dt.timedelta(days=1)
OPEN = ["done", "skip", "later"]
MOST_QUERIES = 16  # acquaintance and bookkeeping included
ELSEWHEN = ["in10", "in60", "eve", "back"]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def habit_of(person: Person, **fields: Any) -> Habit:
    told = {"action": "run", "place": "the park", "time": dt.time(7), "reward": "a cup of coffee", **fields}
    return create_habit(person=person, now=MADE, **told)


def linked(person: Person, chat_id: int) -> Person:
    return link(person_id=person.pk, chat_id=chat_id, now=MADE)


def data(verb: str, habit: Habit, date: dt.date = TODAY) -> str:
    return f"{verb}:{habit.pk}:{date:%Y%m%d}"


class Reminded:
    """A message that has reached Bob's chat."""

    def __init__(self, chat: Conversation, person: Person, *habits: Habit, date: dt.date = TODAY) -> None:
        self.chat = chat
        items = [Item(habit=habit, date=date) for habit in habits]
        text, rows = card(items, person=person, now=NOW)
        sent = background.call_and_wait("sendMessage", chat_id=BOB, text=text, reply_markup=as_markup(rows))
        self.message_id: int = sent["message_id"]

    @property
    def shown(self) -> Shown:
        return self.chat.bot_api.message(BOB, self.message_id)

    @property
    def verbs(self) -> list[str]:
        return [one.partition(":")[0] for one in self.shown.data]

    def press(self, wanted: str, *, chat_id: int = BOB, **message: Any) -> list[Call]:
        """A tap that says this, whether or not the message has such a button (any more)."""
        update = self.chat.bot_api.tapped(BOB, self.message_id, self.shown.data[0])
        query = update["callback_query"]
        query["data"], query["from"]["id"] = wanted, chat_id
        query["message"] |= {"chat": {"id": chat_id, "type": "private"}} | message
        return self.chat.update(update)


def answers() -> list[tuple[dt.date, str]]:
    return list(CheckIn.objects.order_by("date").values_list("date", "status"))


def methods(calls: list[Call]) -> list[str]:
    return sorted(call.method for call in calls)


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


def test_the_same_update_again_is_not_carried_out_again(chat: Conversation, bob: Person) -> None:
    habit = habit_of(linked(bob, BOB))
    message = Reminded(chat, bob, habit)
    update = {"update_id": 7_000_000, **chat.bot_api.tapped(BOB, message.message_id, data("done", habit))}
    assert chat.bring(update).status_code == 200
    message.press(data("undo", habit))
    before = len(chat.bot_api.calls())
    assert chat.bring(update).status_code == 200
    assert chat.bot_api.calls(since=before) == []
    assert answers() == []


@pytest.mark.parametrize("verb", ["done", "skip", "undo", "in10"])
@pytest.mark.parametrize(
    ("days", "says"),
    [
        (1, None),
        (7, None),
        (8, "Only today and the 7 days before it can be answered."),
        (20, "Only today and the 7 days before it can be answered."),
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
    assert "✅ Done on January 31 at 07:04 · streak: 1" in message.shown.text


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
        "There is no such habit.\n\nThis habit has been deleted.",
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
    assert message.shown.text == "Такой привычки нет.\n\nЭта привычка удалена."


# --- A message of several habits -------------------------------------------------------------------------------


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


# --- When Telegram does not do as it is told ---------------------------------------------------------------------


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
