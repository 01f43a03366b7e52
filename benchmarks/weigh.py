"""Weighs one part in a process of its own, and says what it found as JSON: `python -m benchmarks.weigh planner`."""

import datetime as dt
import json
import logging
import os
import sys
import time

import django

from benchmarks.machine import resident

# A task that the alternative is asked to change.
CHANGED = "habit 1"


def main(part: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.INFO)  # the parent reads what is printed here
    print(json.dumps({"planner": planner, "scheduler": scheduler}[part]()), flush=True)


def planner() -> dict[str, float]:
    """Plan what is due. The memory in MB that this has taken, and all that the process has."""
    from benchmarks.crowd import MORNING
    from reminders.planner import plan

    plan(now=MORNING - dt.timedelta(days=1))  # nothing: but now all is imported, and connected
    before = resident()
    plan(now=MORNING)
    return {"taken": resident() - before, "whole": resident()}


def scheduler() -> dict[str, float]:
    """Have beat's scheduler read its tasks, and change one: the MB that they took, and the seconds to its next tick."""
    from django_celery_beat.models import PeriodicTask
    from django_celery_beat.schedulers import DatabaseScheduler

    from config.celery import app

    PeriodicTask.objects.filter(name=CHANGED).exists()
    before = resident()
    beat = DatabaseScheduler(app=app)
    beat.tick()
    taken = resident() - before
    PeriodicTask.objects.get(name=CHANGED).save()
    began = time.perf_counter()
    beat.tick()
    return {"taken": taken, "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    main(sys.argv[1])
