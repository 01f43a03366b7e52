"""What Telegram knows: the bot's chats and messages, the updates it has not fetched, and the limits."""

import re
import time
from collections import Counter
from typing import Any

Json = dict[str, Any]

BOT = {
    "id": 4242,
    "is_bot": True,
    "first_name": "Habits",
    "username": "habits_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
# These say something, and are what Telegram counts.
LIMITED = {"sendMessage", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery", "sendChatAction"}
IN_A_CHAT = {"sendMessage", "editMessageText", "editMessageReplyMarkup"}


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        self.code, self.description, self.parameters = code, description, parameters


class Bucket:
    """A token bucket of one second."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.tokens = max(1.0, rate)
        self.at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(max(1.0, self.rate), self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class World:
    def __init__(self) -> None:
        self.updates: list[Json] = []
        self.next_update_id = 1000
        self.next_message_id = 1
        self.messages: dict[tuple[int, int], Json] = {}
        self.open_queries: set[str] = set()
        self.blocked: set[int] = set()
        self.unknown: set[int] = set()
        self.commands: dict[str, Any] = {}
        self.webhook: Json = {}
        self.bot_bucket: Bucket | None = None
        self.chat_rate: float | None = None
        self.chat_buckets: dict[int, Bucket] = {}
        self.retry_after = 1
        self.stopped_until = 0.0
        self.counts: Counter[str] = Counter()

    # --- What users do ---------------------------------------------------------------------------------------

    def add_update(self, update: Json) -> int:
        """Queue an update; one that brings its own `update_id` is queued as it is."""
        if "update_id" not in update:
            update = {"update_id": self.next_update_id, **update}
        self.next_update_id = max(self.next_update_id, int(update["update_id"]) + 1)
        if query := update.get("callback_query"):
            self.open_queries.add(str(query.get("id")))
        self.updates.append(update)
        return int(update["update_id"])

    def waiting_updates(self, offset: int, limit: int) -> list[Json]:
        """Asking from an offset confirms what lies before it, for good."""
        if offset > 0:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
        return self.updates[:limit]

    # --- What the bot calls ----------------------------------------------------------------------------------

    def check_limits(self, method: str, chat_id: int | None) -> None:
        """Telegram's 429: beyond a rate, and for every call of the bot until it is over."""
        now = time.monotonic()
        stopped = now < self.stopped_until
        beyond = (
            method in LIMITED
            and not stopped
            and (
                (self.bot_bucket is not None and not self.bot_bucket.take())
                or (self.chat_rate is not None and method in IN_A_CHAT and not self.take_in_chat(chat_id or 0))
            )
        )
        if beyond:
            self.counts["beyond the limit"] += 1
            self.stopped_until = now + self.retry_after
        if stopped or beyond:
            wait = max(1, round(self.stopped_until - now))
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def take_in_chat(self, chat_id: int) -> bool:
        bucket = self.chat_buckets.get(chat_id)
        if bucket is None:
            bucket = self.chat_buckets[chat_id] = Bucket(self.chat_rate or 1)
        return bucket.take()

    def call(self, method: str, params: Json) -> Any:
        known = getattr(self, "do_" + re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), method), None)
        if known is None:
            raise Refusal(404, "Not Found")
        return known(params)

    def chat_of(self, params: Json) -> int:
        try:
            chat_id = int(params["chat_id"])
        except (KeyError, TypeError, ValueError):
            raise Refusal(400, "Bad Request: chat_id is empty") from None
        if chat_id in self.unknown:
            raise Refusal(400, "Bad Request: chat not found")
        if chat_id in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat_id

    def do_get_me(self, params: Json) -> Json:
        return BOT

    def do_send_message(self, params: Json) -> Json:
        chat_id = self.chat_of(params)
        check_content(params)
        message = {
            "message_id": self.next_message_id,
            "date": int(time.time()),
            "chat": {"id": chat_id, "type": "private" if chat_id > 0 else "group"},
            "from": BOT,
            "text": params["text"],
        }
        if params.get("reply_markup"):
            message["reply_markup"] = params["reply_markup"]
        self.messages[chat_id, self.next_message_id] = message
        self.next_message_id += 1
        return message

    def do_edit_message_text(self, params: Json) -> Json:
        chat_id = self.chat_of(params)
        check_content(params)
        message = self.messages.get((chat_id, int(params.get("message_id") or 0)))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        changed = {key: value for key, value in message.items() if key != "reply_markup"} | {"text": params["text"]}
        if params.get("reply_markup"):
            changed["reply_markup"] = params["reply_markup"]
        if changed == message:
            raise Refusal(400, "Bad Request: message is not modified")
        self.messages[chat_id, message["message_id"]] = changed
        return changed

    def do_edit_message_reply_markup(self, params: Json) -> Json:
        message = self.messages.get((self.chat_of(params), int(params.get("message_id") or 0)))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        message.pop("reply_markup", None)
        if params.get("reply_markup"):
            message["reply_markup"] = params["reply_markup"]
        return message

    def do_send_chat_action(self, params: Json) -> bool:
        self.chat_of(params)
        return True

    def do_answer_callback_query(self, params: Json) -> bool:
        if str(params.get("callback_query_id")) not in self.open_queries:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        return True

    def do_leave_chat(self, params: Json) -> bool:
        return True

    def do_set_my_commands(self, params: Json) -> bool:
        self.commands[str(params.get("language_code") or "")] = params.get("commands")
        return True

    def do_set_webhook(self, params: Json) -> bool:
        self.webhook = params if params.get("url") else {}
        return True

    def do_delete_webhook(self, params: Json) -> bool:
        self.webhook = {}
        return True

    def do_get_webhook_info(self, params: Json) -> Json:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
        }


def check_content(params: Json) -> None:
    text = params.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text) > 4096:
        raise Refusal(400, "Bad Request: message is too long")
    markup = params.get("reply_markup")
    rows = markup.get("inline_keyboard", []) if isinstance(markup, dict) else []
    for row in rows:
        for button in row:
            if len(str(button.get("callback_data", "")).encode()) > 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
