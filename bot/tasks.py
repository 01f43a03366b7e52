"""Thin Celery shells. Workers import this, so it does without aiogram."""

import datetime as dt
from typing import Final

from celery import shared_task
from django.utils.timezone import now

from bot.drafts import KEPT_FOR as DRAFTS_KEPT_FOR
from bot.models import Draft, HandledUpdate
from contract.pruning import prune

UPDATES_KEPT_FOR: Final = dt.timedelta(days=2)  # Telegram brings an update again for one


@shared_task(name="bot.prune", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def prune_conversations() -> None:
    """Forget the updates that Telegram will not bring again, and the habits that nobody went on telling."""
    moment = now()
    prune(HandledUpdate.objects.filter(claimed_at__lt=moment - UPDATES_KEPT_FOR).order_by("claimed_at"))
    prune(Draft.objects.filter(updated_at__lt=moment - DRAFTS_KEPT_FOR).order_by("updated_at"))
