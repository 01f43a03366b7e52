"""Telegram: the bot, and the ways to it."""

import re

from config import environment as env

TELEGRAM_BOT_TOKEN = env.text("TELEGRAM_BOT_TOKEN")
if TELEGRAM_BOT_TOKEN and not re.fullmatch(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}", TELEGRAM_BOT_TOKEN):
    env.refuse("TELEGRAM_BOT_TOKEN", "expected the token that @BotFather gave, such as 123456:ABC-def")
TELEGRAM_API_URL = env.url("TELEGRAM_API_URL", "http", "https", default="https://api.telegram.org").rstrip("/")
TELEGRAM_PROXY = env.url("TELEGRAM_PROXY", "http", "https")
TELEGRAM_RATE = env.whole_number("TELEGRAM_RATE", default=30, low=1, high=1000)
TELEGRAM_WEBHOOK_URL = env.url("TELEGRAM_WEBHOOK_URL", "https", "http")
TELEGRAM_WEBHOOK_SECRET = env.secret("TELEGRAM_WEBHOOK_SECRET")
if TELEGRAM_WEBHOOK_URL and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", TELEGRAM_WEBHOOK_SECRET):
    env.refuse("TELEGRAM_WEBHOOK_SECRET", "a webhook needs 16 to 256 characters of A-Z a-z 0-9 _ -")
