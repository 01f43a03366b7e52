"""Deletes what is no longer needed, a little at a time: no lock is held for long, and none is waited for."""

import time
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

BATCH: Final = 1000  # rows of one transaction
BUDGET: Final = 1.0  # seconds of one call, so that a worker's slot is soon free again for a tick


def prune(rows: QuerySet[Any], *, batch: int = BATCH, budget: float = BUDGET) -> int:
    """Delete these rows, for about `budget` seconds; how many that were. `rows` says in which order to find them.

    Rows that others hold are left to the next call; any number of calls may be at it.
    """
    until = time.monotonic() + budget
    pruned = 0
    while True:
        with transaction.atomic():
            found = list(rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:batch])
            rows.model._default_manager.filter(pk__in=found).delete()
        pruned += len(found)
        if len(found) < batch or time.monotonic() > until:
            return pruned
