"""The one client for everything the bot says: each call waits for the limits and ends in a result or `TelegramError`.

It is plain aiohttp, since delivery makes a thousand calls a second; `bot.session` puts aiogram on top of it.
The address of a call holds the bot's token, so no text of aiohttp's errors is passed on, and none is chained.
"""

import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from django.conf import settings

from telegram import metrics
from telegram.errors import ChatGone, Rejected, RetryAfter, TelegramError, Transient, Unreached
from telegram.limits import Limiter, Priority

CALL_TIMEOUT: Final = 20.0  # seconds for one call, connecting included
CONNECT_TIMEOUT: Final = 7.0  # seconds
LARGEST_ANSWER: Final = 16 * 1024 * 1024  # bytes; a hundred updates with long texts are under one megabyte
LONGEST_WAIT: Final = 86_400.0  # seconds; a `retry_after` beyond a day is garbage
DEFAULT_WAIT: Final = 5.0  # seconds, for a 429 that does not say how long
LARGEST_NUMBER: Final = 2**63 - 1  # of a message

# In lower case. Telegram answers 400, not 403, to these; the chat will not take a message before it writes again.
GONE: Final = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "bot was blocked",
    "bot was kicked",
    "can't initiate conversation",
    "peer_id_invalid",
    "chat_write_forbidden",
)


class BotApi:
    """The Bot API at TELEGRAM_API_URL, for one event loop. `async with BotApi() as api: await api.call("getMe")`."""

    def __init__(
        self,
        *,
        token: str | None = None,
        base_url: str | None = None,
        proxy: str | None = None,
        limiter: Limiter | None = None,
        timeout: float = CALL_TIMEOUT,
    ) -> None:
        """Without arguments everything comes from the settings. `timeout` is in seconds, for one call."""
        self._token = settings.TELEGRAM_BOT_TOKEN if token is None else token
        self._base_url = (settings.TELEGRAM_API_URL if base_url is None else base_url).rstrip("/")
        self._proxy = (settings.TELEGRAM_PROXY if proxy is None else proxy) or None
        self._timeout = timeout
        self._session: ClientSession | None = None
        self.limiter = limiter or Limiter(bot_id=self.bot_id)

    def __repr__(self) -> str:
        return f"<BotApi of bot {self.bot_id or 'unknown'}>"

    @property
    def bot_id(self) -> str:
        """The number before the token's colon: public, unlike the rest."""
        return self._token.partition(":")[0]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self.limiter.close()

    async def call(
        self,
        method: str,
        *,
        chat_id: int | None = None,
        priority: Priority | None = Priority.ANSWER,
        within: float | None = None,
        ready: Callable[[], None] | None = None,
        **params: Any,
    ) -> Any:
        """The `result` of a call, once the limits allow it. It may be None: an `ok` without a result is a success.

        `chat_id` counts against that chat's limit. `priority` None passes by the rates (`getUpdates` is not limited),
        not by a stop. `within` in seconds covers the call alone, not the wait before it. `ready` is called when the
        wait is over, and what it raises ends the call with nothing sent. Raises `TelegramError`.
        """
        waited = await self.limiter.acquire(chat_id=chat_id, priority=priority)
        if priority is not None:
            metrics.LIMIT_WAITS.observe(waited, priority=priority.name.lower())
        if ready:
            ready()
        body = {name: value for name, value in params.items() if value is not None}
        if chat_id is not None:
            body["chat_id"] = chat_id
        try:
            answer = await self._post(method, body, within or self._timeout)
            return self._result(*answer, method=method, chat_id=chat_id)
        except RetryAfter as error:
            metrics.TOO_MANY.inc()
            await self.limiter.stop(error.seconds)
            raise

    async def send_message(
        self, chat_id: int, text: str, *, priority: Priority = Priority.ANSWER, **params: Any
    ) -> int | None:
        """Send `text`; the message's id, or None where Telegram took it and did not say. Raises `TelegramError`."""
        message = await self.call("sendMessage", chat_id=chat_id, priority=priority, text=text, **params)
        number = message.get("message_id") if isinstance(message, dict) else None
        # What could not be kept would have the message sent again.
        return number if type(number) is int and 0 < number <= LARGEST_NUMBER else None

    async def _post(self, method: str, body: dict[str, Any], timeout: float) -> tuple[int, Mapping[str, str], bytes]:
        if self._session is None or self._session.closed:
            # How many calls are under way is for the callers to bound: a hidden queue here would upset the limits.
            self._session = ClientSession(
                connector=TCPConnector(limit=0, ttl_dns_cache=300), cookie_jar=DummyCookieJar()
            )
        try:
            async with self._session.post(
                f"{self._base_url}/bot{self._token}/{method}",
                data=json.dumps(body, ensure_ascii=False).encode(errors="replace"),
                headers={"Content-Type": "application/json"},
                timeout=ClientTimeout(total=timeout, sock_connect=CONNECT_TIMEOUT),
                proxy=self._proxy,
                allow_redirects=False,
            ) as response:
                content = bytearray()
                async for chunk in response.content.iter_any():
                    content += chunk
                    if len(content) > LARGEST_ANSWER:
                        raise Transient(f"{method}: the answer is too large")
                return response.status, response.headers, bytes(content)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Unreached(f"{method}: no connection ({type(error).__name__})") from None
        except TimeoutError:
            raise Transient(f"{method}: no answer within {timeout:g} s") from None
        except (ClientError, OSError, ValueError) as error:
            raise Transient(f"{method}: the connection failed ({type(error).__name__})") from None

    def _result(
        self, status: int, headers: Mapping[str, str], content: bytes, *, method: str, chat_id: int | None
    ) -> Any:
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
            # A page of a proxy or of a gateway: whatever its status says, it is not Telegram's word on this chat.
            if status == 429:
                raise RetryAfter(seconds(headers.get("Retry-After")))
            raise Transient(f"an answer that is not the Bot API's (HTTP {status})")
        if answer["ok"]:
            return answer.get("result")
        raise self._sorted(answer, status, method, chat_id)

    def _sorted(self, answer: dict[str, Any], status: int, method: str, chat_id: int | None) -> TelegramError:
        code = answer.get("error_code")
        code = code if isinstance(code, int) and not isinstance(code, bool) else status
        description = str(answer.get("description") or "no description")[:300]
        if self._token:
            description = description.replace(self._token, "***")
        given = answer.get("parameters")
        parameters = given if isinstance(given, dict) else {}
        text = f"{code} {description}"
        if code == 429 or "retry_after" in parameters:
            return RetryAfter(seconds(parameters.get("retry_after")))
        if code == 401 or (code == 404 and method == "sendMessage"):
            # Telegram answers 404 to a token that cannot be one, and to a method that it does not know: not to this.
            return Unreached(text, code=code)
        if chat_id is not None and (
            code == 403
            or (
                code == 400
                and ("migrate_to_chat_id" in parameters or any(sign in description.lower() for sign in GONE))
            )
        ):
            return ChatGone(text, code=code)
        return Rejected(text, code=code) if 400 <= code < 500 else Transient(text, code=code)


def seconds(given: object) -> float:
    """A wait as Telegram or a proxy states it, in seconds; garbage counts as `DEFAULT_WAIT`."""
    try:
        wait = float(given) if isinstance(given, (int, float, str)) and not isinstance(given, bool) else DEFAULT_WAIT
    except ValueError:
        wait = DEFAULT_WAIT
    return min(wait, LONGEST_WAIT) if wait > 0 else DEFAULT_WAIT  # also NaN
