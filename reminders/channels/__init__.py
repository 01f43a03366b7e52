"""The ways to people. Telegram where a bot is configured, the worker's terminal otherwise."""

from django.conf import settings

from reminders.channels.base import Channel


def current_channel() -> Channel:
    """The channel that this installation's settings choose."""
    if settings.TELEGRAM_BOT_TOKEN:
        from reminders.channels.telegram import TelegramChannel

        return TelegramChannel()
    from reminders.channels.console import ConsoleChannel

    return ConsoleChannel()
