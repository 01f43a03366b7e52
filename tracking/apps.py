from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    name = "tracking"
    verbose_name = _("tracking")

    def ready(self) -> None:
        # Connects the receivers.
        from tracking import phases, undoing  # noqa: F401
