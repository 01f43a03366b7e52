"""When the channel changes between starts (a bot's token was set, say), everyone is planned anew, once.

It goes batch by batch, each in a transaction that also notes how far it has come: any worker may take the next batch,
and one that is killed loses nothing.
"""

import datetime as dt
import logging
import time
from collections.abc import Sequence

from django.db import DatabaseError, transaction

from habits.models import Schedule
from reminders.channels import current_channel
from reminders.models import ChannelInUse
from reminders.schedule import replan

logger = logging.getLogger(__name__)

BATCH = 1000  # schedules


def is_moved() -> bool:
    """Whether everyone is planned for the channel that the settings choose. One query."""
    return ChannelInUse.objects.filter(name=current_channel().name, moving_to=None).exists()


def replan_everyone(*, now: dt.datetime, batch: int = BATCH, budget: float | None = None) -> int:
    """Plan everyone for the channel that the settings choose, if they are not; how many schedules that were.

    Stops after `budget` seconds, if given; the next call goes on.
    """
    began = time.monotonic()
    done = 0
    while not is_moved() and (budget is None or time.monotonic() - began < budget):
        moved = next_batch(now=now, batch=batch)
        if moved is None:
            break
        done += moved
    return done


@transaction.atomic
def next_batch(*, now: dt.datetime, batch: int) -> int | None:
    """Plan the next batch anew: how many schedules it was, 0 at the end; None where another worker is at it."""
    wanted = current_channel().name
    ChannelInUse.objects.bulk_create([ChannelInUse(name="")], ignore_conflicts=True)
    # Locked ahead of schedule rows, and by nobody who holds any.
    in_use = ChannelInUse.objects.select_for_update(skip_locked=True).first()
    if in_use is None:
        return None
    if in_use.moving_to != wanted:
        if in_use.name == wanted and in_use.moving_to is None:
            return 0
        in_use.moving_to, in_use.moved_past = wanted, 0
        logger.info("Reminders go out by %s now: planning everyone anew", wanted)
    after = in_use.moved_past or 0
    ids = list(Schedule.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:batch])
    _replan(ids, now=now)
    if ids:
        in_use.moved_past = ids[-1]
    else:
        in_use.name, in_use.moving_to, in_use.moved_past = wanted, None, None
        logger.info("Everyone is planned for %s", wanted)
    in_use.save()
    return len(ids)


def _replan(ids: Sequence[int], *, now: dt.datetime) -> None:
    try:
        with transaction.atomic():
            replan(Schedule.objects.filter(pk__in=ids), now=now)
    except DatabaseError:
        raise
    except Exception:
        if len(ids) > 1:
            for pk in ids:
                _replan([pk], now=now)
            return
        # A zone that this machine's data no longer knows, say. The planner tells of it, and tries it again.
        logger.exception("The schedule of habit %s cannot be planned anew", ids[0])
        Schedule.objects.filter(pk__in=ids).update(next_at=now)
