"""Reminders, and Celery, which wakes those who work on them."""

from datetime import timedelta

from kombu.entity import Exchange, Queue

from config.settings.site import REDIS_URL

# How long after its due moment a reminder still makes sense; later it is `missed`.
REMINDER_MAKES_SENSE_FOR = timedelta(minutes=60)
# How long a reminder is kept once it is settled.
REMINDERS_KEPT_FOR = timedelta(days=30)

# After how long "Later" reminds again, by the button's verb (reminders.channels.buttons, which says it in words too).
SNOOZES = {"in10": timedelta(minutes=10), "in60": timedelta(hours=1)}

# --- Celery ---------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# What only wakes somebody has a queue of its own, so that it can be cut short when nobody listens.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("wakes", Exchange("wakes"), "wakes")]
CELERY_TASK_ROUTES = {"reminders.tick": "wakes", "reminders.deliver": "wakes"}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
# Written into the database at each start of beat. `expires` would be dropped on the way; `expire_seconds` is kept.
CELERY_BEAT_SCHEDULE = {
    "reminders.tick": {
        "task": "reminders.tick",
        "schedule": timedelta(seconds=1),
        "options": {"queue": "wakes", "expire_seconds": 2},
    },
    # Keeping house. Each takes a slot of a worker for about a second at most, and goes on the next time.
    "reminders.prune": {
        "task": "reminders.prune",
        "schedule": timedelta(minutes=1),
        "options": {"expire_seconds": 30},
    },
    **{
        f"{room}.prune": {
            "task": f"{room}.prune",
            "schedule": timedelta(minutes=10),
            "options": {"expire_seconds": 60},
        }
        for room in ("accounts", "telegram", "tracking", "bot")
    },
}
