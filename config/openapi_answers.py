"""What allauth's endpoints answer, with examples; the operations point at these."""

from typing import Any

from contract.problems import KINDS, RETRY_AFTER

_USER = {
    "id": 1,
    "display": "alice@example.org",
    "email": "alice@example.org",
    "has_usable_password": True,
}
_METHODS = [{"method": "password", "at": 1769882400.5, "email": "alice@example.org"}]
_META = {"is_authenticated": True, "session_token": "ufwcig0zen9skyd545jc0fkq813ghar2"}
_TOKENS = {"access_token": "eyJhbGciOi…", "refresh_token": "eyJhbGciOi…"}
_SIGNED_IN = {"status": 200, "data": {"user": _USER, "methods": _METHODS}}
_ANSWERS: dict[str, tuple[str, Any]] = {
    "AuthSignedIn": ("Signed in.", _SIGNED_IN | {"meta": _META | _TOKENS}),
    "AuthSession": (
        "Who is signed in. With tokens, where somebody is only now.",
        _SIGNED_IN | {"meta": {"is_authenticated": True}},
    ),
    "AuthNotSignedIn": (
        "Not signed in (any more), or a flow is pending.",
        {
            "status": 401,
            "data": {"flows": [{"id": "login"}, {"id": "signup"}, {"id": "verify_email", "is_pending": True}]},
            "meta": _META | {"is_authenticated": False},
        },
    ),
    "AuthEmails": (
        "The addresses.",
        {"status": 200, "data": [{"email": "alice@example.org", "verified": True, "primary": True}]},
    ),
    "AuthRefreshed": ("A new access token.", {"status": 200, "data": {"access_token": "eyJhbGciOi…"}}),
    "AuthDone": ("Done.", {"status": 200}),
    "AuthCodeOfMail": (
        "The code is good.",
        {
            "status": 200,
            "data": {"email": "alice@example.org", "user": _USER},
            "meta": {"is_authenticating": False},
        },
    ),
    "AuthCodeOfReset": ("The code is good.", {"status": 200, "data": {"user": _USER}}),
    "AuthConfig": (
        "What is offered here.",
        {
            "status": 200,
            "data": {
                "account": {
                    "login_methods": ["email"],
                    "authentication_method": "email",
                    "is_open_for_signup": True,
                    "email_verification_by_code_enabled": True,
                    "password_reset_by_code_enabled": True,
                    "login_by_code_enabled": False,
                }
            },
        },
    ),
}


def _error_example(status: int) -> dict[str, Any]:
    code, _title, detail = KINDS[status]
    return {"status": status, "errors": [{"code": code, "message": str(detail)}]}


def _answer(told: str, schema: str, example: dict[str, Any], **more: Any) -> dict[str, Any]:
    shape = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": told, "content": {"application/json": {"schema": shape, "example": example}}, **more}


def responses() -> dict[str, Any]:
    """What the operations point at as `#/components/responses/…`, in the language that is active."""
    good = {name: _answer(told, name, example) for name, (told, example) in _ANSWERS.items()}
    return good | {
        f"AuthError{status}": _answer(
            f"{title}.", "AuthErrors", _error_example(status), **({"headers": RETRY_AFTER} if status == 429 else {})
        )
        for status, (_code, title, _detail) in KINDS.items()
    }
