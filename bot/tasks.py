"""Thin Celery shells. Workers import this, so it does without aiogram."""

import datetime as dt
from typing import Final

from celery import shared_task
from django.utils.timezone import now

from bot.models import HandledUpdate
from contract.pruning import prune

KEPT_FOR: Final = dt.timedelta(days=2)  # Telegram brings an update again for one


@shared_task(name="bot.prune", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def prune_updates() -> None:
    """Forget the updates that Telegram will not bring again."""
    prune(HandledUpdate.objects.filter(claimed_at__lt=now() - KEPT_FOR).order_by("claimed_at"))
