"""What operators see: metrics, signs of life, logs."""

from pathlib import Path

from config import environment as env
from config.settings.site import MIDDLEWARE

METRICS_PORT = env.whole_number("METRICS_PORT", default=0, low=0, high=65535)
PULSE_FILE = env.text("PULSE_FILE")
if PULSE_FILE and not Path(PULSE_FILE).parent.is_dir():
    env.refuse("PULSE_FILE", "expected a file in a folder that exists")
if METRICS_PORT:
    MIDDLEWARE.insert(0, "config.http_metrics.CountRequests")
SENTRY_DSN = env.url("SENTRY_DSN", "https", "http")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["terminal"], "level": "INFO"},
    # A tick a second is no news, neither in the worker's log nor in beat's.
    "loggers": {name: {"level": "WARNING"} for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat")},
}
