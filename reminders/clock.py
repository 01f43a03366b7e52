"""What time it is for the engine: this machine's clock, but never ahead of the database's.

A clock that jumps ahead would have reminders planned before they are due and called missed before they are late, and
nothing takes that back. One that falls behind is late until it is set right, and then catches up. So the earlier of
the two is believed: it takes both to be wrong ahead at once.
"""

import datetime as dt
import logging
from typing import Final

from django.db import connection
from django.utils import timezone

logger = logging.getLogger(__name__)

# Clocks that somebody keeps agree within this.
WORTH_TELLING: Final = dt.timedelta(seconds=5)
_ahead = dt.timedelta()


def now() -> dt.datetime:
    """This machine's time, less what it was ahead of the database's when last compared."""
    return timezone.now() - _ahead


def compared() -> dt.datetime:
    """`now`, after comparing the clocks: a round trip to the database."""
    global _ahead
    here = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: dt.datetime = cursor.fetchone()[0]
    before, _ahead = _ahead, max(here - there, dt.timedelta())
    if _ahead > WORTH_TELLING >= before:
        logger.warning("This machine's clock is %s ahead of the database's, which is believed: set it right", _ahead)
    return here - _ahead
