"""The settings as they are, without what would dull the fuzzing: no limit is reached, and no password takes long."""

from config.settings import *  # noqa: F403 (the settings are what this is about)

_NEVER = 10**9
PUBLIC_REQUESTS_A_MINUTE = WRITES_A_MINUTE = REFRESHES_A_MINUTE = REPORTS_A_MINUTE = LOGINS_A_MINUTE = _NEVER
WRONG_LOGIN_CODES_A_MINUTE = EXPORTS_A_MINUTE = ASKS_A_MINUTE = _NEVER
ACCOUNT_RATE_LIMITS = False
# One token for the whole run, on whatever machine.
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 24 * 60 * 60
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
