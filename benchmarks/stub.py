"""The benchmarks' side of the Bot API stub."""

import itertools
import json
import time
from http.client import HTTPConnection
from typing import Any, NamedTuple, Self


class Call(NamedTuple):
    """A call that the bot made. `whose` is its chat, or the tap that it answers; `at` its arrival in Unix time."""

    method: str
    whose: str
    at: float
    status: int


class Stub:
    """For one thread at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._taps = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _do(self, action: str, **data: Any) -> Any:
        self._connection.request("POST", f"/control/{action}", json.dumps(data))
        return json.loads(self._connection.getresponse().read())

    def reset(self, *, latency: float, rate: float | None = None) -> None:
        """Forget the calls. Answer after `latency` seconds; 429 beyond a token bucket of one second of `rate`."""
        self._do("reset", latency=latency, rate=rate)

    def arrived(self) -> int:
        """How many messages have arrived."""
        return int(self._do("count"))

    def calls(self, method: str | None = None) -> list[Call]:
        return [call for call in itertools.starmap(Call, self._do("calls")) if method in (None, call.method)]

    def tap(self, chat_id: int) -> tuple[str, float]:
        """A person taps a button; the tap's name in `Call.whose`, and when it was."""
        name = f"tap{next(self._taps)}"
        who = {"id": chat_id, "is_bot": False, "first_name": "User", "language_code": "en"}
        chat = {"id": chat_id, "type": "private", "first_name": "User"}
        message = {"message_id": 1, "date": int(time.time()), "chat": chat, "from": who, "text": "…"}
        at = time.time()
        self._do(
            "update", callback_query={"id": name, "from": who, "chat_instance": "1", "data": "x", "message": message}
        )
        return name, at
