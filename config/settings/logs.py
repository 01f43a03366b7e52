"""What operators see: metrics, signs of life, logs."""

import sys
from pathlib import Path

from config import environment as env
from config import error_reports, log_lines
from config.settings.site import DEBUG, MIDDLEWARE

METRICS_PORT = env.whole_number("METRICS_PORT", default=0, low=0, high=65535)
PULSE_FILE = env.text("PULSE_FILE")
if PULSE_FILE and not Path(PULSE_FILE).parent.is_dir():
    env.refuse("PULSE_FILE", "expected a file in a folder that exists")
if METRICS_PORT:
    MIDDLEWARE.insert(0, "config.http_metrics.CountRequests")
# The outermost: even a proxy's word that cannot be read is logged with an id.
MIDDLEWARE.insert(0, "config.log_context.RequestIds")

# Lines for people where somebody develops or sits at the terminal; containers and services get JSON.
LOG_FORMAT = env.choice("LOG_FORMAT", "text", "json", default="text" if DEBUG or sys.stderr.isatty() else "json")
LOGGING = log_lines.settings(LOG_FORMAT)

SENTRY_DSN = env.url("SENTRY_DSN", "https", "http")
if SENTRY_DSN:
    try:
        error_reports.begin(SENTRY_DSN)
    except error_reports.BadDsn:
        env.refuse("SENTRY_DSN", "expected the address that Sentry gave, such as https://key@sentry.example.org/1")
