"""Whose word is taken on who calls."""

import logging
import os
import subprocess
import sys
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import settings as written
from django.http import HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config.proxies import TOLD, TrustedProxies, place

TRUSTED = [ip_network(word) for word in ("10.0.0.2", "192.0.2.0/24", "fd00::/8")]
PROXY, CALLER, STRANGER = "10.0.0.2", "203.0.113.7", "198.51.100.9"


def placed(connected: str, trusted: Any = TRUSTED, **headers: str) -> dict[str, Any]:
    environ = {"REMOTE_ADDR": connected, "wsgi.url_scheme": "http"} | {
        f"HTTP_{name}": headers[name] for name in headers
    }
    place(environ, trusted=trusted)
    assert not [name for name in environ if name.startswith(TOLD)], "nobody below is to believe a header"
    return environ


@pytest.mark.parametrize(
    ("connected", "told", "address"),
    [
        # nobody in between, or nobody who is trusted
        (STRANGER, None, STRANGER),
        (STRANGER, CALLER, STRANGER),
        (STRANGER, f"{CALLER}, {PROXY}", STRANGER),
        ("10.0.0.3", CALLER, "10.0.0.3"),
        ("::1", CALLER, "::1"),
        # a trusted proxy
        (PROXY, CALLER, CALLER),
        (PROXY, None, PROXY),
        (PROXY, "", PROXY),
        # what the caller has written stands to the left of what the proxy has
        (PROXY, f"{STRANGER}, {CALLER}", CALLER),
        (PROXY, f"{PROXY}, 127.0.0.1,{CALLER}", CALLER),
        (PROXY, f"junk, {CALLER}", CALLER),
        # a chain of trusted proxies; an untrusted one ends it
        (PROXY, f"{CALLER}, 192.0.2.44", CALLER),
        (PROXY, f"{STRANGER},{CALLER} ,192.0.2.1 , 192.0.2.2", CALLER),
        (PROXY, f"{CALLER}, {STRANGER}, 192.0.2.44", STRANGER),
        (PROXY, "192.0.2.1, 192.0.2.2", "192.0.2.1"),
        # what cannot be read: whoever told it
        (PROXY, "unknown", PROXY),
        (PROXY, f"{CALLER}, _hidden", PROXY),
        (PROXY, f"{CALLER}, , 192.0.2.1", "192.0.2.1"),
        (PROXY, f"{CALLER}, 999.1.1.1", PROXY),
        (PROXY, f"{CALLER}, 0x7f.1", PROXY),
        (PROXY, f"{CALLER};", PROXY),
        # IPv6, with brackets, ports, and IPv4 in its clothes
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("FD00:0:0::1", "2001:DB8:0::7", "2001:db8::7"),
        (PROXY, "[2001:db8::7]", "2001:db8::7"),
        (PROXY, "[2001:db8::7]:4711", "2001:db8::7"),
        (PROXY, f"{CALLER}:4711", CALLER),
        (f"::ffff:{PROXY}", CALLER, CALLER),
        (PROXY, f"::ffff:{CALLER}", CALLER),
        (f"::ffff:{STRANGER}", CALLER, STRANGER),
        # a Unix socket
        ("", CALLER, ""),
    ],
)
def test_it_finds_the_nearest_address_that_is_no_trusted_proxy(connected: str, told: str | None, address: str) -> None:
    assert placed(connected, **({} if told is None else {"X_FORWARDED_FOR": told}))["REMOTE_ADDR"] == address


@pytest.mark.parametrize(
    ("connected", "told", "scheme"),
    [
        (STRANGER, "https", "http"),
        (PROXY, "https", "https"),
        (PROXY, "HTTPS", "https"),
        (PROXY, "http", "http"),
        (PROXY, "https, http", "http"),  # the caller's word, then the proxy's
        (PROXY, "http,https", "https"),
        (PROXY, "https,", "http"),
        (PROXY, "gopher", "http"),
        (PROXY, "", "http"),
    ],
)
def test_it_takes_the_scheme_from_a_trusted_proxy_alone(connected: str, told: str, scheme: str) -> None:
    assert placed(connected, X_FORWARDED_PROTO=told)["wsgi.url_scheme"] == scheme


def test_it_believes_nobody_unless_told() -> None:
    environ = placed(PROXY, trusted=[], X_FORWARDED_FOR=CALLER, X_FORWARDED_PROTO="https", X_REAL_IP=CALLER)
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == (PROXY, "http")


@given(st.text(), st.text(), st.sampled_from([PROXY, STRANGER, ""]))
def test_it_bears_any_header(forwarded: str, proto: str, connected: str) -> None:
    environ = placed(connected, X_FORWARDED_FOR=forwarded, X_FORWARDED_PROTO=proto)
    assert environ["wsgi.url_scheme"] in {"http", "https"}
    assert connected == PROXY or environ["REMOTE_ADDR"] == connected


@given(st.lists(st.ip_addresses().map(str), max_size=4), st.ip_addresses(v=4, network="203.0.113.0/24").map(str))
def test_a_caller_cannot_write_another_address(written_by_caller: list[str], caller: str) -> None:
    assert placed(PROXY, X_FORWARDED_FOR=", ".join([*written_by_caller, caller]))["REMOTE_ADDR"] == caller


def test_a_request_is_secure_and_gets_hsts_where_its_proxy_says_https(settings: Any) -> None:
    settings.TRUSTED_PROXIES, settings.SECURE_HSTS_SECONDS = TRUSTED, 60
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": CALLER}
    assert "Strict-Transport-Security" in Client().get("/healthz", headers=told, REMOTE_ADDR=PROXY)
    assert "Strict-Transport-Security" not in Client().get("/healthz", headers=told, REMOTE_ADDR=STRANGER)


@pytest.mark.django_db
@pytest.mark.usefixtures("within_a_minute")
def test_rate_limits_count_callers_and_not_their_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = TRUSTED

    def sign_in(connected: str, told: str) -> int:
        body = {"email": "nobody@example.org", "password": "wrong horse"}
        headers = {"X-Forwarded-For": told}
        return (
            Client()
            .post("/api/auth/app/v1/auth/login", body, "application/json", headers=headers, REMOTE_ADDR=connected)
            .status_code
        )

    def log_in(connected: str, told: str) -> int:
        headers = {"X-Forwarded-For": told}
        return (
            Client()
            .post(
                "/api/v1/telegram/login",
                {"code": "AAAA-BBBB"},
                "application/json",
                headers=headers,
                REMOTE_ADDR=connected,
            )
            .status_code
        )

    for face in (sign_in, log_in):
        for caller in (CALLER, STRANGER):
            answers = [face(PROXY, f"192.0.2.{number}, {caller}") for number in range(40)]
            assert answers[0] != 429, (face, caller)
            assert answers[-1] == 429, (face, caller)
        # Whoever comes without the proxy is one caller, whatever they write.
        assert [face("203.0.113.99", f"203.0.113.{number}") for number in range(40)][-1] == 429, face


@pytest.mark.parametrize(
    ("origins", "proxies", "warns"),
    [("https://habits.example.org", [], True), ("https://habits.example.org", TRUSTED, False), ("", [], False)],
)
def test_it_warns_where_tls_is_told_and_no_proxy(
    settings: Any, caplog: pytest.LogCaptureFixture, origins: str, proxies: Any, warns: bool
) -> None:
    settings.BEHIND_TLS, settings.TRUSTED_PROXIES = bool(origins), proxies
    with caplog.at_level(logging.WARNING, logger="config.proxies"):
        assert TrustedProxies(lambda _: HttpResponse())(RequestFactory().get("/")).status_code == 200
    assert ("TRUSTED_PROXIES" in caplog.text) is warns


@pytest.mark.parametrize("value", ["proxy", "10.0.0.300", "10.0.0.2/24", "10.0.0.2 10.0.0.3", "*"])
def test_a_malformed_value_stops_the_start(value: str) -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={**os.environ, "TRUSTED_PROXIES": value},
        cwd=written.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.strip().startswith("Environment variable TRUSTED_PROXIES is malformed")
    assert told.stderr.strip().count("\n") == 0
