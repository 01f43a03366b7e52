"""Who calls, and over what, where a proxy stands in front (TRUSTED_PROXIES).

Anybody can write `X-Forwarded-For`. It is believed only from a connection of a trusted proxy, and read from the right:
each proxy appends whom it saw, so the first address that is not a trusted proxy's own is the caller's, and everything
to its left is what the caller says. The rest of the service asks REMOTE_ADDR and the request's scheme alone.
"""

import logging
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
# What says where a request came from. WSGI servers tell `X_Forwarded_For` from `X-Forwarded-For` no more.
TOLD = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP")


class TrustedProxies:
    """The topmost middleware: puts the caller's address and scheme in place of a trusted proxy's, or forgets them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        if settings.BEHIND_TLS and not settings.TRUSTED_PROXIES:
            logger.warning(
                "CSRF_TRUSTED_ORIGINS says https, and TRUSTED_PROXIES names no proxy: there is no HSTS, and rate "
                "limits count everybody who comes through the proxy as one"
            )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        place(request.META, trusted=settings.TRUSTED_PROXIES)
        return self.get_response(request)


def place(environ: dict[str, Any], *, trusted: Networks) -> None:
    """Write REMOTE_ADDR and wsgi.url_scheme as a trusted proxy tells them, and take out every header that tells so."""
    told = {name: environ.pop(name) for name in [*environ] if name.startswith(TOLD)}
    connected = read(environ.get("REMOTE_ADDR", ""))
    if connected is None:  # a Unix socket has no address
        return
    environ["REMOTE_ADDR"] = str(connected)
    if not belongs(connected, trusted):
        return
    environ["REMOTE_ADDR"] = str(caller(connected, told.get("HTTP_X_FORWARDED_FOR", ""), trusted))
    # The nearest proxy's word, should there be several.
    scheme = told.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
    if scheme in {"http", "https"}:
        environ["wsgi.url_scheme"] = scheme


def caller(connected: Address, forwarded_for: str, trusted: Networks) -> Address:
    """The nearest address that is no trusted proxy's. What cannot be read ends the search: whoever told it is it."""
    found = connected
    for word in reversed(forwarded_for.split(",")):
        address = read(word)
        if address is None:
            break
        found = address
        if not belongs(address, trusted):
            break
    return found


def belongs(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks)


def read(word: str) -> Address | None:
    """An address, with or without a port and brackets; None where it is none."""
    word = word.strip()
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        address = ip_address(word)
    except ValueError:
        return None
    # A server that listens on both families shows IPv4 callers in IPv6's clothes.
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
