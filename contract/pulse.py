"""A sign of life: a file that worker, beat and bot touch while they do their work.

A health check looks at its age, which costs nothing; `celery inspect ping` starts a whole Django each time.
"""

from pathlib import Path

from django.conf import settings


def beat() -> None:
    """Touch PULSE_FILE, where one is set."""
    if settings.PULSE_FILE:
        Path(settings.PULSE_FILE).touch()
