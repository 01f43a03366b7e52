"""Thin Celery shells."""

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from contract.pruning import prune
from tracking.models import LastDeed


@shared_task(name="tracking.prune", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def prune_deeds() -> None:
    """Delete what is too old to be undone."""
    prune(LastDeed.objects.filter(done_at__lt=now() - settings.UNDO_WITHIN).order_by("done_at"))
