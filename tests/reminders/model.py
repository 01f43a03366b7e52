"""What ought to happen, told apart from how: people, habits, and the occurrences that somebody was to be reminded of.

It knows nothing of rows, batches, claims or locks. When a schedule is due it asks the oracle, not the code.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import Person
from habits.occurrences import Rule
from tests.habits.oracle import DAY, oracle_dates, oracle_instant

Occurrence = tuple[int, dt.datetime]


@cache
def instant(wall: dt.datetime, zone: str) -> dt.datetime | None:
    return oracle_instant(wall, ZoneInfo(zone))


def due(rule: Rule, *, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """The instants with after < instant <= until."""
    zone = ZoneInfo(rule.timezone)
    first, last = after.astimezone(zone).date() - 2 * DAY, until.astimezone(zone).date() + 2 * DAY
    dates = oracle_dates(rule, max(first, rule.starts_on), max(last, rule.starts_on))
    found = (instant(dt.datetime.combine(date, rule.time), rule.timezone) for date in dates)
    return [at for at in found if at is not None and after < at <= until]


@cache
def first_due(rule: Rule, after: dt.datetime) -> dt.datetime:
    """The first instant after that one."""
    for weeks in count(1):
        if found := due(rule, after=after, until=after + weeks * 8 * DAY):
            return found[0]
    raise AssertionError("a rule is due within a week of its start")


@dataclass
class Place:
    """A chat: when it last wrote, and whether it has blocked the bot."""

    chat_id: int
    seen_at: dt.datetime
    blocked: bool = False


@dataclass
class Member:
    """A person, and the chat that they have linked."""

    person: Person
    chat: Place | None = None

    @property
    def reached(self) -> bool:
        return self.chat is not None and not self.chat.blocked


@dataclass
class Wanted:
    """A habit as its owner wants it. What was due up to `planned_until` is dealt with; None while it is idle."""

    pk: int
    owner: Member
    rule: Rule
    paused: bool = False
    planned_until: dt.datetime | None = None

    @property
    def active(self) -> bool:
        return not self.paused and self.owner.reached

    @property
    def next_at(self) -> dt.datetime | None:
        return None if self.planned_until is None else first_due(self.rule, self.planned_until)


@dataclass
class Model:
    now: dt.datetime
    latest: dt.datetime = field(init=False)
    members: list[Member] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    habits: dict[int, Wanted] = field(default_factory=dict)
    # Each of these has exactly one reminder, and it ends in exactly one final state.
    promised: set[Occurrence] = field(default_factory=set)
    # These may have been cancelled: the habit was changed or its person lost, after they were promised.
    withdrawn: set[Occurrence] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.latest = self.now

    def move_clock(self, by: dt.timedelta) -> None:
        self.now += by
        self.latest = max(self.latest, self.now)

    def add(self, habit: Wanted) -> None:
        self.habits[habit.pk] = habit
        if habit.active:
            habit.planned_until = self.now

    def remove(self, habit: Wanted) -> None:
        """Its reminders go with it."""
        del self.habits[habit.pk]
        self.promised = {one for one in self.promised if one[0] != habit.pk}

    def plan(self, habit: Wanted, now: dt.datetime) -> None:
        """What is due is promised."""
        if habit.planned_until is None:
            return
        found = due(habit.rule, after=habit.planned_until, until=now)
        if found:
            kept_since = now - settings.REMINDERS_KEPT_FOR
            self.promised |= {(habit.pk, at) for at in found if at >= kept_since}
            habit.planned_until = now

    def changed(self, habit: Wanted, rule: Rule, now: dt.datetime) -> None:
        """It has a new rule, or was paused or taken up again, or its person is reached no more, or again."""
        moved = rule != habit.rule
        if moved or not habit.active:
            self.plan(habit, now)
            self.withdrawn |= {one for one in self.promised if one[0] == habit.pk}
        habit.rule = rule
        if not habit.active:
            habit.planned_until = None
        elif moved or habit.planned_until is None:
            habit.planned_until = now

    def wants(self, pk: int, at: dt.datetime) -> bool:
        """Whether this occurrence is still to be told of, as things stand now."""
        habit = self.habits[pk]
        return habit.active and due(habit.rule, after=at - dt.timedelta(seconds=1), until=at) == [at]

    def of(self, member: Member) -> list[Wanted]:
        return [habit for habit in self.habits.values() if habit.owner is member]

    def moved_to(self, member: Member, zone: str) -> None:
        for habit in self.of(member):
            self.changed(habit, replace(habit.rule, timezone=zone), self.now)

    def linked(self, member: Member, chat_id: int) -> None:
        member.chat = self.places.setdefault(chat_id, Place(chat_id, self.now))
        member.chat.blocked = False
        self._reach_changed(member, self.now)

    def unlinked(self, member: Member) -> None:
        member.chat = None
        self._reach_changed(member, self.now)

    def wrote(self, chat_id: int) -> None:
        place = self.places.setdefault(chat_id, Place(chat_id, self.now))
        place.seen_at, place.blocked = max(self.now, place.seen_at), False
        self._chat_changed(place, self.now)

    def gone(self, chat_id: int, found_out_at: dt.datetime) -> None:
        place = self.places[chat_id]
        if not place.blocked and place.seen_at <= found_out_at:
            place.blocked = True
            self._chat_changed(place, found_out_at)

    def _chat_changed(self, place: Place, now: dt.datetime) -> None:
        for member in self.members:
            if member.chat is place:
                self._reach_changed(member, now)

    def _reach_changed(self, member: Member, now: dt.datetime) -> None:
        for habit in self.of(member):
            self.changed(habit, habit.rule, now)
