"""The webhook: the same updates, brought by Telegram, answered once they are handled."""

import datetime as dt
import hmac
from typing import Final

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router
from ninja.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict, Field

from contract.errors import FieldError, Unavailable
from contract.schemas import Output

router = Router(tags=["Telegram"])

PATH: Final = "/api/v1/telegram/webhook"
HANDLED_WITHIN: Final = 15.0  # seconds of a web thread; Telegram would wait for about a minute
LEASE: Final = dt.timedelta(seconds=30)


class Secret(APIKeyHeader):
    """Telegram's own header, compared in constant time. Without a secret in the settings nobody gets in."""

    param_name = "X-Telegram-Bot-Api-Secret-Token"

    def authenticate(self, _request: HttpRequest, key: str | None) -> str | None:
        expected = settings.TELEGRAM_WEBHOOK_SECRET if settings.TELEGRAM_BOT_TOKEN else ""
        same = hmac.compare_digest((key or "").encode(errors="replace"), expected.encode())
        return "Telegram" if same and expected else None


class UpdateIn(BaseModel):
    """An update as Telegram's documentation has it; what the bot does not know is let through."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [{"update_id": 10000, "message": {}}]})

    update_id: int = Field(ge=0, le=2**63 - 1, strict=True, description="Telegram's number of the update.")


class HandledOut(Output, json_schema_extra={"examples": [{"handled": True}]}):
    """The update is dealt with and need not come again."""

    handled: bool = Field(description="Always true.")


@router.post(
    "/telegram/webhook",
    auth=Secret(),
    response=HandledOut,
    summary="Take an update from Telegram",
    operation_id="takeTelegramUpdate",
)
def take_update(request: HttpRequest, update: UpdateIn) -> HandledOut:
    """For Telegram, with the secret header that was given to `setWebhook`. 503 asks it to bring the update again."""

    # aiogram takes seconds to import: web processes that no webhook reaches do without.
    from bot.intake import take

    if not async_to_sync(take)(update.model_dump(), lease=LEASE, within=HANDLED_WITHIN):
        raise Unavailable(FieldError(None, "not_handled", _("The update was not handled. Bring it again.")))
    return HandledOut(handled=True)
