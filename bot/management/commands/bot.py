"""`manage.py bot`: the bot's long polling, or, where TELEGRAM_WEBHOOK_URL is set, the registration of the webhook."""

import asyncio
import signal
from typing import Any, Final

from aiogram import Bot
from django.conf import settings
from django.core.management.base import BaseCommand

from bot.polling import poll
from bot.redrawing import redrawing
from bot.registration import keep_webhook
from bot.session import ApiSession
from contract import metrics_port
from telegram.client import BotApi

LAST_EDITS: Final = 2.0  # seconds


class Command(BaseCommand):
    help = "Talks to people in Telegram until it is stopped (SIGTERM or Ctrl-C)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.TELEGRAM_BOT_TOKEN:
            # Not a failure: a service manager must not start it again and again.
            self.stderr.write("Without TELEGRAM_BOT_TOKEN there is no bot to run: reminders go to the worker's log.")
            return
        metrics_port.serve()
        asyncio.run(run())


async def run() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with BotApi() as api:
        bot = Bot(settings.TELEGRAM_BOT_TOKEN, session=ApiSession(api))
        await (keep_webhook if settings.TELEGRAM_WEBHOOK_URL else poll)(api, bot, stop)
    await asyncio.to_thread(redrawing.finish, within=LAST_EDITS)
