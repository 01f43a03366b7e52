"""What the bot's own process does where a webhook is set: it tells Telegram, and leaves the updates to the web."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from aiogram import Bot
from django.conf import settings

from bot.commands import register
from bot.polling import ALLOWED_UPDATES, persist
from bot.webhook import PATH
from telegram.client import BotApi


def webhook_address(given: str) -> str:
    """TELEGRAM_WEBHOOK_URL as it is, or with the path of the endpoint where it names a host only."""
    return given if urlsplit(given).path.strip("/") else given.rstrip("/") + PATH


async def keep_webhook(api: BotApi, bot: Bot, stop: asyncio.Event) -> None:
    """Tell Telegram where to bring updates, then stand by until `stop`; the web processes handle them."""
    details: dict[str, Any] = {
        "url": webhook_address(settings.TELEGRAM_WEBHOOK_URL),
        "secret_token": settings.TELEGRAM_WEBHOOK_SECRET,
        "allowed_updates": ALLOWED_UPDATES,
    }
    if await persist(api, stop, "setWebhook", **details):
        await register(bot)
        await stop.wait()
