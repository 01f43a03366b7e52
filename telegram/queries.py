"""Reads: how a person stands with Telegram."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from accounts.models import Person
from telegram.models import Chat
from telegram.questions import is_asked


@dataclass(frozen=True, slots=True)
class LinkState:
    status: Literal["none", "asked", "linked", "blocked"]
    username: str | None = None
    linked_at: dt.datetime | None = None

    @property
    def linked(self) -> bool:
        return self.status == "linked"


def link_state(*, person: Person) -> LinkState:
    chat = Chat.objects.filter(person=person).first()
    if chat is None:
        return LinkState("asked" if is_asked(person) else "none")
    return LinkState("blocked" if chat.blocked_at else "linked", chat.username, chat.linked_at)
