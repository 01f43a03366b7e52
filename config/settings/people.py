"""People: allauth headless, app client, JWT; and the mails that it sends."""

import hashlib
from datetime import timedelta

import environ

from config import environment as env
from config.settings.site import SECRET_KEY

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
