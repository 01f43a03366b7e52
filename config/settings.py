"""Settings, from the environment. Every variable is described in the README's configuration table."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import available_timezones

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _
from kombu.entity import Exchange, Queue

from config import environment as env

django_stubs_ext.monkeypatch()

BASE_DIR = env.BASE_DIR
DATA_DIR = Path(env.text("DATA_DIR", "var"))
if not DATA_DIR.is_absolute():
    DATA_DIR = BASE_DIR / DATA_DIR

# --- Safety ---------------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.kept_secret_key(DATA_DIR)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

# An installation whose own origins are all https is behind a proxy that ends TLS. Others may well be plain http at home
# (the compose file's default on this machine), where secure cookies would make the admin's sign-in fail.
BEHIND_TLS = bool(CSRF_TRUSTED_ORIGINS) and all(origin.startswith("https:") for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = int(timedelta(days=30).total_seconds()) if BEHIND_TLS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: they may be somebody else's
    "security.W008",  # the redirect to https is the proxy's: here it would loop behind one that hides the scheme
    "security.W021",  # HSTS preloading: the domain's owner decides that
]

# Rate limits: whom they count is told by the connection; anybody can write an X-Forwarded-For.
NINJA_NUM_PROXIES = 0
PUBLIC_REQUESTS_A_MINUTE = 120

CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
LOCALHOST_ORIGIN = r"^https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$"
CORS_ALLOWED_ORIGIN_REGEXES = [LOCALHOST_ORIGIN] if DEBUG else []
CORS_URLS_REGEX = r"^/(api|user)/"
CORS_ALLOW_HEADERS = [
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "if-match",
    "x-session-token",
]
CORS_EXPOSE_HEADERS = ["ETag", "Location", "Retry-After"]

# --- The parts ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "corsheaders",
    "django_celery_beat",
    "ninja",
    "accounts",
    "telegram",
    "habits",
    "reminders",
    "bot",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.ApiFrame",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- PostgreSQL and Redis -------------------------------------------------------------------------------

DATABASES = {"default": {**env.database(), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
REDIS_URL = env.url("REDIS_URL", "redis", "rediss", "unix", default="redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- Language and time ----------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
DEFAULT_TIME_ZONE = env.text("DEFAULT_TIME_ZONE", "UTC")
if DEFAULT_TIME_ZONE not in available_timezones():
    env.refuse("DEFAULT_TIME_ZONE", "expected an IANA time zone such as Europe/Moscow")

# --- Static files ---------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# A checkout needs no `collectstatic`; an image has collected and serves hashed, compressed files.
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- People: allauth headless, app client, JWT ----------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

SIGNUP_OPEN = env.flag("SIGNUP_OPEN", default=True)
EMAIL_URL = env.url("EMAIL_URL", "smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", default="consolemail://")
_MAIL = environ.Env.email_url_config(EMAIL_URL)
globals().update(_MAIL)
HAS_SMTP = EMAIL_URL.startswith("smtp")
EMAIL_TIMEOUT = 10  # seconds
# Most servers take mail only from the address that signs in to them.
if "@" in (_MAIL.get("EMAIL_HOST_USER") or ""):
    DEFAULT_FROM_EMAIL = SERVER_EMAIL = _MAIL["EMAIL_HOST_USER"]

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
# allauth knows codes only where verification is mandatory; accounts.adapter lets people in without it where no mail
# server could carry the code, and then an address that is taken is said to be.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
# allauth renews the session and thereby kills its tokens, but hands out no new ones: better end it altogether.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = HAS_SMTP
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.tokens.Strategy"  # noqa: S105 (a class)
HEADLESS_JWT_ALGORITHM = "HS256"
# As long as HS256 wants it, however short SECRET_KEY is, and of no use for anything else that SECRET_KEY signs.
HEADLESS_JWT_PRIVATE_KEY = hashlib.sha256(f"tokens:{SECRET_KEY}".encode()).hexdigest()
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = int(timedelta(minutes=15).total_seconds())
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = int(timedelta(days=30).total_seconds())
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
# With rotation, two tabs that refresh at the same moment leave one of them with a dead token.
HEADLESS_JWT_ROTATE_REFRESH_TOKEN = False
SESSION_COOKIE_AGE = HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN
SESSION_ENGINE = "accounts.sessions"

# --- Telegram -------------------------------------------------------------------------------------------

TELEGRAM_BOT_TOKEN = env.text("TELEGRAM_BOT_TOKEN")
if TELEGRAM_BOT_TOKEN and not re.fullmatch(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}", TELEGRAM_BOT_TOKEN):
    env.refuse("TELEGRAM_BOT_TOKEN", "expected the token that @BotFather gave, such as 123456:ABC-def")
TELEGRAM_API_URL = env.url("TELEGRAM_API_URL", "http", "https", default="https://api.telegram.org").rstrip("/")
TELEGRAM_PROXY = env.url("TELEGRAM_PROXY", "http", "https")
TELEGRAM_RATE = env.whole_number("TELEGRAM_RATE", default=30, low=1, high=1000)
TELEGRAM_WEBHOOK_URL = env.url("TELEGRAM_WEBHOOK_URL", "https", "http")
TELEGRAM_WEBHOOK_SECRET = env.secret("TELEGRAM_WEBHOOK_SECRET")
if TELEGRAM_WEBHOOK_URL and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", TELEGRAM_WEBHOOK_SECRET):
    env.refuse("TELEGRAM_WEBHOOK_SECRET", "a webhook needs 16 to 256 characters of A-Z a-z 0-9 _ -")

# --- Reminders ------------------------------------------------------------------------------------------

# How long after its due moment a reminder still makes sense; later it is `missed`.
REMINDER_MAKES_SENSE_FOR = timedelta(minutes=60)
# How long a reminder is kept once it is settled.
REMINDERS_KEPT_FOR = timedelta(days=30)

# --- Celery ---------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# What only wakes somebody has a queue of its own, so that it can be cut short when nobody listens.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("wakes", Exchange("wakes"), "wakes")]
CELERY_TASK_ROUTES = {"reminders.tick": "wakes", "reminders.deliver": "wakes"}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
# Written into the database at each start of beat. `expires` would be dropped on the way; `expire_seconds` is kept.
CELERY_BEAT_SCHEDULE = {
    "reminders.tick": {
        "task": "reminders.tick",
        "schedule": timedelta(seconds=1),
        "options": {"queue": "wakes", "expire_seconds": 2},
    },
    # Keeping house. Each takes a slot of a worker for about a second at most, and goes on the next time.
    "reminders.prune": {
        "task": "reminders.prune",
        "schedule": timedelta(minutes=1),
        "options": {"expire_seconds": 30},
    },
    **{
        f"{room}.prune": {
            "task": f"{room}.prune",
            "schedule": timedelta(minutes=10),
            "options": {"expire_seconds": 60},
        }
        for room in ("accounts", "telegram", "bot")
    },
}

# --- Logs -----------------------------------------------------------------------------------------------

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
