"""The Celery app: `celery -A config worker`, `celery -A config beat -S django`."""

import os

from celery import Celery, signals

from contract import pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("habits")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def worker_lives(**_: object) -> None:
    """Every 2 s from the loop that takes tasks in; it stops while the broker is away."""
    pulse.beat()


def beat_starts(**_: object) -> None:
    """Beat lives while it publishes: the ticks leave it every second."""
    signals.after_task_publish.connect(beat_lives)


def beat_lives(**_: object) -> None:
    pulse.beat()


signals.heartbeat_sent.connect(worker_lives)
signals.beat_init.connect(beat_starts)
