"""Updates that a webhook request brings: handled in that request, their calls made by the process' one client."""

import datetime as dt
from typing import Any

from aiogram import Bot
from django.conf import settings

from bot.session import PATIENCE, ApiSession
from bot.updates import Outcome, handle
from telegram.background import background


async def take(update: dict[str, Any], *, lease: dt.timedelta, within: float) -> bool:
    """Whether the update is handled, now or before; see `bot.updates.handle`.

    While Telegram has stopped the bot for long it is not: waiting would keep the web's threads from everybody else.
    """
    if await background.stopped_for() > PATIENCE:
        return False
    bot = Bot(settings.TELEGRAM_BOT_TOKEN, session=ApiSession(background))
    return await handle(update, bot=bot, lease=lease, within=within) is Outcome.DONE
