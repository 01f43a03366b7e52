"""What must not leave the process, taken out of a text: the last resort behind sources that say nothing secret.

Logs (config.log_lines) and error reports (config.error_reports) go through here. A person's password is not known
here, so no source may ever tell one; what has a form of its own, and what the settings hold, is found wherever it is.
"""

import re
from functools import cache
from typing import Final

from django.conf import settings

HIDDEN: Final = "[hidden]"
SHORTEST: Final = 6  # characters; a shorter secret would blacken half of every text

_FORMS: Final = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"  # a JWT
    r"|(?<![\w:])\d{3,20}:[\w-]{20,100}"  # a bot's token, with or without the `bot` of an address before it
    r"|(?<=/bot)\d{1,20}:[\w-]{10,100}"
    r"|(?<=://)[^\s/@]*:[^\s/]*(?=@)"  # user and password of an address
    r"|(?<=Failing row contains )\(.*\)"  # PostgreSQL tells the whole row, hashes of passwords and codes included
    # and of a key, whose it is: an e-mail address, a code's hash
    r"|(?<=\)=\().*?(?=\) (?:already exists|is not present|is still referenced|conflicts))"
)


def hide(text: str) -> str:
    """The text with `[hidden]` in place of every secret that can be told."""
    for secret in _known():
        text = text.replace(secret, HIDDEN)
    return _FORMS.sub(HIDDEN, text)


@cache
def _known() -> tuple[str, ...]:
    """The settings' own secrets, the longest first."""
    found = {
        settings.SECRET_KEY,
        settings.HEADLESS_JWT_PRIVATE_KEY,
        settings.TELEGRAM_BOT_TOKEN,
        settings.TELEGRAM_BOT_TOKEN.partition(":")[2],
        settings.TELEGRAM_WEBHOOK_SECRET,
        str(settings.DATABASES["default"].get("PASSWORD") or ""),
        str(getattr(settings, "EMAIL_HOST_PASSWORD", None) or ""),
    }
    return tuple(sorted((secret for secret in found if len(secret) >= SHORTEST), key=len, reverse=True))
