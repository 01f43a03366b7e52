"""A reminder is answered where it arrived, by the real processes; and someone starts with nothing but Telegram.

Four people are reminded in one minute. Alice taps Done, Bob taps Later, Charlie taps Skip; Dana came to the bot as a
stranger, and made her account and her habit there.
"""

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.short_snooze import SNOOZES
from tests.acceptance.stack import FrontEnd, Stack, running_stack, wait_for
from tests.bot_api import Call
from tests.bot_api.shown import Shown
from tests.conftest import fresh_copy

ALICE, BOB, CHARLIE, DANA = 2001, 2002, 2003, 2004
MINUTE = dt.timedelta(minutes=1)
LATEST = 3.0  # seconds after the due second
ANSWERED_WITHIN = 15.0  # seconds, on a machine with other work to do


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def next_minute(*, ahead: float) -> dt.datetime:
    """The first whole minute that is at least `ahead` seconds away."""
    return (now() + dt.timedelta(seconds=ahead) + MINUTE).replace(second=0, microsecond=0)


def zone_at_noon() -> str:
    """Where it is about midday now, so that no date changes while the test runs."""
    return f"Etc/GMT{now().hour - 12:+d}"


@dataclass
class Someone:
    """A person at their front end and in their chat."""

    stack: Stack
    front_end: FrontEnd
    chat_id: int
    zone: str
    habit: dict[str, Any]
    due: dt.datetime

    @property
    def path(self) -> str:
        return f"/api/v1/habits/{self.habit['id']}"

    @property
    def today(self) -> dt.date:
        return self.due.astimezone(ZoneInfo(self.zone)).date()

    def get(self, what: str) -> Any:
        return self.front_end.expect(200, "GET", self.path + what)

    def reminders(self) -> list[Call]:
        """The messages that speak of the habit and can be answered."""
        return [
            call
            for call in self.stack.bot_api.calls("sendMessage", chat_id=self.chat_id)
            if self.habit["action"] in call.text and any(data.startswith("done:") for data in call.buttons)
        ]

    def reminder(self, number: int = 1) -> Call:
        """The latest of `number` reminders, as soon as it is there."""
        return wait_for(
            lambda: len(found := self.reminders()) >= number and found[-1],
            what=f"reminder {number} of {self.habit['action']}",
            within=150,
        )

    def tap(self, message: Call, verb: str) -> Shown:
        """Tap a button of this meaning; the message as it is when the bot has edited it."""
        bot_api = self.stack.bot_api
        before = bot_api.message(self.chat_id, message.message_id)
        (data,) = [data for data in before.data if data.startswith(f"{verb}:")]
        answered = len(bot_api.calls("answerCallbackQuery"))
        bot_api.tap(self.chat_id, message.message_id, data)
        bot_api.calls("answerCallbackQuery", at_least=answered + 1)
        return wait_for(
            lambda: (after := bot_api.message(self.chat_id, message.message_id)) != before and after,
            what=f"the message is edited after {verb}",
            within=ANSWERED_WITHIN,
        )


@pytest.fixture(scope="module")
def stack(migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    logs = tmp_path_factory.mktemp("answering")
    shorter = {"DJANGO_SETTINGS_MODULE": "tests.acceptance.short_snooze"}
    with fresh_copy(migrated_template) as address, running_stack(address, logs, **shorter) as stack:
        yield stack


def signed_up(stack: Stack, name: str, chat_id: int, zone: str) -> FrontEnd:
    """Someone with an account and a linked chat."""
    front_end = stack.front_end()
    front_end.sign_up(f"{name}@example.org", timezone=zone, language="en")
    link = front_end.expect(201, "POST", "/api/v1/telegram/link")
    (token,) = parse_qs(urlsplit(link["url"]).query)["start"]
    stack.bot_api.write(chat_id, f"/start {token}")
    wait_for(lambda: front_end.expect(200, "GET", "/api/v1/telegram")["linked"], what=f"{name}'s chat is linked")
    return front_end


def habit_of(front_end: FrontEnd, action: str, due: dt.datetime, zone: str, **more: Any) -> dict[str, Any]:
    local = due.astimezone(ZoneInfo(zone))
    told = {"action": action, "time": f"{local:%H:%M}", "place": "in the park", "reward": "a cup of coffee", **more}
    habit: dict[str, Any] = front_end.expect(201, "POST", "/api/v1/habits", told)
    assert dt.datetime.fromisoformat(habit["next_reminder_at"]) == due
    return habit


class Newcomer:
    """A stranger to the service: what they write and tap, and what the bot says to that."""

    def __init__(self, stack: Stack, chat_id: int) -> None:
        self.bot_api, self.stack, self.chat_id = stack.bot_api, stack, chat_id

    def write(self, text: str) -> Call:
        before = len(self.bot_api.calls("sendMessage", chat_id=self.chat_id))
        self.bot_api.write(self.chat_id, text, language="en")
        return self.bot_api.calls("sendMessage", chat_id=self.chat_id, at_least=before + 1)[before]

    def tap(self, message: Call, button: str) -> Shown:
        """Tap a button by its data; the message as the bot has edited it."""
        before = self.bot_api.message(self.chat_id, message.message_id)
        self.bot_api.tap(self.chat_id, message.message_id, button, language="en")
        return wait_for(
            lambda: (after := self.bot_api.message(self.chat_id, message.message_id)) != before and after,
            what=f"the message is edited after {button}",
            within=ANSWERED_WITHIN,
        )

    def begin(self) -> str:
        """Make an account, and say in which of the zones that are offered it is day: that zone."""
        hello = self.write("/start")
        asked = self.tap(hello, "start:here")
        zones = [data.removeprefix("zone:") for data in asked.data if data.startswith("zone:")]
        zone = next(zone for zone in zones if 2 <= now().astimezone(ZoneInfo(zone)).hour < 22)
        self.tap(hello, f"zone:{zone}")
        return zone

    def first_habit(self, due: dt.datetime, zone: str) -> Someone:
        """The habit in two messages: the sentence, and what it earns."""
        frequency = self.write(f"I will sketch at {due.astimezone(ZoneInfo(zone)):%H:%M} at home")
        (daily,) = [data for data in frequency.buttons if data.endswith(":e1")]
        self.tap(frequency, daily)
        made = self.write("a walk")
        assert "I will sketch" in made.text
        return Someone(self.stack, self.stack.front_end(), self.chat_id, zone, {"action": "sketch"}, due)


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
    chats = {"alice": ALICE, "bob": BOB, "charlie": CHARLIE}
    people = {name: signed_up(stack, name, chat, zone) for name, chat in chats.items()}
    newcomer = Newcomer(stack, DANA)
    newcomers_zone = newcomer.begin()
    due = next_minute(ahead=20)
    yesterday = due.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=1)
    dana = newcomer.first_habit(due, newcomers_zone)
    alice = Someone(stack, people["alice"], ALICE, zone, habit_of(people["alice"], "run", due, zone), due)
    bob = Someone(stack, people["bob"], BOB, zone, habit_of(people["bob"], "stretch", due, zone), due)
    since = {"starts_on": f"{yesterday}"}
    charlie = Someone(
        stack, people["charlie"], CHARLIE, zone, habit_of(people["charlie"], "meditate", due, zone, **since), due
    )
    charlie.front_end.expect(201, "PUT", f"{charlie.path}/check-ins/{yesterday}", {"status": "done"})
    assert now() < due, "the machine was too slow to set the scene"
    return Cast(alice, bob, charlie, dana)


# --- Done ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def done(cast: Cast) -> Shown:
    """Alice's message after Done."""
    return cast.alice.tap(cast.alice.reminder(), "done")


def test_done_edits_the_message_in_place(cast: Cast, done: Shown) -> None:
    assert "run in the park" in done.text
    assert "✅" in done.text
    assert "streak: 1" in done.text
    assert "a cup of coffee" in done.text
    assert [data.partition(":")[0] for data in done.data] == ["undo"]
    assert len(cast.alice.reminders()) == 1


def test_the_check_in_is_there_by_api_and_the_streak_is_one(cast: Cast, done: Shown) -> None:
    (check_in,) = cast.alice.get("/check-ins")["results"]
    assert (check_in["date"], check_in["status"], check_in["source"]) == (f"{cast.alice.today}", "done", "bot")
    stats = cast.alice.get("/stats")
    assert (stats["current_streak"], stats["today"]) == (1, "done")


def test_there_is_no_second_reminder_that_day(cast: Cast, done: Shown) -> None:
    """Not even where the habit is moved to a minute that is still to come."""
    alice = cast.alice
    again = next_minute(ahead=5)
    local = again.astimezone(ZoneInfo(alice.zone))
    assert local.date() == alice.today
    alice.front_end.expect(200, "PATCH", alice.path, {"time": f"{local:%H:%M}"})
    tomorrow = wait_for(
        lambda: (at := dt.datetime.fromisoformat(alice.get("")["next_reminder_at"])) > again and at,
        what="the planner has passed that minute",
        within=90,
    )
    assert tomorrow - again == dt.timedelta(days=1)
    wait_for(lambda: now() > again + dt.timedelta(seconds=2 * LATEST), what="a message would have come")
    assert len(alice.reminders()) == 1


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
    menu = cast.bob.tap(reminder, "later")
    at = time.time()
    message = cast.bob.tap(reminder, "in10")
    return Snoozed(at, menu, message, cast.bob.reminder(2))


def test_later_asks_when_and_says_when(cast: Cast, snoozed: Snoozed) -> None:
    verbs = {data.partition(":")[0] for data in snoozed.menu.data}
    assert {"in10", "in60", "back"} <= verbs
    assert "⏰" in snoozed.message.text


def test_later_sends_one_more_message_at_that_time(cast: Cast, snoozed: Snoozed) -> None:
    due = SNOOZES["in10"].total_seconds()
    assert due <= snoozed.again.at - snoozed.at <= due + ANSWERED_WITHIN
    wait_for(lambda: time.time() > snoozed.again.at + 2 * LATEST, what="a copy would have come")
    assert len(cast.bob.reminders()) == 2
    assert cast.bob.get("/check-ins")["results"] == []


def test_the_later_message_is_answered_like_the_first(cast: Cast, snoozed: Snoozed) -> None:
    assert "streak: 1" in cast.bob.tap(snoozed.again, "done").text
    assert cast.bob.get("/stats")["current_streak"] == 1


# --- Skip ----------------------------------------------------------------------------------------------------


def test_skip_keeps_the_streak(cast: Cast) -> None:
    charlie = cast.charlie
    assert charlie.get("/stats")["current_streak"] == 1
    message = charlie.tap(charlie.reminder(), "skip")
    assert "⏭" in message.text
    (yesterday, today) = charlie.get("/check-ins")["results"]
    assert (yesterday["status"], today["status"], today["date"]) == ("done", "skipped", f"{charlie.today}")
    stats = charlie.get("/stats")
    assert (stats["current_streak"], stats["skipped"], stats["missed"], stats["today"]) == (1, 1, 0, "skipped")


def test_an_answer_is_taken_back_by_the_same_message(cast: Cast) -> None:
    charlie = cast.charlie
    (message,) = charlie.reminders()
    shown = charlie.tap(message, "undo")
    assert {"done", "skip", "later"} <= {data.partition(":")[0] for data in shown.data}
    assert len(charlie.get("/check-ins")["results"]) == 1


# --- From nothing --------------------------------------------------------------------------------------------


def test_a_stranger_is_reminded_of_the_habit_that_three_messages_made(cast: Cast) -> None:
    reminder = cast.dana.reminder()
    assert 0 <= reminder.at - cast.dana.due.timestamp() <= LATEST
    assert "I will sketch at home" in reminder.text
    assert "reward: a walk" in reminder.text


def test_login_shows_the_habit_by_api_to_one_who_came_by_telegram(cast: Cast) -> None:
    dana = cast.dana
    code = Newcomer(dana.stack, DANA).write("/login").text.split()[0]
    tokens = dana.front_end.expect(200, "POST", "/api/v1/telegram/login", {"code": code})
    assert dana.front_end.call("POST", "/api/v1/telegram/login", {"code": code}).status == 422
    dana.front_end.token = tokens["access_token"]
    assert dana.front_end.expect(200, "GET", "/api/v1/me")["email"] is None
    (habit,) = dana.front_end.expect(200, "GET", "/api/v1/habits")["results"]
    local = dana.due.astimezone(ZoneInfo(dana.zone))
    assert (habit["action"], habit["place"], habit["time"]) == ("sketch", "at home", f"{local:%H:%M}")
    assert (habit["every_days"], habit["reward"]) == (1, "a walk")


def test_what_was_answered_in_the_chat_is_there_after_login(cast: Cast) -> None:
    dana = cast.dana
    dana.tap(dana.reminder(), "done")
    (habit,) = dana.front_end.expect(200, "GET", "/api/v1/habits")["results"]
    dana.habit = habit
    assert dana.get("/stats")["current_streak"] == 1
