"""allauth's endpoints as a front end calls them."""

import re
from typing import Any

from django.core import mail
from django.test import Client

AUTH = "/api/auth/app/v1/"
PASSWORD = "correct horse battery staple"


class Caller:
    """A front end: it keeps the tokens that it was given and sends them along."""

    def __init__(self) -> None:
        self.client = Client()
        self.session_token: str | None = None
        self.access_token: str | None = None
        self.refresh_token: str | None = None

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        if self.session_token:
            headers["X-Session-Token"] = self.session_token
        elif self.access_token:
            headers["Authorization"] = f"Bearer {self.access_token}"
        address = path if path.startswith("/") else AUTH + path
        response: Any = self.client.generic(
            method, address, b"" if body is None else _json(body), "application/json", headers=headers
        )
        meta = response.json().get("meta", {}) if response.content else {}
        self.access_token = meta.get("access_token", self.access_token)
        self.refresh_token = meta.get("refresh_token", self.refresh_token)
        self.session_token = None if self.access_token else meta.get("session_token", self.session_token)
        return response

    def sign_up(self, email: str = "dan@example.org", **fields: Any) -> Any:
        return self("POST", "auth/signup", {"email": email, "password": PASSWORD, **fields})

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        return self("POST", "auth/login", {"email": email, "password": password})


def code_in_last_mail() -> str:
    found = re.findall(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert len(found) == 1, mail.outbox[-1].body
    return str(found[0])


def codes(response: Any) -> set[tuple[str | None, str]]:
    """The errors of an answer, whichever envelope: (field, code)."""
    return {(error.get("field", error.get("param")), error["code"]) for error in response.json()["errors"]}


def _json(body: Any) -> Any:
    import json

    return json.dumps(body)
