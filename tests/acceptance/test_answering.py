"""A reminder is answered where it arrived, by the real processes; and someone starts with nothing but Telegram.

Four people are reminded in one minute. Alice taps Done, Bob taps Later, Charlie taps Skip; Dana came to the bot as a
stranger, and made her account and her habit there.
"""

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.short_snooze import SNOOZES
from tests.acceptance.someone import (
    LATEST,
    QUIET,
    PrivateChat,
    Someone,
    next_minute,
    now,
    signed_up,
    with_habit,
    zone_at_noon,
)
from tests.acceptance.stack import Stack, running_stack, wait_for
from tests.bot_api import Call
from tests.bot_api.shown import Shown
from tests.conftest import fresh_copy

ALICE, BOB, CHARLIE, DANA = 2001, 2002, 2003, 2004


@pytest.fixture(scope="module")
def stack(migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    logs = tmp_path_factory.mktemp("answering")
    settings = "tests.acceptance.short_snooze"
    with (
        fresh_copy(migrated_template) as address,
        running_stack(address, logs, DJANGO_SETTINGS_MODULE=settings) as stack,
    ):
        yield stack


@dataclass
class Cast:
    alice: Someone
    bob: Someone
    charlie: Someone
    dana: Someone


@pytest.fixture(scope="module")
def cast(stack: Stack) -> Cast:
    """Everybody is due in the same minute. Charlie has kept his habit for a day."""
    zone = zone_at_noon()
    chats = {
        name: PrivateChat(stack, number) for name, number in (("alice", ALICE), ("bob", BOB), ("charlie", CHARLIE))
    }
    people = {name: signed_up(stack, name, chat.chat_id, zone) for name, chat in chats.items()}
    newcomer = PrivateChat(stack, DANA)
    newcomers_zone = account_made_by(newcomer)
    due = next_minute(ahead=30)
    yesterday = due.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=1)
    dana = habit_told_by(newcomer, due, newcomers_zone)
    alice = with_habit(people["alice"], chats["alice"], zone, due, "run")
    bob = with_habit(people["bob"], chats["bob"], zone, due, "stretch")
    charlie = with_habit(people["charlie"], chats["charlie"], zone, due, "meditate", starts_on=f"{yesterday}")
    charlie.front_end.expect(201, "PUT", f"{charlie.path}/check-ins/{yesterday}", {"status": "done"})
    assert now() < due, "the machine was too slow to set the scene"
    return Cast(alice, bob, charlie, dana)


def account_made_by(chat: PrivateChat) -> str:
    """A stranger's first message and two taps: an account, in a zone where no day ends and no clock changes now."""
    hello = chat.write("/start")
    asked = chat.tap(hello, "start:here")
    zones = [data.removeprefix("zone:") for data in asked.data if data.startswith("zone:")]
    zone = next(zone for zone in zones if 4 <= now().astimezone(ZoneInfo(zone)).hour < 22)
    chat.tap(hello, f"zone:{zone}")
    return zone


def habit_told_by(chat: PrivateChat, due: dt.datetime, zone: str) -> Someone:
    """The second message is the sentence, the third what it earns."""
    frequency = chat.write(f"I will sketch at {due.astimezone(ZoneInfo(zone)):%H:%M} at home")
    (daily,) = [data for data in frequency.buttons if data.endswith(":e1")]
    chat.tap(frequency, daily)
    assert "I will sketch" in chat.write("a walk").text
    return Someone(chat, chat.stack.front_end(), zone, {"action": "sketch"}, due)


# --- Done ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def done(cast: Cast) -> Shown:
    """Alice's message after Done."""
    return cast.alice.chat.tap(cast.alice.reminder(), "done:")


def test_done_edits_the_message_in_place(cast: Cast, done: Shown) -> None:
    assert "run in the park" in done.text
    assert "✅" in done.text
    assert "streak: 1" in done.text
    assert "a cup of coffee" in done.text
    assert [data.partition(":")[0] for data in done.data] == ["undo"]
    assert len(cast.alice.reminders()) == 1


def test_the_check_in_is_there_by_api_and_the_streak_is_one(cast: Cast, done: Shown) -> None:
    (check_in,) = cast.alice.get("/check-ins")["results"]
    assert (check_in["date"], check_in["status"], check_in["source"]) == (cast.alice.today, "done", "bot")
    stats = cast.alice.get("/stats")
    assert (stats["current_streak"], stats["today"]) == (1, "done")


# --- Later ---------------------------------------------------------------------------------------------------


@dataclass
class Snoozed:
    at: float  # Unix time in seconds
    menu: Shown
    message: Shown
    again: Call


@pytest.fixture(scope="module")
def snoozed(cast: Cast) -> Snoozed:
    reminder = cast.bob.reminder()
    menu = cast.bob.chat.tap(reminder, "later:")
    at = time.time()
    message = cast.bob.chat.tap(reminder, "in10:")
    return Snoozed(at, menu, message, cast.bob.reminder(2))


def test_later_asks_when_and_says_when(snoozed: Snoozed) -> None:
    assert {"in10", "in60", "back"} <= {data.partition(":")[0] for data in snoozed.menu.data}
    assert "⏰ I will remind you at" in snoozed.message.text


def test_later_sends_one_more_message_at_that_time(cast: Cast, snoozed: Snoozed) -> None:
    due = SNOOZES["in10"].total_seconds()
    assert due <= snoozed.again.at - snoozed.at <= due + LATEST
    wait_for(lambda: time.time() > snoozed.again.at + QUIET, what="a copy would have come")
    assert len(cast.bob.reminders()) == 2
    assert cast.bob.get("/check-ins")["results"] == []


def test_the_later_message_is_answered_like_the_first(cast: Cast, snoozed: Snoozed) -> None:
    assert "streak: 1" in cast.bob.chat.tap(snoozed.again, "done:").text
    assert cast.bob.get("/stats")["current_streak"] == 1


# --- Skip ----------------------------------------------------------------------------------------------------


def test_skip_keeps_the_streak(cast: Cast) -> None:
    charlie = cast.charlie
    assert charlie.get("/stats")["current_streak"] == 1
    assert "the streak holds" in charlie.chat.tap(charlie.reminder(), "skip:").text
    (yesterday, today) = charlie.get("/check-ins")["results"]
    assert (yesterday["status"], today["status"], today["date"]) == ("done", "skipped", charlie.today)
    stats = charlie.get("/stats")
    assert (stats["current_streak"], stats["skipped"], stats["missed"], stats["today"]) == (1, 1, 0, "skipped")


def test_an_answer_is_taken_back_by_the_same_message(cast: Cast) -> None:
    charlie = cast.charlie
    (message,) = charlie.reminders()
    shown = charlie.chat.tap(message, "undo:")
    assert [data.partition(":")[0] for data in shown.data] == ["done", "skip", "later"]
    assert len(charlie.get("/check-ins")["results"]) == 1


# --- From nothing --------------------------------------------------------------------------------------------


def test_a_stranger_is_reminded_of_the_habit_that_three_messages_made(cast: Cast) -> None:
    reminder = cast.dana.reminder()
    assert 0 <= reminder.at - cast.dana.due.timestamp() <= LATEST
    assert "I will sketch at home" in reminder.text
    assert "reward: a walk" in reminder.text


def test_login_shows_the_habit_by_api_to_one_who_came_by_telegram(cast: Cast) -> None:
    dana = cast.dana
    code = dana.chat.write("/login").text.split()[0]
    tokens = dana.front_end.expect(200, "POST", "/api/v1/telegram/login", {"code": code})
    assert dana.front_end.call("POST", "/api/v1/telegram/login", {"code": code}).status == 422
    dana.front_end.token = tokens["access_token"]
    assert dana.front_end.expect(200, "GET", "/api/v1/me")["email"] is None
    (dana.habit,) = dana.front_end.expect(200, "GET", "/api/v1/habits")["results"]
    local = dana.due.astimezone(ZoneInfo(dana.zone))
    assert (dana.habit["action"], dana.habit["place"], dana.habit["time"]) == ("sketch", "at home", f"{local:%H:%M}")
    assert (dana.habit["every_days"], dana.habit["reward"]) == (1, "a walk")
    dana.chat.tap(dana.reminder(), "done:")
    assert dana.get("/stats")["current_streak"] == 1


# --- Once answered, no more that day -------------------------------------------------------------------------


def test_there_is_no_second_reminder_that_day(cast: Cast, done: Shown) -> None:
    """Not even where the habit is moved to a minute that is still to come."""
    alice = cast.alice
    again = next_minute(ahead=5)
    local = again.astimezone(ZoneInfo(alice.zone))
    assert f"{local:%Y-%m-%d}" == alice.today
    alice.front_end.expect(200, "PATCH", alice.path, {"time": f"{local:%H:%M}"})
    tomorrow = wait_for(
        lambda: (at := dt.datetime.fromisoformat(alice.get()["next_reminder_at"])) > again and at,
        what="the planner has passed that minute",
    )
    assert tomorrow - again == dt.timedelta(days=1)
    wait_for(lambda: now() > again + dt.timedelta(seconds=QUIET), what="a message would have come")
    assert len(alice.reminders()) == 1
