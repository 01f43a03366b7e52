"""What a call of the Bot API can end in, sorted by what the caller should do next."""


class TelegramError(Exception):
    """A call of the Bot API did not succeed. The text never holds the bot's token."""


class ChatGone(TelegramError):
    """Final for this chat: the bot was blocked, the account deleted, the chat not found."""


class RetryAfter(TelegramError):
    """429: every call of the bot fails until `seconds` have passed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks to wait {seconds:g} s")
        self.seconds = seconds


class Transient(TelegramError):
    """5xx, a timeout, a lost connection, an unreadable answer: try again later. It may have been carried out."""


class Rejected(TelegramError):
    """Final for this call: Telegram refuses it as it stands (400, 401, 404)."""
