"""A message that has reached Bob's chat, and the taps below it."""

import datetime as dt
from typing import Any

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from reminders.channels.buttons import as_markup
from reminders.channels.card import Item, card
from telegram.background import background
from telegram.linking import link
from tests.bot.conftest import BOB, Conversation
from tests.bot_api import Call
from tests.bot_api.shown import Shown
from tracking.models import CheckIn

# In New York it is the last day of January, four minutes past seven.
TODAY = dt.date(2026, 1, 31)
NOW = dt.datetime(2026, 1, 31, 12, 4, tzinfo=dt.UTC)
MADE = NOW - dt.timedelta(days=20)
DAY = dt.timedelta(days=1)
OPEN = ["done", "skip", "later"]
ELSEWHEN = ["in10", "in60", "eve", "back"]


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

    def tapped(self, button: str) -> dict[str, Any]:
        """The update of a tap that is yet to be brought."""
        update = self.chat.bot_api.tapped(BOB, self.message_id, button)
        return {"update_id": self.chat.bot_api.update(update), **update}

    def press(self, wanted: str) -> list[Call]:
        """A tap that says this, whether or not the message has such a button (any more); what the bot called."""
        update = self.chat.bot_api.tapped(BOB, self.message_id, self.shown.data[0])
        update["callback_query"]["data"] = wanted
        return self.chat.update(update)


def answers() -> list[tuple[dt.date, str]]:
    return list(CheckIn.objects.order_by("date").values_list("date", "status"))


def methods(calls: list[Call]) -> list[str]:
    return sorted(call.method for call in calls)
