"""Without a bot: reminders appear in the worker's terminal, so that a newcomer sees the main job with no set-up."""

import datetime as dt
import sys
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Self

from django.db.models import Q

from reminders.channels.base import Message, Recipient

RULE = "─" * 60


class ConsoleChannel:
    """Reaches everyone, at once and without fail."""

    name = "console"
    rate = 1000

    def reached(self) -> Q:
        return Q()

    def addresses(self, people: Collection[int]) -> dict[int, int]:
        return {person: person for person in people}

    def gone(self, address: int, *, now: dt.datetime) -> None:
        """A terminal does not go away."""

    async def send(self, recipient: Recipient, message: Message, *, ready: Callable[[], None]) -> int | None:
        ready()
        # Past Celery, which turns what is printed into log lines; in one write, so that two boxes do not mix.
        if sys.__stdout__ is not None:
            sys.__stdout__.write(box(f"⏰ {recipient.name}", message.text))
            sys.__stdout__.flush()
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def box(title: str, text: str) -> str:
    """The text in a frame. It is open to the right: how wide an emoji is, every terminal says otherwise."""
    lines = "".join(f"│ {line}".rstrip() + "\n" for line in text.splitlines())
    return f"╭─ {title}\n{lines}╰{RULE}\n"
