"""What is tried again, when, in whose place in the queue, and for how long."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from habits.models import Habit
from reminders.channels.base import ClaimLost, Message, Recipient
from reminders.channels.telegram import TelegramChannel
from reminders.claims import LONGEST_BACKOFF, MAX_ATTEMPTS
from reminders.courier import Courier
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from telegram.client import BotApi
from tests.bot_api import Control
from tests.bot_api.control import Call
from tests.people import make_person
from tests.reminders.conftest import DUE, MINUTE, answer, deliver, due_habit, envelope, linked, states

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = 750
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def habit(bot_api: Control, alice: Any) -> Habit:
    """Hers, due, planned, and she is reached."""
    linked(alice, CHAT)
    habit = due_habit(alice)
    plan(now=DUE)
    return habit


class Failing(TelegramChannel):
    """Telegram, but for the sends of these numbers, where `raises` is raised right before the message goes."""

    def __init__(self, raises: Callable[[], Exception], *, at: set[int] | None = None) -> None:
        super().__init__()
        self.raises, self.at, self.sends = raises, at, 0

    async def send(self, recipient: Recipient, message: Message, *, ready: Callable[[], None]) -> int | None:
        self.sends += 1
        if self.at is None or self.sends in self.at:
            raise self.raises()
        return await super().send(recipient, message, ready=ready)


def deliver_by(channel: TelegramChannel, now: dt.datetime = DUE) -> None:
    asyncio.run(Courier(channel, clock=lambda: now).run(until_idle=True))


def until_final(now: dt.datetime = DUE) -> dt.datetime:
    """Deliver whenever something is available, until nothing is under way; when that was."""
    for _ in range(200):
        deliver(now)
        if not Envelope.objects.exists():
            return now
        now = max(now + SECOND, envelope().available_at)
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    "trouble",
    [{"status": 502, "body": "<html>Bad Gateway"}, {"reset": True}, {"status": 200, "body": "garbage"}],
    ids=["5xx", "reset", "garbage"],
)
def test_trouble_on_the_way_is_tried_again_later(bot_api: Control, habit: Habit, trouble: dict[str, Any]) -> None:
    bot_api.fail("sendMessage", **trouble)
    deliver()
    waiting = envelope()
    assert (waiting.attempts, waiting.claim_token, states(habit)) == (0, None, [(DUE, "waiting")])
    assert DUE + SECOND <= waiting.available_at <= DUE + 2 * SECOND
    assert (waiting.error or "").startswith("Transient: ")
    deliver(waiting.available_at)
    assert states(habit) == [(DUE, "sent")]


@pytest.mark.parametrize(
    ("late", "least", "most"),
    [(-HOUR, 1, 2), (SECOND, 1, 2), (10 * SECOND, 5, 10), (MINUTE, 30, 60), (50 * MINUTE, 60, LONGEST_BACKOFF)],
)
def test_after_trouble_it_waits_about_as_long_again_as_it_is_late(
    bot_api: Control, habit: Habit, late: dt.timedelta, least: float, most: float
) -> None:
    """Also where the clock was set back meanwhile."""
    now = DUE + late
    Envelope.objects.update(available_at=min(DUE, now))
    bot_api.fail("sendMessage", status=502, body="")
    deliver(now)
    assert least <= (envelope().available_at - now).total_seconds() <= most


@pytest.mark.parametrize("trouble", ["5xx", "unreached"])
def test_it_goes_on_trying_while_telegram_is_away_until_it_is_missed(
    bot_api: Control, settings: Settings, habit: Habit, trouble: str
) -> None:
    if trouble == "5xx":
        bot_api.fail("sendMessage", times=None, status=503, body="")
    else:
        settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    for minute in (0, 1, 20, 40, 60):
        deliver(max(DUE + minute * MINUTE, envelope().available_at))
        assert (states(habit), envelope().attempts) == ([(DUE, "waiting")], 0)
    deliver(DUE + HOUR + 3 * MINUTE)
    missed = Reminder.objects.get()
    assert missed.state == "missed"
    assert ("HTTP 503" if trouble == "5xx" else "no connection") in (missed.error or "")
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("trouble", ["unreached", "429"])
def test_what_says_nothing_about_an_envelope_leaves_it_its_place(
    bot_api: Control, settings: Settings, habit: Habit, trouble: str
) -> None:
    if trouble == "429":
        bot_api.refuse("sendMessage", 429, "Too Many Requests", retry_after=0.05)
    else:
        settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    deliver()
    waiting = envelope()
    assert (waiting.attempts, waiting.claim_token, waiting.available_at) == (0, None, DUE)
    settings.TELEGRAM_API_URL = bot_api.url
    deliver()
    assert states(habit) == [(DUE, "sent")]


def test_a_429_makes_the_whole_bot_wait(bot_api: Control, habit: Habit) -> None:
    bot_api.flood(2, "sendMessage")
    deliver()
    deliver()
    first, second = bot_api.calls("sendMessage")
    assert second.at - first.at >= 2
    assert states(habit) == [(DUE, "sent")]


def test_a_courier_goes_on_by_itself_when_its_pause_ends(bot_api: Control, habit: Habit) -> None:
    """Of many processes each hears a tick every so many seconds."""
    bot_api.flood(1, "sendMessage")

    async def at_work() -> list[Call]:
        courier = Courier(TelegramChannel(), clock=lambda: DUE)
        work = asyncio.create_task(courier.run())
        calls = await asyncio.to_thread(bot_api.calls, "sendMessage", at_least=2)
        courier.stop()
        await work
        return calls

    assert [call.status for call in asyncio.run(at_work())] == [429, 200]
    assert states(habit) == [(DUE, "sent")]


def test_nothing_that_was_read_before_a_long_stop_is_sent_after_it(bot_api: Control, habit: Habit) -> None:
    """Whichever process met it. The habit may be answered meanwhile, or its person gone from that chat."""

    async def stop() -> None:
        async with BotApi() as api:
            await api.limiter.stop(600)

    asyncio.run(stop())
    deliver()
    waiting = envelope()
    assert (waiting.attempts, waiting.claim_token, waiting.available_at) == (0, None, DUE)
    assert (waiting.error or "").startswith("RetryAfter: Telegram asks to wait ")
    answer(habit, now=DUE)
    deliver()
    assert states(habit) == [(DUE, "cancelled")]
    assert not bot_api.calls("sendMessage")


def test_a_courier_that_finds_no_way_to_telegram_pauses(bot_api: Control, settings: Settings, habit: Habit) -> None:
    """Or it would claim and give back the same envelopes as fast as it can."""
    settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    channel = Failing(AssertionError, at=set())
    deliver_by(channel)
    assert channel.sends == 1


def test_what_nobody_foresaw_fails_in_the_end_with_its_error(bot_api: Control, habit: Habit) -> None:
    poison = Failing(lambda: ZeroDivisionError("poison"))
    now = DUE
    for attempts in range(1, MAX_ATTEMPTS):
        deliver_by(poison, now)
        assert envelope().attempts == attempts
        assert now < envelope().available_at <= now + dt.timedelta(seconds=LONGEST_BACKOFF)
        now = envelope().available_at
    deliver_by(poison, now)
    failed = Reminder.objects.get()
    assert (failed.state, failed.error) == ("failed", "ZeroDivisionError: poison")
    assert not Envelope.objects.exists()


def test_parts_that_went_out_before_the_claim_was_lost_are_not_sent_again(bot_api: Control, habit: Habit) -> None:
    """The lease may be over by the courier's clock and the claim still be its own: what it knows is worth settling."""
    for number in range(16):
        due_habit(habit.owner, action=f"{number} " + "ж" * 150, reward="з" * 150, at=DUE + MINUTE)
    plan(now=DUE + MINUTE)
    deliver()
    deliver_by(Failing(ClaimLost, at={2}), DUE + MINUTE)
    assert Envelope.objects.get().available_at == DUE + MINUTE
    assert until_final(DUE + MINUTE) == DUE + MINUTE
    assert len(bot_api.calls("sendMessage")) == 3
    assert set(Reminder.objects.values_list("state", flat=True)) == {"sent"}


def test_it_begins_with_what_has_waited_longest(bot_api: Control) -> None:
    for number in range(8):
        due_habit(linked(make_person(f"P{number}"), CHAT + number), at=DUE - number * MINUTE)
    plan(now=DUE)
    deliver(window=1)
    assert [call.chat_id for call in bot_api.calls("sendMessage")] == [CHAT + number for number in range(7, -1, -1)]


def test_what_is_tried_again_does_not_overtake_what_is_on_time(bot_api: Control) -> None:
    for number in range(6):
        due_habit(linked(make_person(f"P{number}"), CHAT + number), at=DUE + (number // 2) * MINUTE)
    plan(now=DUE)
    bot_api.fail("sendMessage", times=2, status=502, body="")
    deliver(window=1)
    plan(now=DUE + 2 * MINUTE)
    deliver(DUE + 2 * MINUTE, window=1)
    arrived = [call.chat_id for call in bot_api.calls("sendMessage") if call.message_id]
    # Among those of one minute nobody is first.
    assert [{*arrived[:2]}, {*arrived[2:4]}, {*arrived[4:]}] == [
        {CHAT + 2, CHAT + 3},
        {CHAT + 4, CHAT + 5},
        {CHAT, CHAT + 1},
    ]
