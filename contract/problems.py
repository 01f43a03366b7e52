"""Errors as RFC 9457 problem documents, in the caller's language.

Every answer of the API with a status of 400 or more is one of these; `errors` always holds at least one entry, so that
a front end can rely on `errors[0].code`:

    {"type": "about:blank", "title": "Invalid data", "status": 422, "detail": "…",
     "errors": [{"field": "duration", "code": "too_large", "message": "Must be at most 120."}]}
"""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, Throttled, ValidationError
from pydantic import Field
from redis import RedisError

from contract.errors import FieldError, Refused, Text
from contract.validation import field_errors

logger = logging.getLogger("django.request")

MEDIA_TYPE = "application/problem+json"

# PostgreSQL or Redis does not answer: 503, since the same request may well succeed a little later.
AWAY = (OperationalError, InterfaceError, RedisError)

# Of each status: its code, its title, and what to say where nothing more is known.
KINDS: dict[int, tuple[str, Text, Text]] = {
    400: ("malformed", _("Malformed request"), _("The request cannot be read.")),
    401: ("not_signed_in", _("Not signed in"), _("Sign in, or refresh the access token.")),
    403: ("forbidden", _("Not allowed"), _("You may not do this.")),
    404: ("not_found", _("Not found"), _("There is nothing at this address.")),
    405: ("method_not_allowed", _("Method not allowed"), _("This address does not answer to that method.")),
    409: ("conflict", _("Conflict"), _("This contradicts what stands now.")),
    411: ("length_required", _("Length required"), _("State the length of the body in Content-Length.")),
    412: ("changed_meanwhile", _("Changed meanwhile"), _("Somebody else changed this meanwhile. Load it anew.")),
    413: ("too_large", _("Too large"), _("The body is too large.")),
    415: ("not_json", _("Unsupported media type"), _("Send JSON, with Content-Type: application/json.")),
    422: ("invalid", _("Invalid data"), _("Some of the data cannot be accepted; see errors.")),
    429: ("too_many_requests", _("Too many requests"), _("Wait a little, then try again.")),
    500: ("internal", _("Internal error"), _("Something went wrong on our side. It has been recorded.")),
    503: ("unavailable", _("Unavailable"), _("A part of the service is away. Try again a little later.")),
}


RETRY_AFTER: dict[str, Any] = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
        "example": 30,
    }
}


class FieldProblem(Schema):
    """One thing that is wrong."""

    field: str | None = Field(description="Dotted path of the field, or the parameter; null: about the whole request.")
    code: str = Field(description="Stable, for programs.")
    message: str = Field(description="For people, in the caller's language.")


class Problem(Schema):
    """An RFC 9457 problem document."""

    type: str = Field("about:blank", description="Always `about:blank`: the status and the codes tell all.")
    title: str = Field(description="The status in words, in the caller's language.")
    status: int = Field(description="The HTTP status once more.")
    detail: str = Field(description="What went wrong, in a sentence for people.")
    errors: list[FieldProblem] = Field(min_length=1, description="All that is wrong, at least one entry.")


def problem_responses(*statuses: int) -> dict[str, Any]:
    """The error answers that are particular to an endpoint, for its `openapi_extra`.

    The document adds by itself what any endpoint may answer: 400, 401, 404 (with a path parameter), 405, 413, 415,
    422, 429, 500, 503.
    """
    return {"responses": {status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}}


def problem(status: int, errors: Sequence[FieldError] = (), detail: Text | None = None) -> HttpResponse:
    """The problem document of a status; without errors, one about the whole request."""
    kind = status if status in KINDS else 500 if status >= 500 else 400
    code, title, usual_detail = KINDS[kind]
    if detail is None:
        detail = errors[0].message if len(errors) == 1 and errors[0].field is None else usual_detail
    body = {
        "type": "about:blank",
        "title": str(title),
        "status": status,
        "detail": str(detail),
        "errors": [
            {"field": error.field, "code": error.code, "message": str(error.message)}
            for error in errors or [FieldError(None, code, detail)]
        ],
    }
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def install(api: NinjaAPI) -> None:
    """Make the API answer every exception with a problem document."""
    handlers: tuple[tuple[type[Exception], Callable[[HttpRequest, Any], HttpResponse]], ...] = (
        (Refused, _refused),
        (ValidationError, _invalid),
        (HttpError, _http_error),
        (Http404, lambda *_: problem(404)),
        (PermissionDenied, lambda *_: problem(403)),
        (RequestDataTooBig, lambda *_: problem(413)),
        (SuspiciousOperation, lambda *_: problem(400)),
        (UnreadablePostError, lambda *_: problem(400)),
        *((error, _away) for error in AWAY),
        (IntegrityError, _raced),
        (Exception, unforeseen),
    )
    for exception, handler in handlers:
        api.add_exception_handler(exception, handler)


def _refused(_request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(error.status, error.errors)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    # An id that no row can have is an address with nothing behind it.
    if any(part["loc"][0] == "path" and part["type"] in _NO_SUCH_ID for part in error.errors):
        return problem(404)
    return problem(422, field_errors(error.errors))


_NO_SUCH_ID = {"int_parsing", "int_parsing_size", "int_type", "greater_than_equal", "less_than_equal"}


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    # django-ninja wraps whatever its parser raises.
    if isinstance(error.__cause__, Refused):
        return problem(error.__cause__.status, error.__cause__.errors)
    response = problem(error.status_code)
    if isinstance(error, Throttled) and error.wait is not None:
        response["Retry-After"] = str(int(error.wait) + 1)
    return response


def _raced(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database holds every rule too: what a rule let through was overtaken by another request."""
    logger.warning("Refused by the database: %s %s", request.method, request.path, exc_info=error)
    return problem(409)


def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("A part of the service is away: %s %s", request.method, request.path, exc_info=error)
    response = _logged(problem(503))
    response["Retry-After"] = "1"
    return response


def unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
    """500 without details: they go to the log and to whoever listens to Django's signal."""
    logger.error("Internal Server Error: %s %s", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return _logged(problem(500))


def _logged(response: HttpResponse) -> HttpResponse:
    """Keeps Django from logging the same once more, without the cause."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
