"""aiogram's calls by way of the one client: its limits, its sorted errors, nothing of aiogram's own network code."""

import logging
from collections.abc import AsyncGenerator
from typing import Any, Final, Protocol

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile
from pydantic import ValidationError

from reminders.channels.text import shortened
from telegram.errors import RetryAfter

logger = logging.getLogger(__name__)

PATIENCE: Final = 5.0  # seconds of a stop after which an answer is still worth giving


class Caller(Protocol):
    async def call(self, method: str, **params: Any) -> Any: ...


class ApiSession(BaseSession):
    """Raises `telegram.errors` rather than aiogram's."""

    def __init__(self, api: Caller) -> None:
        super().__init__()
        self._api = api

    async def make_request(  # type: ignore[override]  # aiogram promises more than a server that answers null keeps
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType | None:
        """None where Telegram did what was asked, and its answer cannot be read."""
        files: dict[str, InputFile] = {}
        params = {
            name: self.prepare_value(value, bot=bot, files=files, _dumps_json=False)
            for name, value in method.model_dump(warnings=False).items()
        }
        if isinstance(text := params.get("text"), str):
            params["text"] = shortened(text)
        try:
            result = await self._api.call(method.__api_method__, within=timeout, **params)
        except RetryAfter as error:
            if error.seconds > PATIENCE:
                raise
            result = await self._api.call(method.__api_method__, within=timeout, **params)
        try:
            kind: Any = Response[method.__returning__]  # type: ignore[name-defined]  # known at run time only
            answer: TelegramType | None = kind.model_validate(
                {"ok": True, "result": result}, context={"bot": bot}
            ).result
        except ValidationError:
            logger.warning("%s was carried out, but its answer cannot be read", method.__api_method__)
            return None
        return answer

    async def close(self) -> None:
        """The client belongs to whoever made it."""

    def stream_content(self, *_args: Any, **_options: Any) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError("the bot fetches no files")
