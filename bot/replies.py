"""How handlers answer."""

from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from contract.errors import Refused
from telegram.errors import Rejected


def keyboard(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    """Rows of (text, callback_data of at most 64 bytes)."""
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


async def acknowledge(query: CallbackQuery, note: str | None = None) -> None:
    """Stop a tap's spinner; `note` shows for a moment. A tap that is too old to be answered is no failure."""
    try:
        await query.answer(note)
    except Rejected:
        return
