from django.apps import AppConfig


class TelegramConfig(AppConfig):
    name = "telegram"

    def ready(self) -> None:
        # Connects the receiver that locks a chat: before `reminders`, whose receiver locks what comes after it.
        from telegram import linking  # noqa: F401
