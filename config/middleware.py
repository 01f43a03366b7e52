"""The frame around everything under /api/: a bound on bodies, and no error that is not JSON.

django-ninja's endpoints answer in problem documents by themselves (contract.problems). This catches what comes from
elsewhere: Django (unknown addresses, wrong methods, refused hosts) and allauth, whose endpoints under /api/auth/ keep
allauth's envelope, `{"status": 400, "errors": [{"code", "message", "param"?}]}`.
"""

import json
import logging
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext_lazy as _

from bot.webhook import PATH as WEBHOOK_PATH
from config.openapi_auth import PATHS
from config.openapi_operation import fields, required_headers
from contract.errors import FieldError, Refused
from contract.problems import AWAY, KINDS, MEDIA_TYPE, problem
from contract.requests import StrictJson
from contract.throttle import RequestsAMinute
from contract.validation import field_errors

logger = logging.getLogger("django.request")

LARGEST_BODY = 64 * 1024
# An update holds two messages of 4,096 characters where one answers the other, each of up to 12 bytes; what is refused
# is brought again and again, and holds up what comes after it.
LARGEST_UPDATE = 256 * 1024
refreshes = RequestsAMinute("refreshes", settings.REFRESHES_A_MINUTE)
_KEPT_HEADERS = ("Allow", "Retry-After")
_DEAD_TOKEN = FieldError("refresh_token", "invalid_token", _("This token is not valid any more. Sign in anew."))


class ApiFrame:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_api(request):
            return self.get_response(request)
        response = _refusal(request) or self.get_response(request)
        if response.status_code >= 400:
            response = _framed(request, response)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What is no fault of our code, where no endpoint of django-ninja has caught it already."""
        if not _is_api(request):
            return None
        if isinstance(error, UpdateError):  # signed out by another request while this one was under way
            return _error(request, 401)
        if isinstance(error, IntegrityError):  # two requests at once, such as two sign-ups with one address
            logger.warning("Refused by the database: %s %s", request.method, request.path, exc_info=error)
            return _error(request, 409)
        if isinstance(error, (*AWAY, SMTPException, OSError)):
            logger.error("A part of the service is away: %s %s", request.method, request.path, exc_info=error)
            return _error(request, 503)
        return None


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _is_auth(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/auth/")


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """The refusal of what nobody should read, or that allauth would stumble over."""
    if _is_auth(request):
        # allauth serves more than is set up here (phones, whose half of the work is missing), and reads before it
        # looks at the method: what is documented is served, and nothing else.
        methods = {method.upper() for method in PATHS.get(request.path_info, ())}
        if not methods:
            return _error(request, 404)
        if request.method not in methods:
            refused = _error(request, 405)
            refused["Allow"] = ", ".join(sorted(methods))
            return refused
    length = request.headers.get("Content-Length", "")
    if not length and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return _error(request, 411)
    if length and not length.isdecimal():
        return _error(request, 400)
    if int(length or 0) > (LARGEST_UPDATE if request.path_info == WEBHOOK_PATH else LARGEST_BODY):
        return _error(request, 413)
    if not _is_auth(request):
        return None
    # Everything else there is limited by allauth itself.
    if request.path_info.endswith("/tokens/refresh") and not refreshes.allow_request(request):
        refused = _error(request, 429)
        refused["Retry-After"] = str(int(refreshes.wait()) + 1)
        return refused
    if request.method == "POST" and request.path_info.endswith("/auth/signup") and not settings.SIGNUP_OPEN:
        return _error(request, 403, [FieldError(None, "signup_closed", _("Sign-up is closed here."))])
    try:
        body = StrictJson().parse_body(request) if request.body else {}
    except Refused as error:
        return _error(request, error.status, error.errors)
    if not isinstance(body, dict):
        return _error(request, 400, [FieldError(None, "required", _("A JSON object is expected in the body."))])
    documented = PATHS[request.path_info][str(request.method).lower()]
    errors = [*_unknown(request, body, documented), *_missing(request, documented), *_unfit(body)]
    return _error(request, 400, errors) if errors else None


def _unknown(request: HttpRequest, body: dict[str, Any], documented: dict[str, Any]) -> list[FieldError]:
    """allauth passes over what it does not know, and so a misspelt `timezone` would be lost without a word."""
    return field_errors(
        [
            *({"loc": ("query", name), "type": "unknown_parameter"} for name in request.GET),
            *(
                {"loc": ("body", "", name), "type": "extra_forbidden"}
                for name in body
                if name not in fields(documented)
            ),
        ]
    )


def _missing(request: HttpRequest, documented: dict[str, Any]) -> Iterator[FieldError]:
    for name in required_headers(documented):
        if not request.headers.get(name):
            yield FieldError(name, "required", _("This field is required."))


def _unfit(body: dict[str, Any]) -> Iterator[FieldError]:
    """allauth's fields are flat, and text but for a flag; Django's forms would make text of anything else."""
    for name, value in body.items():
        if value is not None and not isinstance(value, str | bool):
            yield FieldError(name, "invalid_type", _("Text is expected."))
        elif isinstance(value, str) and any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
            yield FieldError(name, "control_character", _("Control characters and line breaks are not allowed."))


def _framed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    kind = response.get("Content-Type", "").split(";")[0]
    if kind == MEDIA_TYPE or (kind == "application/json" and _says_why(response)):
        return response
    is_refresh = response.status_code == 400 and request.path_info.endswith("/tokens/refresh")
    framed = _error(request, response.status_code, [_DEAD_TOKEN] if is_refresh else [])
    for name in _KEPT_HEADERS:
        if response.has_header(name):
            framed[name] = response[name]
    return framed


def _says_why(response: HttpResponseBase) -> bool:
    """allauth leaves some of its refusals without a word."""
    return set(json.loads(getattr(response, "content", b"{}"))) != {"status"}


def _error(request: HttpRequest, status: int, errors: Sequence[FieldError] = ()) -> HttpResponse:
    if not _is_auth(request):
        return problem(status, errors)
    code, _title, detail = KINDS.get(status) or KINDS[500 if status >= 500 else 400]
    told = [
        {"code": error.code, "message": str(error.message)} | ({"param": error.field} if error.field else {})
        for error in errors or [FieldError(None, code, detail)]
    ]
    return JsonResponse({"status": status, "errors": told}, status=status, json_dumps_params={"ensure_ascii": False})
