"""One OpenAPI 3.1 document for the API and for allauth's endpoints beside it."""

from copy import deepcopy
from typing import Any

from django.utils import translation
from ninja import Router
from ninja.constants import NOT_SET
from ninja.operation import Operation

from config import openapi_limits, pages
from config.openapi_answers import responses
from config.openapi_auth import PATHS
from config.openapi_links import link
from config.openapi_shapes import SCHEMAS
from config.openapi_tidy import tidied
from contract.described import RATE_LIMIT
from contract.problems import KINDS, MEDIA_TYPE, RETRY_AFTER, Problem, problem_responses
from telegram import ask_page

DESCRIPTION = """
A habit tracker after James Clear's *Atomic Habits*: a person writes a habit as one sentence, *I will [ACTION] at [TIME]
in [PLACE]*, and is reminded of it in Telegram at that time, on their own clock.

**Signing in.** `POST /api/auth/app/v1/auth/signup` or `…/login` answers with an `access_token` (15 minutes) and a
`refresh_token` (30 days) in `meta`. Send the first as `Authorization: Bearer …`; on 401 get a new one from
`POST /api/auth/app/v1/tokens/refresh`, or sign in anew. Where a mail server is set up, sign-up answers 401 with the
flow `verify_email` pending: send the code from the mail to `…/auth/email/verify`, with the `session_token` from `meta`
as `X-Session-Token`, and get the tokens there. Who began in Telegram has neither e-mail nor password: the bot's /login
gives a code for `POST /api/v1/telegram/login`. They may add an address (`POST …/account/email`, then the code from the
mail to `…/auth/email/verify`), then a password (`POST …/account/password/change`), and sign in by those from then on.

**Errors** are `application/problem+json` (RFC 9457) whose `errors` hold at least one `{field, code, message}`: 422 for
data that breaks a rule, 400 for a body that cannot be read. The endpoints under `/api/auth/` are django-allauth's and
keep its envelope: `{status, errors: [{code, message, param}]}`.

**Language.** Messages are Russian or English by `Accept-Language`; without it, in the language of the profile.

**Strictness.** Unknown fields and query parameters are refused, and so are texts where numbers are meant. What is
absent is `null`, never `""`. Texts are one line, without white space at their ends. A body may hold 64 KiB and comes
with its length. An address that does not answer to a method says so by 405, and in `Allow` to which it does; HEAD and
OPTIONS are answered wherever they make sense.

**Two tabs.** A habit comes with an `ETag`. Sent back as `If-Match`, it keeps one tab from overwriting what another has
changed meanwhile: 412, and nothing has happened.

**Limits** stand with the operations that have them, whose answers tell in `RateLimit-Policy` and `RateLimit` what is
left. A 429 carries `Retry-After`, in seconds; a 503 may.

**What stays.** Bear new operations, fields in answers, codes of errors and headers; everything else stays as it is
described here. What is to go is marked `deprecated`, says so on every answer in `Deprecation` (RFC 9745) and `Sunset`
(RFC 8594), and works on for 180 days at the least (docs/stability.md beside the code).

**Tracing.** Every answer carries `X-Request-ID`: the one that was sent (8 to 64 characters of `A-Z a-z 0-9 . _ -`) or
a new one. Name it when you report a fault.
""".strip()

SESSION_TOKEN = {
    "SessionToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Session-Token",
        "description": "The `session_token` of a sign-up, sign-in or password reset that waits for its code.",
    }
}

TAGS = [
    {"name": "Sign-up and sign-in", "description": "django-allauth's own endpoints and envelope."},
    {"name": "Profile", "description": "The signed-in person."},
    {"name": "Habits", "description": "Own habits, five a page."},
    {"name": "Check-ins", "description": "What was done or skipped, day by day, and what grows from it."},
    {"name": "Public habits", "description": "What everyone shares; read-only, also without signing in."},
    {"name": "Telegram", "description": "The chat where reminders arrive."},
    {"name": "Operation", "description": "For those who run the service."},
]


def declare_errors(router: Router) -> None:
    """Document what every operation of the router may answer by itself, beside what it declares in `openapi_extra`."""
    for view in router.path_operations.values():
        for operation in view.operations:
            extra = dict(operation.openapi_extra or {})
            declared = problem_responses(*_errors_of(operation, router))["responses"]
            extra["responses"] = declared | extra.get("responses", {})
            operation.openapi_extra = extra
            limits = openapi_limits.sentence(map(openapi_limits.of_throttle, operation.throttle_objects))
            operation.description = "\n\n".join(filter(None, [operation.description, limits]))


def _errors_of(operation: Operation, router: Router) -> list[int]:
    sources = {model.__ninja_param_source__ for model in operation.models}
    auth = operation.auth_param if operation.auth_param is not NOT_SET else router.auth
    return [
        400,
        *([411, 413, 415] if "body" in sources else []),
        *([401] if auth is not None else []),
        *([404] if "path" in sources else []),
        422,
        *([429] if operation.throttle_objects else []),
        500,
        503,
    ]


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """django-ninja's document with the shared error answers, allauth's endpoints, links, and an introduction."""
    components = document["components"]
    components["schemas"] |= _problem_schemas() | SCHEMAS
    with translation.override("en"):
        components["responses"] = _problem_responses() | responses()
    components["securitySchemes"] |= SESSION_TOKEN
    for item in document["paths"].values():
        for operation in item.values():
            operation.setdefault("security", [])
    paths = deepcopy(PATHS) | document["paths"] | ask_page.openapi_paths() | pages.openapi_paths()
    link(paths, components["responses"])
    used = {tag for path in paths.values() for operation in path.values() for tag in operation["tags"]}
    return tidied(
        {
            "openapi": document["openapi"],
            "info": document["info"] | {"description": DESCRIPTION, "license": {"name": "MIT", "identifier": "MIT"}},
            "servers": [{"url": "/"}],
            "tags": [tag for tag in TAGS if tag["name"] in used],
            "paths": paths,
            "components": components,
        }
    )


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs"), "Problem": schema}


def _problem_responses() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, (code, title, detail) in KINDS.items():
        error = {"field": None, "code": code, "message": str(detail)}
        if status == 422:
            error = {"field": "duration", "code": "too_large", "message": "Must be at most 120."}
        example = {
            "type": "about:blank",
            "title": str(title),
            "status": status,
            "detail": str(detail),
            "errors": [error],
        }
        found[f"Problem{status}"] = {
            "description": f"{example['title']}.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
            **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
        }
    return found


_HEADERS: dict[int, dict[str, Any]] = {
    401: {
        "WWW-Authenticate": {
            "description": "How to authorize.",
            "required": True,
            "schema": {"type": "string", "const": "Bearer"},
        }
    },
    405: {
        "Allow": {
            "description": "The methods that this address answers to.",
            "required": True,
            "schema": {"type": "string"},
            "example": "GET, PATCH",
        }
    },
    429: RETRY_AFTER | RATE_LIMIT,
    503: {"Retry-After": RETRY_AFTER["Retry-After"] | {"required": False}},
}
