from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"

    def ready(self) -> None:
        # Connects the receivers that keep `next_at`.
        from reminders import alive, schedule  # noqa: F401

        alive.watch()
