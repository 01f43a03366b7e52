"""What every Django project sets: safety, parts, PostgreSQL and Redis, language, static files."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import available_timezones

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from config import environment as env

django_stubs_ext.monkeypatch()

BASE_DIR = env.BASE_DIR
DATA_DIR = Path(env.text("DATA_DIR", "var"))
if not DATA_DIR.is_absolute():
    DATA_DIR = BASE_DIR / DATA_DIR

# --- Safety ---------------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.kept_secret_key(DATA_DIR)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

# An installation whose own origins are all https is behind a proxy that ends TLS. Others may well be plain http at home
# (the compose file's default on this machine), where secure cookies would make the admin's sign-in fail.
BEHIND_TLS = bool(CSRF_TRUSTED_ORIGINS) and all(origin.startswith("https:") for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
# Whose word is taken on a caller's address and scheme (config.proxies).
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
SECURE_HSTS_SECONDS = int(timedelta(days=30).total_seconds()) if BEHIND_TLS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: they may be somebody else's
    "security.W008",  # the redirect to https is the proxy's: here it would loop behind one that hides the scheme
    "security.W021",  # HSTS preloading: the domain's owner decides that
]
if not BEHIND_TLS:  # HSTS and secure cookies: told with the origins, and wrong before
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W012", "security.W016"]

# Rate limits: whom they count is told by REMOTE_ADDR; anybody can write an X-Forwarded-For.
NINJA_NUM_PROXIES = 0
PUBLIC_REQUESTS_A_MINUTE = 120
REFRESHES_A_MINUTE = 240  # of tokens, from one address
REPORTS_A_MINUTE = 10  # of public habits, by one person
WRITES_A_MINUTE = 300  # of anything, by one person
EXPORTS_A_MINUTE = 10  # of everything, by one person
ASKS_A_MINUTE = 10  # of the bot, whether reminders shall come to a chat, from one address
LOGINS_A_MINUTE = 30  # by a code from the bot, from one address
WRONG_LOGIN_CODES_A_MINUTE = 1000  # from everywhere: telegram.logins reckons with it

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
    "x-request-id",
    "x-session-token",
]
CORS_EXPOSE_HEADERS = [
    "Content-Disposition",
    "Deprecation",
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "X-Request-ID",
]

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
    "tracking",
    "reminders",
    "bot",
]

MIDDLEWARE = [
    "config.proxies.TrustedProxies",
    "config.headers.SafeHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.methods.SafeMethods",
    "config.compression.Compression",
    "config.rate_limits.RateLimits",
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
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # Seconds. What is kept there can be done without, and a request that waits for it cannot.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

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
