"""The limits of one process that Redis has left alone."""

from typing import Final

CHAT_PAUSE: Final = 1.25  # seconds between two messages in a chat: one, and what a slow connection may eat of it


class LocalBucket:
    """A token bucket with a burst of one, and a pause in each chat."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._tokens = 1.0
        self._at = 0.0
        self._chats: dict[int, float] = {}

    def reserve(self, chats: list[int | None], now: float) -> list[float]:
        """Seconds to wait for each, as `SharedBucket.reserve` answers: 0, the chat's pause, or minus the bucket's."""
        self._tokens = min(1.0, self._tokens + (now - self._at) * self._rate)
        self._at = now
        self._chats = {chat: until for chat, until in self._chats.items() if until > now}
        answers = []
        for chat in chats:
            if chat is not None and chat in self._chats:
                answers.append(self._chats[chat] - now)
            elif self._tokens >= 1:
                self._tokens -= 1
                if chat is not None:
                    self._chats[chat] = now + CHAT_PAUSE
                answers.append(0.0)
            else:
                answers.append(-(1 - self._tokens) / self._rate)
        return answers
