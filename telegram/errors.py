"""What a call of the Bot API can end in, sorted by what the caller should do next."""


class TelegramError(Exception):
    """A call of the Bot API did not succeed. The text never holds the bot's token.

    `code` is the Bot API's `error_code`, None where no readable answer came.
    """

    def __init__(self, text: str, *, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class ChatGone(TelegramError):
    """Final for this chat: the bot was blocked, the account deleted, the chat not found."""


class RetryAfter(TelegramError):
    """429: every call of the bot fails until `seconds` have passed. Nothing was carried out."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks to wait {seconds:g} s", code=429)
        self.seconds = seconds


class Transient(TelegramError):
    """5xx, a timeout, a lost connection, an unreadable answer: try again later. It may have been carried out."""


class Unreached(Transient):
    """No connection came about, or Telegram does not know the bot (401): try again later. Nothing was carried out."""


class Rejected(TelegramError):
    """Final for this call: Telegram refuses it as it stands (400, 404, 409, 413). Nothing was carried out."""
