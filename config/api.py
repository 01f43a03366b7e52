"""The one API object: every room's endpoints under `/api/v1`, and the document that describes them."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from accounts.api import router as accounts
from accounts.limits import limit_writes
from accounts.signed_in import SignedIn
from bot.webhook import router as webhook
from config.export import router as export
from config.openapi import complete, declare_errors
from contract import problems
from contract.deprecation import announce
from contract.described import declare_limits
from contract.requests import StrictJson, refuse_unknown_parameters
from habits.api import router as habits
from habits.moderation_api import router as moderation
from telegram.api import router as telegram
from tracking.api import router as tracking


class Json(JSONRenderer):
    """Readable Cyrillic at half the size."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        return json.dumps(data, cls=self.encoder_class, ensure_ascii=False, allow_nan=False)


class Api(NinjaAPI):
    """Demands sign-in, strict JSON and known query parameters of every endpoint, and errs in problem documents."""

    def mount(self, prefix: str, router: Router) -> None:
        """Put a room's finished router under /api + prefix."""
        refuse_unknown_parameters(router)
        announce(router)
        limit_writes(router)
        declare_limits(router)
        declare_errors(router)
        self.add_router(prefix, router)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**kwargs)
        document.update(complete(document))
        return document


api = Api(
    title="Habit tracker",
    version="1",
    docs_url=None,  # config.pages
    auth=SignedIn(),
    parser=StrictJson(),
    renderer=Json(),
)
problems.install(api)
api.mount("/v1", accounts)
api.mount("/v1", export)
api.mount("/v1", habits)
api.mount("/v1", moderation)
api.mount("/v1", tracking)
api.mount("/v1", telegram)
api.mount("/v1", webhook)
