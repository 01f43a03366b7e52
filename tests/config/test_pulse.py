"""The file by whose age a container's health is told."""

from pathlib import Path
from typing import Any

import pytest
from celery import signals

from config.celery import beat_lives, beat_starts
from contract import pulse


@pytest.fixture
def pulse_file(settings: Any, tmp_path: Path) -> Path:
    settings.PULSE_FILE = str(tmp_path / "pulse")
    return tmp_path / "pulse"


def test_it_touches_the_file_again_and_again(pulse_file: Path) -> None:
    pulse.beat()
    first = pulse_file.stat().st_mtime_ns
    pulse.beat()
    assert pulse_file.stat().st_mtime_ns >= first


def test_it_touches_nothing_where_no_file_is_set(settings: Any, tmp_path: Path) -> None:
    settings.PULSE_FILE = ""
    pulse.beat()
    assert not list(tmp_path.iterdir())


def test_a_worker_that_takes_tasks_in_is_seen(pulse_file: Path) -> None:
    signals.heartbeat_sent.send(sender=None)
    assert pulse_file.exists()


def test_beat_is_seen_once_it_publishes(pulse_file: Path) -> None:
    signals.after_task_publish.send(sender="reminders.tick")
    assert not pulse_file.exists(), "a process that is not beat publishes too"
    beat_starts()
    try:
        signals.after_task_publish.send(sender="another.task")
        assert pulse_file.exists()
    finally:
        signals.after_task_publish.disconnect(beat_lives)
