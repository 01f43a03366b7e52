"""What is counted of the conversation."""

from contract.metrics import Counter

UPDATES = Counter(
    "habits_bot_updates_total",
    "Updates from Telegram, by what became of them; one that is handled later comes again.",
    labels=["outcome"],
    known=["done", "busy", "later"],
)
