"""Thin Celery shells."""

import asyncio

from celery import shared_task
from django.utils.timezone import now

from telegram.client import BotApi
from telegram.errors import TelegramError
from telegram.questions import claim_question, send_question, withdraw_question


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]  # Celery is untyped
def ask_in_chat(person_id: int) -> None:
    """Ask in the chat whose name this person claims, if there is one to ask; otherwise nothing happens."""
    asking = claim_question(person_id=person_id, now=now())
    if asking is None:
        return

    async def ask() -> None:
        async with BotApi() as api:
            await send_question(api, asking)

    try:
        asyncio.run(ask())
    except TelegramError as error:
        withdraw_question(asking, error, now=now())
        raise
