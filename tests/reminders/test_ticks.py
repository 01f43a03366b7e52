"""Beat's entries, and what a tick does."""

import datetime as dt
from collections.abc import Iterator

import pytest
import redis
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from accounts.models import Person
from contract import health
from reminders import alive, tasks
from reminders.moving import replan_everyone
from reminders.office import office
from tests.beat import beat
from tests.reminders.conftest import MINUTE, due_habit, states


@pytest.fixture
def closing_time() -> Iterator[None]:
    """The courier that a tick wakes goes home after the test."""
    yield
    office.close()


@pytest.mark.django_db(transaction=True)
def test_each_start_of_beat_writes_a_tick_that_expires() -> None:
    for _ in range(2):
        beat()
        entry = PeriodicTask.objects.get(name="reminders.tick")
        assert (entry.task, entry.queue, entry.expire_seconds) == ("reminders.tick", "wakes", 2)
        assert entry.interval is not None
        assert (entry.interval.every, entry.interval.period, entry.enabled) == (1, "seconds", True)
        # As an older version, or a hand, may have left it.
        PeriodicTask.objects.update(expire_seconds=None, queue=None)


@pytest.mark.django_db(transaction=True)
def test_beat_sends_the_expiry_along() -> None:
    assert beat().schedule["reminders.tick"].options["expires"] == 2


def test_ticks_that_nobody_runs_do_not_pile_up(valkey: redis.Redis) -> None:
    for number in range(200):
        valkey.lpush("wakes", number)
        alive.ticked(sender="reminders.tick")
    assert valkey.llen("wakes") == alive.LONGEST_QUEUE
    assert valkey.lindex("wakes", 0) == b"199"


def test_other_messages_are_left_alone(valkey: redis.Redis) -> None:
    for number in range(200):
        valkey.lpush("wakes", number)
    alive.ticked(sender="telegram.tasks.ask_in_chat")
    assert valkey.llen("wakes") == 200


@pytest.mark.django_db(transaction=True)
def test_a_tick_plans_and_has_it_delivered(valkey: redis.Redis, alice: Person, closing_time: None) -> None:
    now = timezone.now()
    last_minute = now.replace(second=0, microsecond=0)
    habit = due_habit(alice, at=last_minute, now=now - 2 * MINUTE)
    tasks.tick()
    office.close()
    assert states(habit) == [(last_minute, "sent")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", ["replan_everyone", "release_expired"])
def test_a_part_that_fails_in_a_way_nobody_foresaw_stops_no_planning(
    valkey: redis.Redis, alice: Person, closing_time: None, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError("poison")

    monkeypatch.setattr(f"reminders.ticking.{part}", fail)
    now = timezone.now()
    habit = due_habit(alice, at=now.replace(second=0, microsecond=0), now=now - 2 * MINUTE)
    tasks.tick()
    office.close()
    assert [state for _, state in states(habit)] == ["sent"]
    assert not alive.seen_lately("worker")


@pytest.mark.django_db(transaction=True)
def test_an_idle_tick_asks_little(valkey: redis.Redis, alice: Person, closing_time: None) -> None:
    due_habit(alice, at=timezone.now() + dt.timedelta(hours=3), now=timezone.now())
    replan_everyone(now=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        tasks.tick()
    asked = [query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "COMMIT"))]
    # The database's clock, a change of channel, leases that have ended, whether anything is due.
    assert len(asked) == 4


def test_readiness_names_beat_and_worker_until_they_are_seen(valkey: redis.Redis) -> None:
    cache.clear()
    assert [health.PARTS[part]() for part in ("beat", "worker")] == [False, False]
    alive.seen("worker")
    assert [health.PARTS[part]() for part in ("beat", "worker")] == [False, True]
    alive.ticked(sender="reminders.tick")
    assert [health.PARTS[part]() for part in ("beat", "worker")] == [True, True]
