"""Whom a limit by address counts."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from django.http import HttpRequest

SUBSCRIBER: Final = 64  # bits: who has one IPv6 address has at least 2^64 of them (RFC 6177), and may write from each


def caller_of(request: HttpRequest) -> str:
    """The caller's IPv4 address, or the IPv6 network of their connection.

    Behind a Unix socket there is no address: all callers are "local" then.
    """
    told: str = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(told)
    except ValueError:
        return "local"
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), SUBSCRIBER), strict=False))
    return str(address)
