"""From claimed envelopes to messages in Telegram, and every end that it can have."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit, update_habit
from reminders.channels import current_channel
from reminders.channels.base import Message, Recipient
from reminders.channels.telegram import TelegramChannel
from reminders.claims import claim
from reminders.courier import LEASE, Courier
from reminders.letters import open_envelopes
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from reminders.snoozing import snooze
from telegram.models import Chat
from tests.bot_api import Control
from tests.people import make_person
from tests.reminders.conftest import (
    BEFORE,
    DAY,
    DUE,
    MINUTE,
    answer,
    deliver,
    due_habit,
    envelope,
    linked,
    next_at,
    states,
)

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = 710
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def habit(bot_api: Control, alice: Person) -> Habit:
    """Hers, due, planned, and she is reached."""
    linked(alice, CHAT)
    habit = due_habit(alice)
    plan(now=DUE)
    return habit


def texts(bot_api: Control, chat_id: int = CHAT) -> list[str]:
    return [call.text for call in bot_api.calls("sendMessage", chat_id=chat_id)]


def test_it_sends_one_message_for_three_habits_due_together(bot_api: Control, alice: Person) -> None:
    linked(alice, CHAT)
    habits = [due_habit(alice, action=action, place="дома", reward="чай") for action in ("бегать", "читать", "петь")]
    plan(now=DUE)
    deliver(DUE)
    [text] = texts(bot_api)
    assert text.split("\n\n") == [
        f"{number}. 10:00 · Я буду {what} дома (60 с)\nнаграда: чай"
        for number, what in enumerate(("бегать", "читать", "петь"), 1)
    ]
    assert {states(habit)[0] for habit in habits} == {(DUE, "sent")}
    [call] = bot_api.calls("sendMessage")
    assert set(Reminder.objects.values_list("message_id", flat=True)) == {call.message_id}
    assert call.buttons == [f"{verb}:{habit.pk}:20260131" for habit in habits for verb in ("done", "skip", "later")]
    assert not Envelope.objects.exists()


def test_it_sends_nothing_twice(bot_api: Control, habit: Habit) -> None:
    deliver()
    deliver()
    assert len(texts(bot_api)) == 1


def test_it_reads_the_habit_when_it_sends(bot_api: Control, habit: Habit) -> None:
    update_habit(person=habit.owner, habit_id=habit.pk, now=DUE, action="плавать")
    deliver()
    assert "плавать" in texts(bot_api)[0]


def test_one_of_several_that_is_answered_is_left_out(bot_api: Control, habit: Habit) -> None:
    other = due_habit(habit.owner, action="читать", at=DUE + MINUTE)
    plan(now=DUE + MINUTE)
    answer(habit, now=DUE + MINUTE, status="skipped")
    deliver(DUE + MINUTE)
    assert [("читать" in text) for text in texts(bot_api)] == [True]
    assert (states(habit), states(other)) == ([(DUE, "cancelled")], [(DUE + MINUTE, "sent")])


def test_who_missed_it_last_time_is_told_kindly_and_once(bot_api: Control, alice: Person) -> None:
    linked(alice, CHAT, now=BEFORE - 3 * DAY)
    habit = due_habit(alice, now=BEFORE - 3 * DAY)
    answer(habit, now=BEFORE - DAY, date=DUE.date() - 2 * DAY)
    for at in (DUE - DAY, DUE):  # the first is not answered
        plan(now=at)
        deliver(at)
    snooze(person=alice, habit_id=habit.pk, date=DUE.date(), until=DUE + MINUTE, now=DUE)
    deliver(DUE + 2 * MINUTE)
    plan(now=DUE + DAY)
    deliver(DUE + DAY)
    assert [("не пропустить дважды" in text) for text in texts(bot_api)] == [False, True, False, False]


def test_many_people_are_told_at_once_and_each_in_their_language(bot_api: Control) -> None:
    people = [make_person(f"P{n}", language="ru" if n % 2 else "en") for n in range(60)]
    for number, person in enumerate(people):
        linked(person, CHAT + number)
        due_habit(person)
    plan(now=DUE)
    deliver(window=20)
    said = {call.chat_id: call.text for call in bot_api.calls("sendMessage")}
    assert len(bot_api.calls("sendMessage")) == len(said) == 60
    assert [("Я буду" in said[CHAT + n]) for n in range(60)] == [bool(n % 2) for n in range(60)]


def test_a_person_who_blocked_the_bot_is_not_reminded_until_they_write_again(bot_api: Control, habit: Habit) -> None:
    other = due_habit(habit.owner, at=DUE + HOUR)
    bot_api.block(CHAT)
    deliver()
    assert (states(habit), next_at(habit), next_at(other)) == ([(DUE, "cancelled")], None, None)
    assert Chat.objects.get(chat_id=CHAT).blocked_at is not None
    assert not Envelope.objects.exists()


def test_a_message_that_telegram_refuses_fails_with_its_error(bot_api: Control, habit: Habit) -> None:
    bot_api.refuse("sendMessage", 400, "Bad Request: message text is empty")
    deliver()
    failed = Reminder.objects.get()
    assert (failed.state, failed.error) == ("failed", "Rejected: 400 Bad Request: message text is empty")
    assert not Envelope.objects.exists()


def test_what_is_too_late_is_missed_without_a_word(bot_api: Control, habit: Habit) -> None:
    deliver(DUE + HOUR + dt.timedelta(seconds=1))
    assert (states(habit), texts(bot_api)) == ([(DUE, "missed")], [])


def test_a_deactivated_person_is_not_written_to(bot_api: Control, habit: Habit) -> None:
    Person.objects.update(is_active=False)
    deliver()
    assert (states(habit), texts(bot_api)) == ([(DUE, "cancelled")], [])


def test_an_envelope_whose_habits_were_deleted_is_dropped(bot_api: Control, habit: Habit) -> None:
    habit.delete()
    assert Envelope.objects.count() == 1
    deliver()
    assert (Envelope.objects.count(), texts(bot_api)) == (0, [])


@pytest.fixture
def many(bot_api: Control, alice: Person) -> Person:
    """Alice with more habits at one minute than a message can hold."""
    linked(alice, CHAT)
    for number in range(30):
        due_habit(alice, action=f"{number} " + "ж" * 150, reward="з" * 150)
    plan(now=DUE)
    return alice


def test_many_habits_at_once_are_split_and_each_part_is_settled_by_its_own_message(
    bot_api: Control, many: Person
) -> None:
    deliver()
    calls = bot_api.calls("sendMessage")
    assert len(calls) == 4
    assert all(len(call.text.encode("utf-16-le")) // 2 <= 4096 for call in calls)
    numbers = [call.message_id for call in calls for _ in call.text.split("\n\n")]
    assert list(Reminder.objects.order_by("habit").values_list("message_id", flat=True)) == numbers


class SecondPartIsLost(TelegramChannel):
    """Telegram fails at the second message."""

    def __init__(self, bot_api: Control) -> None:
        super().__init__()
        self.bot_api = bot_api
        self.messages = 0

    async def send(self, recipient: Recipient, message: Message, *, ready: Callable[[], None]) -> int | None:
        self.messages += 1
        if self.messages == 2:
            self.bot_api.fail("sendMessage", status=502, body="")
        return await super().send(recipient, message, ready=ready)


def test_only_the_parts_that_did_not_go_out_are_sent_again(bot_api: Control, many: Person) -> None:
    asyncio.run(Courier(SecondPartIsLost(bot_api), clock=lambda: DUE).run(until_idle=True))
    waiting = envelope()
    first = texts(bot_api)[0]
    assert Reminder.objects.filter(state="sent").count() == len(first.split("\n\n"))
    deliver(waiting.available_at)
    arrived = [call.text for call in bot_api.calls("sendMessage") if call.message_id]
    lines = "\n\n".join(arrived).split("\n\n")
    assert [line.split()[5] for line in lines] == [str(number) for number in range(30)]
    assert not Reminder.objects.exclude(state="sent").exists()


def test_a_batch_is_read_in_the_same_number_of_queries_whatever_its_size(bot_api: Control) -> None:
    counts = []
    for size in (2, 25):
        for number in range(size):
            person = linked(make_person(f"P{size}x{number}", language="en"), CHAT + size * 100 + number)
            prize = create_habit(person=person, now=BEFORE, action="tea", is_pleasant=True)
            due_habit(person)
            missed = due_habit(person, now=BEFORE - 3 * DAY, reward=None, related_habit=prize.pk)
            answer(missed, date=DUE.date() - 2 * DAY)
        plan(now=DUE)
        with CaptureQueriesContext(connection) as queries:
            found = claim(now=DUE, limit=size, lease=LEASE)
            letters = open_envelopes(found, channel=current_channel(), now=DUE)
        assert [letter.messages[0].text.count("Missed it") for letter in letters] == [1] * size
        counts.append(len(queries))
    assert counts == [7, 7]


def test_the_console_shows_the_reminder_where_there_is_no_bot(capfd: Any, alice: Person) -> None:
    habit = due_habit(alice)
    plan(now=DUE)
    deliver()
    assert capfd.readouterr().out.splitlines()[:3] == [
        "╭─ ⏰ alice@example.org",
        "│ 10:00 · Я буду run в the park (60 с)",
        "│ награда: tea",
    ]
    assert states(habit) == [(DUE, "sent")]
