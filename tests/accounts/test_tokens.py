import base64
import json
import subprocess
import sys
import time
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import Person, Session
from accounts.tokens import sign_in
from tests.accounts.flows import Caller
from tests.people import bearer

pytestmark = pytest.mark.django_db

ME = "/api/v1/me"
KEY = settings.HEADLESS_JWT_PRIVATE_KEY


def read(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def status_of(token: str) -> int:
    return Client().get(ME, headers={"Authorization": f"Bearer {token}"}).status_code


def unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps({"alg": "none", "typ": "JWT"}), json.dumps(claims)]
    return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."


def test_it_refuses_forged_tokens(alice: Person, bob: Person) -> None:
    token = sign_in(alice).access_token
    claims = read(token)
    head, body, signature = token.split(".")
    forged = {
        "another key": jwt.encode(claims, "x" * 64, algorithm="HS256"),
        "SECRET_KEY itself": jwt.encode(claims, settings.SECRET_KEY, algorithm="HS256"),
        "no algorithm": unsigned(claims),
        "another algorithm": jwt.encode(claims, KEY, algorithm="HS512"),
        "no signature": f"{head}.{body}.",
        "a cut signature": token[:-4],
        "another body": f"{head}.{body[:-4]}AAAA.{signature}",
        "somebody else": jwt.encode(claims | {"sub": str(bob.pk)}, KEY, algorithm="HS256"),
        "nobody": jwt.encode(claims | {"sub": "x"}, KEY, algorithm="HS256"),
        "no session": jwt.encode(claims | {"sid": "AAAA"}, KEY, algorithm="HS256"),
        "no words at all": "a.b.c",
        "control characters": "\x01\x02",
        "a refresh token": sign_in(alice).refresh_token,
        "nothing": "",
        "very long": "x" * 8000,
    }
    assert status_of(token) == 200
    assert {name: status_of(fake) for name, fake in forged.items()} == dict.fromkeys(forged, 401)


def test_it_refuses_an_access_token_after_15_minutes_and_a_refresh_token_after_30_days(alice: Person) -> None:
    now = time.time()
    with time_machine.travel(now, tick=False):
        tokens = sign_in(alice)
    for seconds, access, refresh in (
        (14 * 60, 200, 200),
        (16 * 60, 401, 200),
        (29 * 86400, 401, 200),
        (31 * 86400, 401, 400),
    ):
        with time_machine.travel(now + seconds, tick=False):
            assert status_of(tokens.access_token) == access
            answer = Caller()("POST", "tokens/refresh", {"refresh_token": tokens.refresh_token})
            assert answer.status_code == refresh
            if refresh == 200:
                assert status_of(answer.json()["data"]["access_token"]) == 200


def test_it_refuses_an_access_token_as_a_refresh_token(alice: Person) -> None:
    body = {"refresh_token": sign_in(alice).access_token}
    assert Caller()("POST", "tokens/refresh", body).status_code == 400


def test_it_signs_with_a_key_of_its_own_that_is_long_enough_for_hs256() -> None:
    assert len(KEY.encode()) >= 32
    assert settings.SECRET_KEY not in KEY


def test_tokens_survive_a_restart(alice: Person) -> None:
    """Another process, with the same SECRET_KEY, checks the signature."""
    token = sign_in(alice).access_token
    code = (
        "import django, sys; django.setup()\n"
        "from allauth.headless.tokens.strategies.jwt.internal import decode_token\n"
        "print(decode_token(sys.argv[1], 'access')['sub'])"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, token],
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": settings.SECRET_KEY, "PATH": ""},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == str(alice.pk)


def test_a_session_knows_its_person(alice: Person) -> None:
    bearer(alice)
    assert Session.objects.get().person == alice


def test_it_answers_401_with_the_way_to_sign_in(db: None) -> None:
    response = Client().get(ME)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
