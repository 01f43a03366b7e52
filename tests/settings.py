"""The settings as they are, for the suite: nothing of the developer's own environment leaks in.

Each worker of pytest-xdist gets a Redis database of its own (pytest-django gives each its own PostgreSQL database), and
DATA_DIR is a folder that goes with the run. Only DATABASE_URL and REDIS_URL, or POSTGRES_*, are taken from outside.
"""

import atexit
import os
import re
import tempfile
from urllib.parse import urlsplit, urlunsplit

import redis

# An empty variable counts as absent, and wins over `.env`.
FROM_OUTSIDE = """
PORT DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS TRUSTED_PROXIES CORS_ALLOWED_ORIGINS DEFAULT_TIME_ZONE SIGNUP_OPEN
TELEGRAM_BOT_TOKEN TELEGRAM_API_URL TELEGRAM_PROXY TELEGRAM_RATE TELEGRAM_WEBHOOK_URL TELEGRAM_WEBHOOK_SECRET
METRICS_PORT LOG_FORMAT EMAIL_URL SENTRY_DSN
"""


def own_redis(address: str) -> str:
    """The same server, and a database that no other worker of this run uses."""
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if worker == 0:
        return address
    parts = urlsplit(address)
    with redis.Redis.from_url(address) as connection:
        databases = int(connection.config_get("databases")["databases"])
    step = databases // workers
    number = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{(number + worker * step) % databases}"))


for name in FROM_OUTSIDE.split():
    os.environ[name] = ""
os.environ["SECRET_KEY"] = "the-key-of-the-test-suite-which-signs-nothing-that-lasts"
os.environ["REDIS_URL"] = own_redis(os.environ.get("REDIS_URL") or "redis://localhost:6379/0")
_data = tempfile.TemporaryDirectory(prefix="habits-data-", ignore_cleanup_errors=True)
atexit.register(_data.cleanup)
os.environ["DATA_DIR"] = _data.name
# The processes that tests start are to read the settings themselves.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

from config.settings import *  # noqa: E402, F403 (only now is the environment as it should be)

# The processes that tests start hash as the service does (tests/accounts/test_sign_up.py).
PASSWORD_HASHERS = ["tests.hashing.QuickArgon2", *PASSWORD_HASHERS[1:]]  # noqa: F405
# Its management commands (tests/management) come before Django's own.
INSTALLED_APPS = ["tests", *INSTALLED_APPS]  # noqa: F405
