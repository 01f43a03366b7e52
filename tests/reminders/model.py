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
INSTANT = dt.timedelta(microseconds=1)


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


def begins(date: dt.date, zone: str) -> dt.datetime:
    """The first instant of a date; of a date that the zone never had, that of the next."""
    return instant(dt.datetime.combine(date, dt.time()), zone) or begins(date + DAY, zone)


@dataclass
class Place:
    """A chat: when it last wrote, and whether it has blocked the bot."""

    chat_id: int
    seen_at: dt.datetime
    blocked: bool = False


@dataclass
class Member:
    """A person, the chat that they have linked, and the first date that they want to be reminded of again."""

    person: Person
    chat: Place | None = None
    paused_until: dt.date | None = None

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

    def resumes(self, now: dt.datetime) -> dt.datetime | None:
        """When its owner's pause of everything ends; None where none is on."""
        until = self.owner.paused_until
        end = None if until is None else begins(until, self.rule.timezone)
        return end if end and end > now else None

    def from_now_on(self, now: dt.datetime) -> dt.datetime:
        """After this moment it is to be reminded of."""
        resumes = self.resumes(now)
        return resumes - INSTANT if resumes else now


@dataclass
class Model:
    now: dt.datetime
    latest: dt.datetime = field(init=False)
    members: list[Member] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    habits: dict[int, Wanted] = field(default_factory=dict)
    # What was asked to be told once more, by its habit and date.
    snoozes: dict[tuple[int, dt.date], Occurrence] = field(default_factory=dict)
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
            habit.planned_until = habit.from_now_on(self.now)

    def remove(self, habit: Wanted) -> None:
        """Its reminders go with it."""
        del self.habits[habit.pk]
        self.promised = {one for one in self.promised if one[0] != habit.pk}

    def plan(self, habit: Wanted, now: dt.datetime) -> None:
        """What is due is promised."""
        if habit.planned_until is None or habit.planned_until >= now:
            return
        found = due(habit.rule, after=habit.planned_until, until=now)
        if found:
            kept_since = now - settings.REMINDERS_KEPT_FOR
            self.promised |= {(habit.pk, at) for at in found if at >= kept_since}
            habit.planned_until = now

    def changed(self, habit: Wanted, rule: Rule, now: dt.datetime, *, repaused: bool = False) -> None:
        """It has a new rule, or was paused or taken up again, or its person is reached no more, or again, or pauses."""
        moved = rule != habit.rule
        before, habit.rule = habit.rule, rule
        resumes = habit.resumes(now)
        if moved or not habit.active or resumes:
            habit.rule = before
            self.plan(habit, now)
            habit.rule = rule
            self.withdrawn |= {one for one in self.promised if one[0] == habit.pk}
        if not habit.active:
            habit.planned_until = None
        elif (
            moved
            or habit.next_at is None
            or (resumes and (repaused or habit.next_at < resumes))
            or (repaused and habit.next_at > now)
        ):
            habit.planned_until = habit.from_now_on(now)

    def wants(self, pk: int, at: dt.datetime) -> bool:
        """Whether this is still to be told of, as things stand now."""
        habit = self.habits[pk]
        resumes = habit.resumes(self.now)
        if not habit.active or (resumes and at < resumes):
            return False
        is_due = due(habit.rule, after=at - dt.timedelta(seconds=1), until=at) == [at]
        return is_due or (pk, at) in self.snoozes.values()

    def snoozed(self, pk: int, date: dt.date, at: dt.datetime) -> None:
        """In place of what was snoozed before."""
        if (pk, date) in self.snoozes:
            self.withdrawn.add(self.snoozes[pk, date])
        self.snoozes[pk, date] = (pk, at)
        self.promised.add((pk, at))

    def paused(self, member: Member, until: dt.date | None) -> None:
        zone = member.person.timezone
        ends = []
        for date in (member.paused_until, until):
            end = begins(date, zone) if date else None
            ends.append(end if end and end > self.now else None)
        member.paused_until = until
        if ends[0] != ends[1]:
            for habit in self.of(member):
                self.changed(habit, habit.rule, self.now, repaused=True)

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
