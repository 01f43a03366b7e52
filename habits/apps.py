from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class HabitsConfig(AppConfig):
    name = "habits"
    verbose_name = _("habits")

    def ready(self) -> None:
        connection_created.connect(without_jit, dispatch_uid="habits.without_jit")


def without_jit(*, connection: Any, **_: object) -> None:
    """PostgreSQL takes a search for dear and would compile its plan first, for longer than the search itself takes.

    Nothing else here runs long enough to win by that either.
    """
    connection.connection.execute("SET jit = off")
