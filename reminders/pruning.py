"""Old reminders go, a thousand at a time, in the order in which they came.

Their ids were given in about the order in which they were due, so the walk begins at the lowest id and ends with the
first batch in which nothing is old. What came in late (an occurrence missed in an outage) goes with its neighbours.

An index on `due_at` would not serve it better: a B-tree is written twice for each reminder and read only here. The BRIN
index works until the space of deleted rows is used again; from then on a block's range spans from its first row ever
to its newest, and nearly every block seems old.
"""

import datetime as dt
import time
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from contract.pruning import BUDGET
from reminders import metrics

BATCH: Final = 1000  # reminders of one transaction

# A waiting one is never old. The conditions are asked again of a row that was locked; others' rows are not waited for.
PRUNE = """
WITH batch AS MATERIALIZED (
    SELECT id, due_at FROM reminders_reminder WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
), doomed AS MATERIALIZED (
    SELECT id FROM reminders_reminder
    WHERE id > %(after)s AND id <= (SELECT max(id) FROM batch) AND due_at < %(before)s AND state <> 'waiting'
    FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM reminders_reminder WHERE id = ANY (ARRAY(SELECT id FROM doomed)) RETURNING id
)
SELECT coalesce(max(id), 0), count(*) FILTER (WHERE due_at < %(before)s), (SELECT count(*) FROM gone) FROM batch
"""


def prune_reminders(*, now: dt.datetime, batch: int = BATCH, budget: float = BUDGET) -> int:
    """Delete settled reminders that were due before REMINDERS_KEPT_FOR, for about `budget` seconds; how many it were.

    Any number of calls may be at it; each leaves what another holds.
    """
    until = time.monotonic() + budget
    before = now - settings.REMINDERS_KEPT_FOR
    pruned: int = 0
    last = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PRUNE, {"after": last, "limit": batch, "before": before})
            last, old, gone = cursor.fetchone()
        metrics.PRUNED.inc(gone)
        pruned += gone
        if not old or time.monotonic() > until:
            return pruned
