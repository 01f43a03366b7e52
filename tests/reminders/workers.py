"""Workers taken apart: each step of a courier's on its own, so that any two of them can be interleaved."""

import asyncio
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from django.db import connection, connections, transaction

from habits.models import Schedule
from reminders.channels.base import ClaimLost, Message, Recipient
from reminders.channels.telegram import TelegramChannel
from reminders.claims import Claim, Outcome, claim, renew, settle
from reminders.courier import LEASE
from reminders.delivery import deliver
from reminders.letters import Letter, open_envelopes
from reminders.models import Reminder
from reminders.planner import plan
from telegram.errors import ChatGone, Rejected, RetryAfter, Transient, Unreached

T = TypeVar("T")
Key = tuple[int, uuid.UUID]


class Killed(BaseException):
    """The process is gone, in the middle of whatever it did."""


# What a message can meet before it is carried out, and after: its answer is lost, or whoever waits for it.
BEFORE: Final[dict[str, Callable[[], BaseException]]] = {
    "429": lambda: RetryAfter(1),
    "5xx": lambda: Transient("HTTP 502"),
    "unreached": lambda: Unreached("no connection"),
    "rejected": lambda: Rejected("400 Bad Request: message text is empty"),
    "gone": lambda: ChatGone("403 Forbidden: bot was blocked by the user"),
    "unforeseen": lambda: ZeroDivisionError("nobody foresaw it"),
    "stopped": asyncio.CancelledError,
    "killed before": Killed,
}
AFTER: Final[dict[str, Callable[[], BaseException]]] = {
    "answer lost": lambda: Transient("no answer within 20 s"),
    "killed after": Killed,
}
ENDS: Final = ["sent", "sent", "sent", "stalled on the wire", *BEFORE, *AFTER]


class ScriptedTelegram(TelegramChannel):
    """Telegram, whose far side is a script: the first `parts` messages are taken, the next one meets `end`."""

    def __init__(self) -> None:
        super().__init__()
        self.parts, self.end = 0, "sent"
        self.carried_out: list[int] = []
        self.numbers = iter(range(1, 1_000_000))

    async def send(self, recipient: Recipient, message: Message, *, ready: Callable[[], None]) -> int | None:
        end = self.end if self.parts <= 0 else "sent"
        self.parts -= 1
        ready()
        if end in BEFORE:
            raise BEFORE[end]()
        self.carried_out += message.reminders
        if end in AFTER:
            raise AFTER[end]()
        return next(self.numbers)


class Worker:
    """Holds claims as a courier does, and keeps account of every reminder that it has told of."""

    def __init__(self) -> None:
        self.channel = ScriptedTelegram()
        self.letters: list[Letter] = []
        self.outcomes: list[Outcome] = []
        # Claims whose lease has ended while this worker stalled.
        self.overdue: set[Key] = set()
        # How often each reminder went out: settled as sent, and not (killed, answer or claim lost).
        self.settled: Counter[int] = Counter()
        self.unsettled: Counter[int] = Counter()

    def holds(self) -> list[Key]:
        claims: list[Claim | Outcome] = [*(letter.claim for letter in self.letters), *self.outcomes]
        return [(one.envelope_id, one.token) for one in claims]

    def claim(self, *, now: dt.datetime, limit: int, dies: bool) -> None:
        found = claim(now=now, limit=limit, lease=LEASE)
        if dies:
            self.letters += [Letter(one) for one in found]
            self.die()
        else:
            self.letters += open_envelopes(found, channel=self.channel, now=now)

    def send(self, letter: Letter, *, parts: int, end: str, now: dt.datetime) -> Outcome | None:
        """Send one letter; what came of it, to be settled some time. None where that killed this worker."""
        self.letters.remove(letter)
        key = letter.claim.envelope_id, letter.claim.token

        def ready() -> None:
            # Whoever stalls after this has the message on the wire, and cannot take it back.
            if key in self.overdue and end != "stalled on the wire":
                raise ClaimLost

        told_before = self._told(pk for message in letter.messages for pk in message.reminders)
        self.channel.parts, self.channel.end, self.channel.carried_out = parts, end, []
        sending = deliver(letter, channel=self.channel, ready=ready, clock=lambda: now)
        try:
            sending.send(None)
        except StopIteration as done:
            outcome: Outcome = done.value
        except Killed:
            assert key in self.overdue or not told_before & set(self.channel.carried_out)
            self.unsettled.update(self.channel.carried_out)
            self.letters.append(letter)
            self.die()
            return None
        assert key in self.overdue or not told_before & set(self.channel.carried_out)
        told = {one.reminder_id for one in outcome.told if one.state == Reminder.State.SENT}
        self.unsettled.update(set(self.channel.carried_out) - told)
        self.outcomes.append(outcome)
        return outcome

    def _told(self, reminders: Iterable[int]) -> set[int]:
        sent = Reminder.objects.filter(pk__in=list(reminders), state=Reminder.State.SENT)
        return set(sent.values_list("pk", flat=True))

    def settle(self, number: int, *, now: dt.datetime) -> None:
        outcomes, self.outcomes = self.outcomes[:number], self.outcomes[number:]
        kept = settle(outcomes, now=now)
        for outcome in outcomes:
            told = [one.reminder_id for one in outcome.told if one.state == Reminder.State.SENT]
            key = outcome.envelope_id, outcome.token
            held = key in kept
            assert held or key in self.overdue
            (self.settled if held else self.unsettled).update(told)

    def renew(self) -> None:
        kept = renew(self.holds(), lease=LEASE)
        assert set(self.holds()) - kept <= self.overdue
        self.overdue -= kept

    def stall(self) -> None:
        """Until its leases have ended."""
        self.overdue |= set(self.holds())
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reminders_envelope SET claimed_until = clock_timestamp() WHERE claim_token = ANY(%s)",
                [[token for _, token in self.overdue]],
            )

    def die(self) -> None:
        for outcome in self.outcomes:
            self.unsettled.update(one.reminder_id for one in outcome.told if one.state == Reminder.State.SENT)
        # Nobody waits for a dead worker's leases to end.
        self.stall()
        self.letters, self.outcomes, self.overdue = [], [], set()


class Enough(Exception):
    """One batch is all that was wanted."""


def enough() -> None:
    raise Enough


class OtherPlanner:
    """A second planner, on a connection of its own, that can be caught in the middle of its transaction."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1)
        self.holds: set[int] | None = None

    def begin(self, *, now: dt.datetime, batch: int) -> None:
        """Plan one batch, and commit nothing yet."""
        self.holds = self._run(lambda: self._plan(now, batch))

    def end(self, *, commit: bool) -> Iterable[int]:
        """The habits that it has planned, none if it died instead."""
        holds, self.holds = self.holds or set(), None
        self._run(lambda: self._end(commit))
        return holds if commit else ()

    def close(self) -> None:
        self._run(connections.close_all)
        self.thread.shutdown()

    def _plan(self, now: dt.datetime, batch: int) -> set[int]:
        transaction.set_autocommit(False)
        before = dict(Schedule.objects.values_list("pk", "next_at"))
        with suppress(Enough):
            plan(now=now, batch=batch, on_batch=enough)
        return {pk for pk, next_at in Schedule.objects.values_list("pk", "next_at") if next_at != before[pk]}

    def _end(self, commit: bool) -> None:
        (transaction.commit if commit else transaction.rollback)()
        transaction.set_autocommit(True)

    def _run(self, function: Callable[[], T]) -> T:
        return self.thread.submit(function).result(60)
