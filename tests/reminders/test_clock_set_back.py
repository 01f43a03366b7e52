"""Beat by a clock that is set back."""

import datetime as dt

import pytest
import redis
import time_machine
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from reminders import alive
from tests.beat import beat

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 1, 31, 7, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def ticking() -> DatabaseScheduler:
    scheduler = beat()
    alive.keep_ticking(scheduler)
    return scheduler


def ticks(scheduler: DatabaseScheduler, valkey: "redis.Redis") -> int:
    """How many ticks beat sends in a few rounds of its loop."""
    before = valkey.llen("wakes")
    # One entry at a time: after an hour all that cleans up is due as well.
    for _ in range(2 * len(scheduler.schedule)):
        scheduler.tick()
    return int(valkey.llen("wakes")) - int(before)


def test_beat_goes_on_when_its_clock_is_set_back(valkey: "redis.Redis") -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        scheduler = ticking()
        clock.shift(2)
        assert ticks(scheduler, valkey) == 1
        clock.move_to(NOW - HOUR)
        ticks(scheduler, valkey)
        for _ in range(3):
            clock.shift(1.1)
            assert ticks(scheduler, valkey) == 1


def test_beat_starts_though_its_last_tick_lies_ahead(valkey: "redis.Redis") -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        ticking()
        PeriodicTask.objects.update(last_run_at=NOW + HOUR)
        scheduler = ticking()
        ticks(scheduler, valkey)
        clock.shift(1.1)
        assert ticks(scheduler, valkey) == 1


def test_a_clock_that_is_set_forward_makes_no_storm(valkey: "redis.Redis") -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        scheduler = ticking()
        clock.shift(2)
        ticks(scheduler, valkey)
        clock.shift(3600)
        assert ticks(scheduler, valkey) == 1
        assert ticks(scheduler, valkey) == 0
