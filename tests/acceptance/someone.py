"""People of the acceptance tests: what they do in their chat, at their front end, and when they are due."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from tests.acceptance.stack import FrontEnd, Stack, wait_for
from tests.bot_api import Call
from tests.bot_api.shown import Shown

MINUTE = dt.timedelta(minutes=1)
# Seconds. A stall of the machine is shorter than the first, a late minute or a wrong hour longer.
LATEST = 30.0  # from the due second to a reminder
QUIET = 6.0  # in which a second copy would have come


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def next_minute(*, ahead: float) -> dt.datetime:
    """The first whole minute that is at least `ahead` seconds away."""
    return (now() + dt.timedelta(seconds=ahead) + MINUTE).replace(second=0, microsecond=0)


def zone_at_noon() -> str:
    """Where it is about midday now, so that no date changes while a test runs."""
    return f"Etc/GMT{now().hour - 12:+d}"


@dataclass
class PrivateChat:
    """What one person and the bot say to each other."""

    stack: Stack
    chat_id: int

    def sent(self) -> list[Call]:
        return self.stack.bot_api.calls("sendMessage", chat_id=self.chat_id)

    def write(self, text: str) -> Call:
        """The bot's next message after that."""
        before = len(self.sent())
        self.stack.bot_api.write(self.chat_id, text, language="en")
        return self.stack.bot_api.calls("sendMessage", chat_id=self.chat_id, at_least=before + 1)[before]

    def tap(self, message: Call, button: str) -> Shown:
        """Tap a button whose data begins so; the message as it is when the bot has edited it."""
        bot_api = self.stack.bot_api
        before = bot_api.message(self.chat_id, message.message_id)
        (data,) = [data for data in before.data if data.startswith(button)]
        answered = len(bot_api.calls("answerCallbackQuery"))
        bot_api.tap(self.chat_id, message.message_id, data, language="en")
        bot_api.calls("answerCallbackQuery", at_least=answered + 1)
        edited: Shown = wait_for(
            lambda: (after := bot_api.message(self.chat_id, message.message_id)) != before and after,
            what=f"the message is edited after {button}",
        )
        return edited


@dataclass
class Someone:
    """A person with one habit, and the instant at which they are reminded of it."""

    chat: PrivateChat
    front_end: FrontEnd
    zone: str
    habit: dict[str, Any]
    due: dt.datetime

    @property
    def path(self) -> str:
        return f"/api/v1/habits/{self.habit['id']}"

    @property
    def today(self) -> str:
        return f"{self.due.astimezone(ZoneInfo(self.zone)):%Y-%m-%d}"

    def get(self, what: str = "") -> Any:
        """What the API says of the habit."""
        return self.front_end.expect(200, "GET", self.path + what)

    def reminders(self) -> list[Call]:
        """The messages that speak of the habit and can be answered."""
        return [
            call
            for call in self.chat.sent()
            if self.habit["action"] in call.text and any(data.startswith("done:") for data in call.buttons)
        ]

    def reminder(self, number: int = 1) -> Call:
        """The latest of so many reminders, as soon as it is there."""
        found: Call = wait_for(
            lambda: len(found := self.reminders()) >= number and found[-1],
            what=f"reminder {number} of {self.habit['action']}",
        )
        return found


def signed_up(stack: Stack, name: str, chat_id: int, zone: str) -> FrontEnd:
    """Someone's front end, signed in; their chat is linked."""
    front_end = stack.front_end()
    front_end.sign_up(f"{name}@example.org", timezone=zone, language="en")
    link = front_end.expect(201, "POST", "/api/v1/telegram/link")
    (token,) = parse_qs(urlsplit(link["url"]).query)["start"]
    stack.bot_api.write(chat_id, f"/start {token}")
    wait_for(lambda: front_end.expect(200, "GET", "/api/v1/telegram")["linked"], what=f"{name}'s chat is linked")
    return front_end


def with_habit(
    front_end: FrontEnd, chat: PrivateChat, zone: str, due: dt.datetime, action: str, **more: Any
) -> Someone:
    """Someone whose habit is made by API."""
    local = due.astimezone(ZoneInfo(zone))
    told = {"action": action, "time": f"{local:%H:%M}", "place": "in the park", "reward": "a cup of coffee", **more}
    habit = front_end.expect(201, "POST", "/api/v1/habits", told)
    assert dt.datetime.fromisoformat(habit["next_reminder_at"]) == due
    return Someone(chat, front_end, zone, habit, due)
