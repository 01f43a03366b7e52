"""Thin Celery shells."""

from celery import shared_task
from django.utils.timezone import now

from accounts.models import Session
from contract.pruning import prune


@shared_task(name="accounts.prune", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def prune_sessions() -> None:
    """Delete sign-ins that have expired."""
    prune(Session.objects.filter(expire_date__lt=now()).order_by("expire_date"))
