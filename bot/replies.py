"""How handlers answer."""

import logging
from dataclasses import dataclass, field

from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from contract.errors import Refused
from telegram.errors import ChatGone, Rejected, TelegramError

logger = logging.getLogger(__name__)

# (text, callback_data of at most 64 bytes)
Button = tuple[str, str]
Rows = list[list[Button]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says, and the rows of buttons below it. Plain text: what people wrote is never markup."""

    text: str
    rows: Rows = field(default_factory=list)

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        return keyboard(*self.rows) if self.rows else None

    def after(self, text: str) -> "Reply":
        """The same reply with something said before it."""
        return Reply(f"{text}\n\n{self.text}", self.rows)


def keyboard(*rows: list[Button]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in rows]
    )


def refusal(error: Refused) -> str:
    """What went wrong, for people."""
    return "\n".join(str(problem.message) for problem in error.errors)


async def replace(query: CallbackQuery, text: str, markup: InlineKeyboardMarkup | None = None) -> None:
    """Answer a tap: stop its spinner, then put `text` in place of the message that was tapped.

    A message that cannot be edited any more gets a new one beside it; one that says so already is left alone.
    """
    await acknowledge(query)
    if not isinstance(query.message, Message):
        if query.bot is not None:
            await query.bot.send_message(query.from_user.id, text, reply_markup=markup)
        return
    try:
        await query.message.edit_text(text, reply_markup=markup)
    except Rejected as error:
        if "not modified" not in str(error):
            await query.message.answer(text, reply_markup=markup)


async def acknowledge(query: CallbackQuery, note: str | None = None, *, alert: bool = False) -> None:
    """Stop a tap's spinner. `note` shows for a moment, or as an alert until it is closed.

    That this fails (the tap is too old, the connection was lost) is no reason to leave undone what it was for.
    """
    try:
        await query.answer(note, show_alert=alert or None)
    except ChatGone:
        raise
    except TelegramError as error:
        logger.info("A tap was not acknowledged: %s", error)
