"""Beat in the tests' own process."""

from celery import current_app
from django_celery_beat.schedulers import DatabaseScheduler


def beat() -> DatabaseScheduler:
    """Beat's scheduler as it is after a start: it has written the entries."""
    scheduler = DatabaseScheduler(app=current_app, lazy=False)
    scheduler._finalize.cancel()  # at the end of the process it would write into a database that is gone
    return scheduler
