"""What is counted of everything that the bot says."""

from contract.metrics import Counter, Histogram

LIMIT_WAITS = Histogram(
    "habits_telegram_limit_wait_seconds",
    "How long calls to Telegram waited for the limits, those of answers to taps and of reminders.",
    labels=["priority"],
    known=["answer", "reminder"],
)
TOO_MANY = Counter("habits_telegram_too_many_requests_total", "Calls that Telegram refused with 429.")
