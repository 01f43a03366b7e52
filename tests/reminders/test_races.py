"""Writers of all kinds against planners and couriers, on real connections: no deadlock, nothing lost."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import cycle
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import Person
from accounts.services import erase, update_profile
from contract.errors import Conflict
from habits.models import Schedule
from habits.services import create_habit, delete_habit, update_habit
from reminders.claims import Outcome, Told, claim, settle
from reminders.models import Envelope, Reminder
from reminders.planner import plan
from reminders.snoozing import snooze
from reminders.sweeping import release_expired
from telegram.chats import mark_chat_gone, seen
from tests.bot_api import Control
from tests.people import make_person
from tests.reminders.conftest import BEFORE, DAY, DUE, MINUTE, answer, due_habit, linked

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = 740
ROUNDS = 12
LEASE = dt.timedelta(seconds=30)


def race(*actors: Callable[[], Any]) -> None:
    """Run all at once, each with a connection of its own; what one of them raises fails the test."""
    start = threading.Barrier(len(actors))
    errors: list[BaseException] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(60)
            act()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[actor]) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert errors == []


def clock() -> Iterator[dt.datetime]:
    return iter(DUE + number * DAY for number in range(ROUNDS))


def planner() -> None:
    for now in clock():
        plan(now=now, batch=3)


def deliver_some(now: dt.datetime, *, at_most: int) -> int:
    """What a courier does but for the sending; how many envelopes it settled."""
    outcomes = []
    for one in claim(now=now, limit=at_most, lease=LEASE):
        inside = Reminder.objects.filter(envelope=one.envelope_id, state="waiting").values_list("pk", flat=True)
        outcomes.append(Outcome(one.envelope_id, one.token, 0, [Told(pk, Reminder.State.SENT) for pk in inside]))
    return len(settle(outcomes, now=now))


def courier() -> None:
    for now in clock():
        deliver_some(now, at_most=5)
        release_expired(now=now)


def nothing_is_lost() -> None:
    """Everything due is planned, and all that waits can still be delivered."""
    last = DUE + ROUNDS * DAY
    plan(now=last)
    assert not Schedule.objects.filter(next_at__lte=last).exists()
    while deliver_some(last, at_most=100):
        pass
    assert not Reminder.objects.filter(state="waiting").exists()
    assert not Envelope.objects.exists()


def test_edits_zones_chats_and_deletions_race_with_planners_and_couriers(bot_api: Control) -> None:
    people = [linked(make_person(f"P{number}"), CHAT + number) for number in range(4)]
    habits = {person.pk: [due_habit(person) for _ in range(4)] for person in people}

    def edit(person: Person) -> Callable[[], None]:
        def act() -> None:
            times = cycle([dt.time(7), dt.time(6, 59), dt.time(8)])
            for now, at in zip(clock(), times, strict=False):
                for habit in habits[person.pk][:2]:
                    update_habit(person=person, habit_id=habit.pk, now=now, time=at)
                    update_habit(person=person, habit_id=habit.pk, now=now, is_paused=at.hour == 8)
                fresh = create_habit(
                    person=person, now=now, action="swim", place="the sea", time=dt.time(7), reward="rest"
                )
                delete_habit(person=person, habit_id=fresh.pk, now=now)

        return act

    def travel(person: Person) -> Callable[[], None]:
        def act() -> None:
            for now, zone in zip(clock(), cycle(["Asia/Tokyo", "UTC"]), strict=False):
                update_profile(person=person, changes={"timezone": zone}, now=now)

        return act

    def pause(person: Person) -> Callable[[], None]:
        def act() -> None:
            for now, days in zip(clock(), cycle([1, 3, None]), strict=False):
                until = None if days is None else now.date() + days * DAY
                update_profile(person=person, changes={"paused_until": until}, now=now)

        return act

    def answer_or_put_off(person: Person) -> Callable[[], None]:
        def act() -> None:
            for now, habit in zip(clock(), cycle(habits[person.pk]), strict=False):
                with suppress(Conflict):
                    date = now.date()
                    snooze(person=person, habit_id=habit.pk, date=date, until=now + MINUTE, now=now)
                    answer(habit, now=now, date=date)

        return act

    def block(chat_id: int) -> Callable[[], None]:
        def act() -> None:
            for now in clock():
                mark_chat_gone(chat_id=chat_id, now=now)
                seen(chat_id=chat_id, username=None, language_code=None, now=now)

        return act

    race(
        planner, planner, courier, courier,
        edit(people[0]), edit(people[1]), travel(people[0]), travel(people[1]), block(CHAT), block(CHAT + 1),
        pause(people[0]), pause(people[2]), *map(answer_or_put_off, people),
    )  # fmt: skip
    nothing_is_lost()


def test_erasing_people_races_with_planners_and_couriers(bot_api: Control) -> None:
    people = [linked(make_person(f"P{number}"), CHAT + number) for number in range(12)]
    for person in people:
        for _ in range(3):
            due_habit(person)
    doomed = people[::2]
    race(planner, courier, courier, *([lambda person=person: erase(person=person) for person in doomed]))
    assert Person.objects.count() == 6
    assert not Reminder.objects.exclude(habit__owner__in=[one for one in people if one not in doomed]).exists()
    nothing_is_lost()


def held_up(thread: threading.Thread) -> bool:
    """Whether somebody waits for their turn at a person's schedules, before `thread` has ended."""
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.01)
    return False


def link_a_chat(person: Person) -> None:
    linked(person, CHAT)


def move_to_tokyo(person: Person) -> None:
    update_profile(person=person, changes={"timezone": "Asia/Tokyo"}, now=BEFORE)


def pause_and_link_a_chat(person: Person) -> None:
    update_profile(person=person, changes={"paused_until": BEFORE.date() + 3 * DAY}, now=BEFORE)
    link_a_chat(person)


@pytest.mark.parametrize(
    ("change", "zone", "expected"),
    [
        (link_a_chat, "Europe/Moscow", DUE),
        (move_to_tokyo, "Asia/Tokyo", None),
        (pause_and_link_a_chat, "Europe/Moscow", DUE + 3 * DAY),
    ],
)
def test_a_habit_that_nobody_can_see_yet_does_not_miss_what_changes_meanwhile(
    bot_api: Control, alice: Person, change: Callable[[Person], None], zone: str, expected: dt.datetime | None
) -> None:

    def act() -> None:
        change(alice)
        connections.close_all()

    other = threading.Thread(target=act)
    with transaction.atomic():
        due_habit(alice)
        other.start()
        assert held_up(other)
    other.join(60)
    assert Schedule.objects.values_list("timezone", "next_at").get() == (zone, expected)
