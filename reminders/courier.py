"""The courier: claims envelopes, has them delivered concurrently, and settles each soon after.

Nothing is sent inside a transaction, nor under a lease that has ended. Memory is bounded by the window, the number of
envelopes under way at once. All queries run in one thread with one connection, apart from the event loop.
"""

import asyncio
import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections

from reminders import clock, metrics, trail
from reminders.channels.base import Channel, ClaimLost
from reminders.claims import Claim, Outcome, claim, renew, settle
from reminders.delivery import deliver
from reminders.letters import Letter, open_envelopes

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
Key = tuple[int, uuid.UUID]

LEASE: Final = dt.timedelta(seconds=30)
BATCH: Final = 200  # envelopes in one claim
GATHER: Final = 0.03  # seconds that outcomes may wait to be settled together
GRACE: Final = 8.0  # seconds that messages on the wire get when the courier is to stop
PAUSE: Final = 0.5  # seconds before a query is tried again
# After so many failures in a row nothing more is risked but one message at a time, until one succeeds: what an endless
# silence swallows may have been carried out, and goes twice.
DOUBT: Final = 20
DOUBT_PAUSE: Final = 1.0  # seconds between such tries


def elapsed() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps, as leases do."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def key(one: Claim | Outcome) -> Key:
    """A claim is an envelope under one token: the same envelope may come to this courier again under another."""
    return one.envelope_id, one.token


class Held:
    """A claim as its courier sees it: whose, until when it may send, and whether a message is on the wire."""

    __slots__ = ("on_the_wire", "person_id", "until")

    def __init__(self, person_id: int, until: float) -> None:
        self.person_id = person_id
        self.until = until
        self.on_the_wire = False

    def ready(self) -> None:
        if elapsed() >= self.until:
            raise ClaimLost
        self.on_the_wire = True


class Courier:
    """Delivers on one channel, in one event loop. Any number of couriers may run, here and on other machines."""

    def __init__(
        self,
        channel: Channel,
        *,
        clock: Callable[[], dt.datetime] = clock.now,
        window: int | None = None,
        lease: dt.timedelta = LEASE,
    ) -> None:
        """`clock` judges what is due and late. `window` is how many envelopes may be under way at once."""
        self._channel = channel
        self._clock = clock
        # About a second's worth: enough to keep the limit busy, little to repeat where this process is killed.
        self._window = window or max(30, min(500, channel.rate))
        self._lease = lease
        self._held: dict[Key, Held] = {}
        self._carrying: dict[asyncio.Task[None], Held] = {}
        self._outcomes: list[Outcome] = []
        self._changed = asyncio.Event()
        self._to_settle = asyncio.Event()
        self._more = True
        self._stopping = False
        self._paused_until = 0.0
        self._failures = 0
        self._database = ThreadPoolExecutor(1, "courier-database")

    def wake(self) -> None:
        """There may be something to deliver. To be called in the courier's event loop, as `stop` is."""
        self._more = True
        self._changed.set()

    def stop(self) -> None:
        """Claim nothing more, give back what is not on the wire, and let `run` end."""
        self._stopping = True
        self._changed.set()

    async def run(self, *, until_idle: bool = False) -> None:
        """Deliver what is available, again whenever woken, until `stop`; or until nothing is left to do. Runs once."""
        background = [asyncio.create_task(self._settle_forever()), asyncio.create_task(self._renew_forever())]
        try:
            async with self._channel:
                while not self._stopping:
                    self._changed.clear()
                    if await self._take():
                        continue
                    if until_idle and not self._held:
                        break
                    await self._changed.wait()
                await self._wind_up()
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await self._query(connections.close_all)
            self._database.shutdown()
            metrics.IN_FLIGHT.set(0)

    async def _take(self) -> bool:
        """Claim what the window has room for and set out with it; whether there may be more to claim at once."""
        window = self._window if self._failures < DOUBT else 1
        # One person's envelopes go one after the other: those that wait for their chat leave others the room.
        busy = len({held.person_id for held in self._held.values()})
        room = min(window - busy, window + BATCH - len(self._held))
        # While others are under way, a few at a time are not worth the round trip.
        if not self._more or room < max(1, min(BATCH, window) // 4) or elapsed() < self._paused_until:
            return False
        self._more = False
        wanted = min(room, BATCH)
        until = elapsed() + self._lease.total_seconds()
        try:
            letters = await self._query(self._claim, wanted)
        except Exception as error:
            # What it may have claimed comes back when the lease ends; the next tick wakes this courier again.
            logger.warning("Nothing could be claimed: %s", error)
            return False
        self._more = self._more or len(letters) == wanted
        for letter in letters:
            held = self._held[key(letter.claim)] = Held(letter.claim.person_id, until)
            task = asyncio.create_task(self._carry(letter, held))
            self._carrying[task] = held
            task.add_done_callback(self._carrying.pop)
        metrics.IN_FLIGHT.set(len(self._held))
        return self._more

    def _claim(self, limit: int) -> list[Letter]:
        clock.compared()
        now = self._clock()
        claims = claim(now=now, limit=limit, lease=self._lease)
        trail.claimed(claims)
        return open_envelopes(claims, channel=self._channel, now=now)

    async def _carry(self, letter: Letter, held: Held) -> None:
        outcome = await deliver(letter, channel=self._channel, ready=held.ready, clock=self._clock)
        if outcome.reached is not None:
            self._failures = 0 if outcome.reached else self._failures + 1
        hold = max(outcome.hold, DOUBT_PAUSE if self._failures > DOUBT else 0.0)
        if hold:
            self._paused_until = max(self._paused_until, elapsed() + hold)
            # A tick that would wake it may go to many other processes first.
            asyncio.get_running_loop().call_later(hold, self.wake)
        self._outcomes.append(outcome)
        self._to_settle.set()

    async def _settle_forever(self) -> None:
        while True:
            await self._to_settle.wait()
            await asyncio.sleep(0 if len(self._outcomes) >= BATCH else GATHER)
            self._to_settle.clear()
            while self._outcomes:
                await self._settle(self._outcomes[:BATCH])

    async def _settle(self, outcomes: list[Outcome]) -> None:
        """Settle the oldest outcomes; where the database is away they stay, to be tried again."""
        try:
            for outcome in outcomes:
                if outcome.gone is not None:
                    address, found_out_at = outcome.gone
                    await self._query(self._channel.gone, address, now=found_out_at)
                    outcome.gone = None
            trail.settled(outcomes, held=await self._query(settle, outcomes, now=self._clock()))
        except (OperationalError, InterfaceError) as error:
            logger.warning("%s envelopes could not be settled yet: %s", len(outcomes), error)
            await asyncio.sleep(PAUSE)
            return
        except Exception:
            if len(outcomes) > 1:
                for outcome in outcomes:
                    await self._settle([outcome])
                return
            # Its claim runs out, and counts.
            logger.exception("Envelope %s could not be settled", outcomes[0].envelope_id)
        for outcome in outcomes:
            self._outcomes.remove(outcome)
            self._let_go(outcome)

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            began = elapsed()
            try:
                renewed = await self._query(renew, list(self._held), lease=self._lease)
            except Error as error:
                logger.warning("Claims could not be renewed: %s", error)
                continue
            for one in renewed & self._held.keys():
                self._held[one].until = began + self._lease.total_seconds()

    async def _wind_up(self) -> None:
        await asyncio.sleep(0)  # a task that never began could not give its claim back
        for task, held in list(self._carrying.items()):
            if not held.on_the_wire:
                task.cancel()
        if self._carrying:
            await asyncio.wait(list(self._carrying), timeout=GRACE)
        for task in list(self._carrying):
            task.cancel()
        if self._carrying:
            await asyncio.wait(list(self._carrying))
        deadline = elapsed() + GRACE
        while self._outcomes and elapsed() < deadline:
            self._to_settle.set()
            await asyncio.sleep(GATHER)

    def _let_go(self, one: Outcome) -> None:
        self._held.pop(key(one), None)
        metrics.IN_FLIGHT.set(len(self._held))
        self._changed.set()

    async def _query(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run queries in the one thread that has a connection, on a fresh one where the old one is dead."""

        def run() -> T:
            close_old_connections()
            return function(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._database, run)
