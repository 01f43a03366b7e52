"""The tests' side of the Bot API server, also across processes: what users do, what fails, what the bot called."""

import itertools
import json
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Self

from tests.bot_api.shown import Shown

PATIENCE = 240.0  # seconds, on a machine with other work to do

Json = dict[str, Any]


@dataclass
class Call:
    """A call of the bot's, in the order of arrival; `at` is Unix time in seconds, `status` 0 while it is under way."""

    number: int
    method: str
    chat_id: int | None
    params: Json
    at: float
    status: int = 0
    message_id: int | None = None

    @property
    def text(self) -> str:
        return str(self.params.get("text", ""))

    @property
    def buttons(self) -> list[str]:
        """The `callback_data` of its buttons."""
        markup = self.params.get("reply_markup") or {}
        return [button["callback_data"] for row in markup.get("inline_keyboard", []) for button in row]


class Control:
    """`with Control(port) as bot_api:`; it may be used from one thread at a time."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.url = f"http://{host}:{port}"
        self._connection = HTTPConnection(host, port, timeout=2 * PATIENCE)
        self._query_ids = itertools.count(int(time.time() * 1000))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _do(self, action: str, **data: Any) -> Any:
        try:
            self._connection.request(
                "POST", f"/control/{action}", json.dumps(data), {"Content-Type": "application/json"}
            )
            response = self._connection.getresponse()
            answer = json.loads(response.read())
        except BaseException:
            self._connection.close()
            raise
        if response.status != 200:
            raise AssertionError(f"control/{action}: {response.status} {answer}")
        return answer["result"]

    # --- What users do ---------------------------------------------------------------------------------------

    def update(self, update: Json) -> int:
        """Any update at all; without an `update_id` it gets the next one. Returns the id."""
        return int(self._do("update", **update))

    def write(self, chat_id: int, text: str, *, username: str | None = None, language: str | None = None) -> int:
        """A user writes to the bot in their private chat."""
        return self.update({"message": message(chat_id, text, username=username, language=language)})

    def press(
        self, chat_id: int, data: str, *, message_id: int = 1, username: str | None = None, language: str | None = None
    ) -> int:
        """A user taps a button under a message of the bot's."""
        query: Json = {
            "id": str(next(self._query_ids)),
            "from": user(chat_id, username=username, language=language),
            "chat_instance": "1",
            "data": data,
            "message": message(chat_id, "…", username=username) | {"message_id": message_id},
        }
        return self.update({"callback_query": query})

    def tap(self, chat_id: int, message_id: int | None, button: str, *, language: str | None = None) -> int:
        """A user taps a button that stands under a message of the bot's just now: by its text, or by its data."""
        return self.update(self.tapped(chat_id, message_id, button, language=language))

    def tapped(self, chat_id: int, message_id: int | None, button: str, *, language: str | None = None) -> Json:
        """The update of such a tap. Fails where no such button stands there."""
        shown = self.message(chat_id, message_id)
        there = {one["text"]: one["callback_data"] for row in shown.buttons for one in row}
        data = button if button in there.values() else there.get(button)
        assert data is not None, f"no button {button!r} among {there}"
        query: Json = {
            "id": str(next(self._query_ids)),
            "from": user(chat_id, language=language),
            "chat_instance": "1",
            "data": data,
            "message": shown.content,
        }
        return {"callback_query": query}

    def block(self, chat_id: int, *, blocked: bool = True) -> int:
        """A user blocks the bot, or takes it back; from then on sending there answers 403, or works again."""
        self._do("chat", chat_id=chat_id, blocked=blocked)
        states = ["member", "kicked"] if blocked else ["kicked", "member"]
        member = {"id": 4242, "is_bot": True, "first_name": "Habits"}
        old, new = ({"user": member, "status": state, "until_date": 0} for state in states)
        return self.update(
            {
                "my_chat_member": {
                    "chat": {"id": chat_id, "type": "private", "first_name": "User"},
                    "from": user(chat_id),
                    "date": int(time.time()),
                    "old_chat_member": old,
                    "new_chat_member": new,
                }
            }
        )

    # --- What fails ------------------------------------------------------------------------------------------

    def fail(self, method: str | None = None, *, chat_id: int | None = None, times: int | None = 1, **how: Any) -> None:
        """Make calls of a method and in a chat (None: any) fail, `times` times (None: until `recover`).

        `how`: `latency=` seconds before the answer; `hang=True`; `reset=True`; `status=`, `body=` (`repeat=` times) and
        `content_type=`; `answer=` a JSON document. `carried_out=True` does it first: only the answer is lost.
        """
        self._do("fail", method=method, chat_id=chat_id, times=times, **how)

    def refuse(
        self,
        method: str | None,
        code: int,
        description: str,
        *,
        chat_id: int | None = None,
        times: int | None = 1,
        **parameters: Any,
    ) -> None:
        """Make calls answer `ok: false`."""
        answer: Json = {"ok": False, "error_code": code, "description": description}
        if parameters:
            answer["parameters"] = parameters
        self.fail(method, chat_id=chat_id, times=times, status=code, answer=answer)

    def flood(self, seconds: int, method: str | None = None, *, times: int | None = 1) -> None:
        """Make calls answer 429."""
        self.refuse(method, 429, f"Too Many Requests: retry after {seconds}", times=times, retry_after=seconds)

    def recover(self) -> None:
        self._do("recover")

    def reset(self) -> None:
        """Forget everything, scripted failures too; latency stays, limits return to what they were at the start."""
        self._do("reset")

    def set_latency(self, seconds: float) -> None:
        self._do("latency", seconds=seconds)

    def set_limits(self, *, rate: float | None, chat_rate: float | None = None, retry_after: int = 1) -> None:
        """Answer 429 beyond a token bucket of one second for the bot, and one for each chat."""
        self._do("limits", rate=rate, chat_rate=chat_rate, retry_after=retry_after)

    # --- What the bot did ------------------------------------------------------------------------------------

    def calls(
        self,
        method: str | None = None,
        *,
        chat_id: int | None = None,
        at_least: int = 0,
        within: float = PATIENCE,
        since: int = 0,
    ) -> list[Call]:
        """The answered calls, `getUpdates` left out. `at_least` waits until there are that many, or fails."""
        found = self._do("calls", method=method, chat_id=chat_id, at_least=at_least, within=within, since=since)
        calls = [Call(**call) for call in found]
        if len(calls) < at_least:
            raise AssertionError(f"{len(calls)} calls of {method} within {within:g} s instead of {at_least}: {calls}")
        return calls

    def said(self, chat_id: int, *, at_least: int = 0, within: float = PATIENCE) -> list[str]:
        """The texts that the bot sent to a chat."""
        return [call.text for call in self.calls("sendMessage", chat_id=chat_id, at_least=at_least, within=within)]

    def message(self, chat_id: int, message_id: int | None) -> Shown:
        """A message of the bot's as the chat shows it now, edits included."""
        return Shown(self._do("message", chat_id=chat_id, message_id=message_id))

    def state(self) -> Json:
        """`counts` by method and status, `commands`, `webhook`, `waiting_updates`."""
        state: Json = self._do("state")
        return state


def user(chat_id: int, *, username: str | None = None, language: str | None = None) -> Json:
    found: Json = {"id": abs(chat_id), "is_bot": False, "first_name": "User"}
    if username:
        found["username"] = username
    if language:
        found["language_code"] = language
    return found


def message(chat_id: int, text: str, *, username: str | None = None, language: str | None = None) -> Json:
    chat: Json = {"id": chat_id, "type": "private" if chat_id > 0 else "group", "first_name": "User"}
    if chat_id < 0:
        chat = {"id": chat_id, "type": "group", "title": "Friends"}
    elif username:
        chat["username"] = username
    found: Json = {
        "message_id": 1,
        "date": int(time.time()),
        "chat": chat,
        "from": user(chat_id, username=username, language=language),
        "text": text,
    }
    if text.startswith("/"):
        found["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    return found
