"""The queue of the simulated morning, against what can be reckoned by hand."""

import pytest

from benchmarks.morning import DAY, day, queued


def test_a_day_within_the_limit_has_nobody_late() -> None:
    minutes = [0] * DAY
    minutes[420] = 300
    assert queued(minutes, 30) == (10, 0, 0)


def test_what_one_minute_leaves_over_delays_the_next() -> None:
    minutes = [0] * DAY
    minutes[420], minutes[421] = 3600, 60
    # 120 s for the first; the second's 60 come 2 s after that, a minute of which is its own.
    last, late, missed = queued(minutes, 30)
    assert (last, missed) == (120, 0)
    assert late == pytest.approx(1800 + 60)


def test_what_is_an_hour_late_is_missed() -> None:
    minutes = [0] * DAY
    minutes[420] = 5000
    last, _late, missed = queued(minutes, 1)
    assert (last, missed) == (3600, 1400)


def test_envelopes_are_fewer_than_reminders_and_never_more() -> None:
    reminders, envelopes = day(200, lambda _done: None)
    assert 200 <= sum(envelopes) < sum(reminders)
    assert all(joined <= single for joined, single in zip(envelopes, reminders, strict=True))
