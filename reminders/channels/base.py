"""What a channel is: a way to people, and how one message goes out on it."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from django.db.models import Q

from reminders.channels.buttons import Row


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person as a channel needs them. `address` is where it reaches them: Telegram's chat id, say."""

    person_id: int
    name: str
    language: str
    address: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its text (plain, within the channel's limit), the reminders that it tells of, its buttons."""

    text: str
    reminders: tuple[int, ...]
    rows: Sequence[Row] = ()


class ClaimLost(Exception):
    """The claim ran out before the message went: nothing was sent, and another worker has it now."""


class Channel(Protocol):
    """A channel, for one event loop. The two questions are asked outside of it, in a thread that may query."""

    name: str
    # The most messages a second that it takes.
    rate: int

    def reached(self) -> Q:
        """The people (`accounts.Person`) whom it reaches."""
        ...

    def addresses(self, people: Collection[int]) -> dict[int, int]:
        """Where it reaches each of these people; those whom it does not reach are absent. One query."""
        ...

    def gone(self, address: int, *, now: dt.datetime) -> None:
        """`send` found out at `now` that nothing reaches this address any more: its person's reminders are to stop."""
        ...

    async def send(self, recipient: Recipient, message: Message, *, ready: Callable[[], None]) -> int | None:
        """Send one message as soon as the limits allow; its number, where the channel gives one.

        `ready` is called right before it goes out, and what it raises ends the call with nothing sent.
        Raises `telegram.errors.TelegramError`: ChatGone and Rejected are final, RetryAfter and Transient are not.
        """
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
