"""How one of allauth's operations is described; config.openapi_auth holds them all."""

from collections.abc import Collection, Sequence
from typing import Any

from config import openapi_limits
from config.openapi_shapes import closed

TAG = "Sign-up and sign-in"


def operation(
    operation_id: str,
    summary: str,
    good: dict[int, str],
    *errors: int,
    description: str,
    body: dict[str, Any] | None = None,
    example: dict[str, Any] | None = None,
    optional: str = "",
    header: str = "",
    session: bool = False,
    signed_in: bool = False,
    limits: Sequence[str] = (),
) -> dict[str, Any]:
    """`good` and `errors` are statuses; `body` maps field to schema, all required but for those in `optional`.

    `session` and `signed_in` say which tokens let in; either of them where both are set.
    """
    if session or signed_in:  # of a session that is over
        good = good | {410: "AuthNotSignedIn"}
    statuses = {400, *errors, *((411, 413, 415) if body else ()), *((429,) if limits else ()), 500, 503}
    answers = good | {status: f"AuthError{status}" for status in sorted(statuses) if status not in good}
    described: dict[str, Any] = {
        "operationId": operation_id,
        "tags": [TAG],
        "summary": summary,
        "description": "\n\n".join(filter(None, [description, openapi_limits.sentence(limits)])),
        "parameters": [_header(header)] if header else [],
        "responses": {str(status): {"$ref": f"#/components/responses/{name}"} for status, name in answers.items()},
        "security": [
            *([{"SessionToken": []}] if session else []),
            *([{"SignedIn": []}] if signed_in else []),
        ],
    }
    if body:
        required = " ".join(name for name in body if name not in optional.split())
        media = {"schema": closed(required, **body)} | ({"example": example} if example else {})
        described["requestBody"] = {"required": True, "content": {"application/json": media}}
    return described


def _header(name: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": True,
        "schema": {"type": "string", "minLength": 1},
        "description": "The code from the mail.",
        "example": "3YK8-XM2P",
    }


def fields(described: dict[str, Any]) -> Collection[str]:
    """The names of the fields that an operation's body may have."""
    if "requestBody" not in described:
        return ()
    names: dict[str, Any] = described["requestBody"]["content"]["application/json"]["schema"]["properties"]
    return names.keys()


def required_headers(described: dict[str, Any]) -> list[str]:
    """The names of the headers that a request must have."""
    return [parameter["name"] for parameter in described["parameters"] if parameter["in"] == "header"]
