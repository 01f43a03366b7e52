"""What is not the API: the front page, its documentation, and the signs of life."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from contract.errors import Unavailable
from contract.health import missing_parts
from telegram.background import background


@require_safe
def page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    return render(request, template, context)


def home(request: HttpRequest) -> HttpResponse:
    try:
        bot_url = f"https://t.me/{background.bot_username()}"
    except Unavailable:
        bot_url = None
    return page(request, "home.html", bot_url=bot_url, has_bot=bool(settings.TELEGRAM_BOT_TOKEN))


swagger = partial(page, template="docs/swagger.html")
redoc = partial(page, template="docs/redoc.html")


# A POST is refused for being one (405), not for want of a token.
@csrf_exempt
@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "alive"})


@csrf_exempt
@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """All that a person needs is there; otherwise 503 with the names of what is missing."""
    missing = missing_parts()
    if missing:
        return JsonResponse({"status": "not ready", "missing": missing}, status=503)
    return JsonResponse({"status": "ready", "missing": []})


def openapi_paths() -> dict[str, Any]:
    """The signs of life, for the API's document."""
    missing = {"type": "array", "items": {"type": "string"}, "description": "Names of the parts that are away."}

    def answer(told: str, status: str, **names: list[str]) -> dict[str, Any]:
        fields = {"status": {"type": "string", "const": status, "description": told}} | dict.fromkeys(names, missing)
        schema = {"type": "object", "required": list(fields), "properties": fields}
        example = {"status": status} | names
        return {"description": told, "content": {"application/json": {"schema": schema, "example": example}}}

    return {
        "/healthz": {
            "get": {
                "operationId": "isAlive",
                "tags": ["Operation"],
                "summary": "Whether this process answers",
                "description": "It looks at nothing else.",
                "security": [],
                "responses": {"200": answer("It does.", "alive")},
            }
        },
        "/readyz": {
            "get": {
                "operationId": "isReady",
                "tags": ["Operation"],
                "summary": "Whether all that a person needs is there",
                "description": "Database, Redis, and beat and worker seen lately.",
                "security": [],
                "responses": {
                    "200": answer("It is.", "ready", missing=[]),
                    "503": answer("Parts are missing.", "not ready", missing=["worker"]),
                },
            }
        },
    }
