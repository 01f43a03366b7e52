"""How many requests are allowed, in the words of the document and by the numbers of the settings."""

from collections.abc import Iterable

from allauth.account import app_settings as allauth

from contract.throttle import RequestsAMinute

_SPANS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
# Whom allauth counts, by the last part of its rates.
_WHOSE = {"ip": "from one address", "user": "by one person", "key": "for one e-mail address"}
# What the limits that several operations share count, by the limit's name.
_COUNTED = {"writes": "changes of any kind", "public_habits": "requests for public habits"}


def sentence(limits: Iterable[str], *, beyond: str = "429 with `Retry-After`") -> str:
    """What stands at the end of an operation's description; empty where nothing is limited."""
    told = ", ".join(limits)
    return f"Limited to {told}; more answer {beyond}." if told else ""


def of_throttle(throttle: object) -> str:
    if not isinstance(throttle, RequestsAMinute):
        raise TypeError(f"the document knows no words for {throttle!r}")
    return f"{throttle.limit} {_COUNTED.get(throttle.name, 'requests')} a minute {throttle.whose}"


def of_allauth(action: str, what: str = "requests") -> list[str]:
    """`20/m/ip,5/300s/key` of ACCOUNT_RATE_LIMITS, in words."""
    rates = (allauth.RATE_LIMITS.get(action) or "").split(",")
    return [_in_words(rate, what) for rate in rates if rate]


def _in_words(rate: str, what: str) -> str:
    amount, span, whose = rate.split("/")
    count, unit = int(span[:-1] or 1), _SPANS[span[-1]]
    during = f"a {unit}" if count == 1 else f"in {count} {unit}s"
    return f"{amount} {what if amount != '1' else what.removesuffix('s')} {during} {_WHOSE[whose]}"
