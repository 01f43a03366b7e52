"""The Celery app: `celery -A config worker`, `celery -A config beat -S django`."""

import os
from typing import Any

from billiard import pool
from celery import Celery, signals
from celery.app.amqp import AMQP
from kombu import connection
from kombu.transport.redis import Channel

from contract import metrics_port, pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


# What was taken in and not acknowledged yet is not put back when the broker is lost: kombu would trip over the
# connection that is gone, and take the worker along. It comes again by itself after a while, and rows are the truth.
Channel.do_restore = False


# A pool's process that ends waits for the first process to read the last task's result, which reads no more when it is
# stopped at the wrong moment. Billiard lets that take 30 s, in which the courier goes on. No task here has a result.
pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 10  # times a tenth of a second


class Connection(connection.Connection):
    """To the broker, tried every second: kombu's own pause grows to half a minute, and so would reminders be late."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        every_second = {"interval_start": 1, "interval_step": 0, "interval_max": 1}
        return super().ensure_connection(*args, **every_second | options)  # type: ignore[no-untyped-call]


class Broker(AMQP):  # type: ignore[misc]  # Celery is untyped
    Connection = Connection


app = Celery("habits", amqp=Broker)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def worker_lives(**_: object) -> None:
    """Every 2 s from the loop that takes tasks in; it stops while the broker is away."""
    pulse.beat()


def worker_starts(**_: object) -> None:
    """In the worker itself, before its pool is forked."""
    metrics_port.serve()


def beat_starts(**_: object) -> None:
    """Beat lives while it publishes: the ticks leave it every second. Being the only one, it shows the backlog."""
    from reminders.metrics import of_the_system  # the apps are ready only now

    metrics_port.serve(of_the_system)
    signals.after_task_publish.connect(beat_lives)


def beat_lives(**_: object) -> None:
    pulse.beat()


signals.worker_init.connect(worker_starts)
signals.heartbeat_sent.connect(worker_lives)
signals.beat_init.connect(beat_starts)
