"""Settings, from the environment, a file for each concern; the README's table describes every variable."""

from config.settings.logs import *  # noqa: F403 (Django wants them in one module, here and below)
from config.settings.people import *  # noqa: F403
from config.settings.reminders import *  # noqa: F403
from config.settings.site import *  # noqa: F403
from config.settings.telegram import *  # noqa: F403
from config.settings.tracking import *  # noqa: F403
