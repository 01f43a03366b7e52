"""`/user/get_chat_id/{pk}`: a link to follow in a browser, after which the bot asks in the chat whose name is claimed.

It needs no token, so it must tell nothing: the answer is the same for every number and is ready before anybody looks
whether there is such a person (a worker does).
"""

import logging
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from kombu.exceptions import OperationalError

from contract.errors import FieldError
from contract.problems import KINDS, problem
from contract.throttle import RequestsAMinute
from telegram.schemas import AskOut
from telegram.tasks import ask_in_chat

logger = logging.getLogger(__name__)

LARGEST_ID: Final = 2**63 - 1
FORGOTTEN_AFTER: Final = 300  # seconds: a question that no worker took up by then surprises more than it helps

asking_rate = RequestsAMinute("ask_in_chat", settings.ASKS_A_MINUTE)


@csrf_exempt  # a POST is refused for being one, in a problem document
@never_cache
def ask_page(request: HttpRequest, pk: str) -> HttpResponse:
    """GET makes the bot ask; HEAD only looks."""
    if request.method not in {"GET", "HEAD"}:
        refused = problem(405)
        refused["Allow"] = "GET, HEAD"
        return refused
    if not (pk.isascii() and pk.isdecimal()):
        code, _title, detail = KINDS[404]
        return answer(request, 404, code, str(detail))
    if not settings.TELEGRAM_BOT_TOKEN:
        return answer(request, 503, "no_bot", _("No Telegram bot is configured on this server."))
    if not asking_rate.allow_request(request):
        limited = answer(request, 429, "too_many_requests", _("Too many requests. Wait a minute, then try again."))
        limited["Retry-After"] = str(int(asking_rate.wait()) + 1)
        return limited
    try:
        if request.method == "GET":
            # A number that no person can have is queued all the same, so that it takes the same time.
            person_id = min(int(pk[:20]), LARGEST_ID)
            ask_in_chat.apply_async((person_id,), expires=FORGOTTEN_AFTER, retry=False)
    except OperationalError as error:
        logger.error("Nobody can be asked to link a chat, Redis is away: %s", error)
        return answer(request, 503, "unavailable", _("This does not work just now. Try again a little later."))
    return answer(
        request,
        200,
        "asked",
        _(
            "If the profile names a Telegram username and that person has written to the bot, the bot now asks there "
            "whether reminders shall come to that chat; answer Yes. It asks at most once a day. If no question "
            "comes, check the username in the profile, write anything to the bot, and follow this link again."
        ),
    )


def answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """A page for browsers, which ask for HTML by name; JSON for everybody else."""
    if wants_html(request):
        titles = {200: _("Look into Telegram"), 404: KINDS[404][1]}
        page = {"language": get_language(), "title": titles.get(status, _("Not now")), "detail": detail}
        response = render(request, "telegram/asked.html", page, status=status)
    elif status == 200:
        response = JsonResponse({"detail": detail}, json_dumps_params={"ensure_ascii": False})
    else:
        response = problem(status, [FieldError(None, code, detail)])
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def wants_html(request: HttpRequest) -> bool:
    named = [f"{kind.main_type}/{kind.sub_type}" for kind in request.accepted_types]
    if "text/html" not in named:
        return False
    return "application/json" not in named or named.index("text/html") < named.index("application/json")


def openapi_paths() -> dict[str, Any]:
    """Its part of the API's document, which lists what django-ninja serves and cannot know of this page."""
    asked = AskOut.model_json_schema(ref_template="#/components/schemas/{model}")
    example = {"detail": "If the profile names a Telegram username …"}
    operation = {
        "tags": ["Telegram"],
        "summary": "Have the bot ask in the chat whose username you claim",
        "description": "Fill `telegram_username` in your profile and write anything to the bot, in either order; then "
        "follow this link in a browser, or call it. The bot asks in that chat, at most once a day, whether your "
        "reminders shall come there, and only the Yes there links it. It needs no token and answers the same for "
        "every `pk`. HEAD asks nothing.\n\n"
        f"Limited to {asking_rate.limit} requests a minute {asking_rate.whose}; more answer 429 with `Retry-After`.",
        "security": [],
        "parameters": [
            {
                "name": "pk",
                "in": "path",
                "required": True,
                "description": "The `id` of `/me`.",
                "schema": {"type": "integer", "minimum": 0},
                "example": 1,
            }
        ],
        "responses": {
            "200": {
                "description": "The bot asks, if there is somebody to ask.",
                "content": {
                    "application/json": {"schema": asked, "example": example},
                    "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"},
                },
            },
            **{str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in (404, 405, 429, 503)},
        },
    }
    address = "/user/get_chat_id/{pk}"
    return {
        address: {"get": {**operation, "operationId": "askInChat"}},
        f"{address}/": {"get": {**operation, "operationId": "askInChatWithSlash"}},
    }
