"""The shapes of allauth's envelope, and how one of its operations is described (config.openapi_auth holds them all)."""

from collections.abc import Collection
from typing import Any

from contract.problems import KINDS

TAG = "Sign-up and sign-in"

EMAIL = {"type": "string", "format": "email", "maxLength": 254, "examples": ["alice@example.org"]}
PASSWORD = {"type": "string", "format": "password", "examples": ["correct horse battery staple"]}
CODE = {"type": "string", "description": "The code from the mail.", "examples": ["3YK8-XM2P"]}
TOKEN = {"type": "string", "examples": ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"]}
_USER = {
    "id": 1,
    "display": "alice@example.org",
    "email": "alice@example.org",
    "has_usable_password": True,
}
_META = {"is_authenticated": True, "session_token": "ufwcig0zen9skyd545jc0fkq813ghar2"}
_TOKENS = {"access_token": "eyJhbGciOi…", "refresh_token": "eyJhbGciOi…"}


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties} | ({"required": required.split()} if required else {})


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _status(*values: int) -> dict[str, Any]:
    return {"type": "integer", "enum": list(values)}


SCHEMAS: dict[str, Any] = {
    "AuthUser": _object(
        "id display has_usable_password",
        id={"type": "integer", "description": "The `id` of `/api/v1/me`."},
        display={"type": "string"},
        email=EMAIL,
        has_usable_password={"type": "boolean"},
    ),
    "AuthMeta": _object(
        "is_authenticated",
        is_authenticated={"type": ["boolean", "null"]},
        session_token={"type": "string", "description": "For `X-Session-Token`, while a flow is pending."},
        access_token=TOKEN | {"description": "For `Authorization: Bearer …`; lives 15 minutes."},
        refresh_token=TOKEN | {"description": "For `tokens/refresh`; lives 30 days."},
    ),
    "AuthSignedIn": _object(
        "status data meta",
        status=_status(200),
        data=_object(
            "user methods",
            user=_ref("AuthUser"),
            methods={"type": "array", "items": {"type": "object"}, "description": "How this session was signed in."},
        ),
        meta=_ref("AuthMeta"),
    ),
    "AuthNotSignedIn": _object(
        "status data meta",
        status=_status(401, 410),
        data=_object(
            "flows",
            flows={
                "type": "array",
                "description": "What can be done next. A pending flow is waiting for its code.",
                "items": _object("id", id={"type": "string"}, is_pending={"type": "boolean"}),
            },
        ),
        meta=_ref("AuthMeta"),
    ),
    "AuthErrors": _object(
        "status errors",
        status={"type": "integer"},
        errors={
            "type": "array",
            "minItems": 1,
            "items": _object(
                "code message",
                code={"type": "string", "description": "Stable, for programs."},
                message={"type": "string", "description": "For people, in the caller's language."},
                param={"type": "string", "description": "The field, where one is to blame."},
            ),
        },
    ),
    "AuthEmails": _object(
        "status data",
        status=_status(200),
        data={
            "type": "array",
            "items": _object(
                "email verified primary", email=EMAIL, verified={"type": "boolean"}, primary={"type": "boolean"}
            ),
        },
    ),
    "AuthRefreshed": _object(
        "status data",
        status=_status(200),
        data=_object("access_token", access_token=TOKEN),
    ),
    "AuthDone": _object("status", status=_status(200)),
    "AuthAbout": _object("status data", status=_status(200), data={"type": "object"}),
}

_ANSWERS: dict[str, tuple[str, Any]] = {
    "AuthSignedIn": (
        "Signed in.",
        {"status": 200, "data": {"user": _USER, "methods": []}, "meta": _META | _TOKENS},
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
    "AuthAbout": ("What was asked for.", {"status": 200, "data": {}}),
}


def _error_example(status: int) -> dict[str, Any]:
    code, _title, detail = KINDS[status]
    return {"status": status, "errors": [{"code": code, "message": str(detail)}]}


def _answer(told: str, schema: str, example: dict[str, Any]) -> dict[str, Any]:
    return {"description": told, "content": {"application/json": {"schema": _ref(schema), "example": example}}}


def responses() -> dict[str, Any]:
    """What the operations point at as `#/components/responses/…`, in the language that is active."""
    good = {name: _answer(told, name, example) for name, (told, example) in _ANSWERS.items()}
    return good | {
        f"AuthError{status}": _answer(f"{title}.", "AuthErrors", _error_example(status))
        for status, (_code, title, _detail) in KINDS.items()
    }


def operation(
    operation_id: str,
    summary: str,
    good: dict[int, str],
    *errors: int,
    body: dict[str, Any] | None = None,
    optional: str = "",
    description: str = "",
    header: str = "",
    session: bool = False,
    signed_in: bool = False,
) -> dict[str, Any]:
    """`good` and `errors` are statuses; `body` maps field to schema, all required but for those in `optional`."""
    if session or signed_in:  # of a session that is over
        good = good | {410: "AuthNotSignedIn"}
    statuses = {*errors, *((400, 413, 415) if body else ()), 500, 503}
    answers = good | {status: f"AuthError{status}" for status in sorted(statuses) if status not in good}
    described: dict[str, Any] = {
        "operationId": operation_id,
        "tags": [TAG],
        "summary": summary,
        "responses": {str(status): {"$ref": f"#/components/responses/{name}"} for status, name in answers.items()},
    }
    if description:
        described["description"] = description
    if header:
        described["parameters"] = [
            {"in": "header", "name": header, "required": True, "schema": {"type": "string"}, "description": "The code."}
        ]
    if session or signed_in:
        described["security"] = [
            *([{"SessionToken": []}] if session else []),
            *([{"SignedIn": []}] if signed_in else []),
        ]
    if body:
        required = " ".join(name for name in body if name not in optional.split())
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _object(required, **body)}},
        }
    return described


def fields(described: dict[str, Any]) -> Collection[str]:
    """The names of the fields that an operation's body may have."""
    if "requestBody" not in described:
        return ()
    names: dict[str, Any] = described["requestBody"]["content"]["application/json"]["schema"]["properties"]
    return names.keys()
