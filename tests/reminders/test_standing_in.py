"""Which processes tick by themselves: a tick of beat's reaches one of many."""

import datetime as dt
from collections.abc import Iterator

import pytest
import redis
from pytest_django import Settings

from reminders import alive, tasks
from reminders.office import office
from reminders.standing_in import StandIn


@pytest.fixture
def quiet(valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A process that has heard no tick for long enough."""
    monkeypatch.setattr("reminders.standing_in.SILENCE", -2.0)
    # Neither is over while a busy machine stalls the test.
    monkeypatch.setattr("reminders.standing_in.ASK_AGAIN", 300.0)
    monkeypatch.setattr(alive, "HEARD_LATELY", dt.timedelta(minutes=5))
    alive._broker.cache_clear()
    yield StandIn()
    alive._broker.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_process_leaves_ticking_to_beat_while_another_hears_it(quiet: StandIn, valkey: redis.Redis) -> None:
    """With more than three processes each hears beat less often than every three seconds."""
    assert quiet.is_alone()
    tasks.tick()
    office.close()
    assert not quiet.is_alone()
    assert 0 < valkey.pttl(alive.HEARD) <= 300_000
    valkey.delete(alive.HEARD)
    assert quiet.is_alone()


def test_a_process_that_finds_no_redis_ticks_by_itself(quiet: StandIn, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert quiet.is_alone()
    # It asks no more for a while, lest a Redis that hangs should make ticks late.
    settings.CELERY_BROKER_URL = settings.REDIS_URL
    alive._broker.cache_clear()
    alive.heard()
    assert quiet.is_alone()


def warnings(stand_in: StandIn, caplog: pytest.LogCaptureFixture, *is_alone: bool) -> int:
    """How many it gives while it finds itself alone, or not, one second after the other."""
    caplog.clear()
    for one in is_alone:
        stand_in.tell(is_alone=one)
    return len(caplog.messages)


def test_it_warns_once_of_a_beat_that_stops(caplog: pytest.LogCaptureFixture) -> None:
    stand_in = StandIn()
    stand_in.heard()
    assert warnings(stand_in, caplog, False, True, True) == 1
    assert warnings(stand_in, caplog, False, True, True) == 1


def test_it_does_not_warn_of_a_beat_that_comes_up_after_it(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = StandIn()
    assert warnings(stand_in, caplog, True, True, False) == 0
    monkeypatch.setattr("reminders.standing_in.STARTING", -1.0)
    assert warnings(stand_in, caplog, True, True) == 1
