"""Thin Celery shells."""

import asyncio
import datetime as dt
from typing import Final

from celery import shared_task
from django.db.models import Q
from django.utils.timezone import now

from contract.pruning import prune
from telegram.client import BotApi
from telegram.errors import RetryAfter, TelegramError
from telegram.limits import PATIENCE
from telegram.logins import COUNTED_FOR
from telegram.models import LinkQuestion, LinkToken, LoginCode
from telegram.questions import claim_question, send_question, withdraw_question

# How long a question stays open, or answered Yes. A No stands for good.
QUESTIONS_KEPT_FOR: Final = dt.timedelta(days=30)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def ask_in_chat(person_id: int) -> None:
    """Ask in the chat whose name this person claims, if there is one to ask; otherwise nothing happens."""
    asking = claim_question(person_id=person_id, now=now())
    if asking is None:
        return

    async def ask() -> None:
        async with BotApi() as api:
            stop = await api.limiter.stopped_for()
            if stop > PATIENCE:
                # Or it would keep a worker's slot for as long.
                raise RetryAfter(stop)
            await send_question(api, asking)

    try:
        asyncio.run(ask())
    except TelegramError as error:
        withdraw_question(asking, error, now=now())
        raise


@shared_task(name="telegram.prune", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def prune_links() -> None:
    """Delete link tokens that have expired, sign-in codes that count no more, questions that nobody comes back to."""
    moment = now()
    prune(LinkToken.objects.filter(expires_at__lt=moment).order_by("expires_at"))
    prune(LoginCode.objects.filter(created_at__lt=moment - COUNTED_FOR).order_by("created_at"))
    settled = Q(accepted=True) | Q(accepted__isnull=True)
    prune(LinkQuestion.objects.filter(settled, asked_at__lt=moment - QUESTIONS_KEPT_FOR).order_by("pk"))
