"""/start, with a deep link's token and without; the answer to the question that links by name."""

import datetime as dt
import re

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Person
from bot.replies import refusal, replace
from bot.time_zone import zone_question
from contract.errors import Refused
from telegram.linking import link_by_token
from telegram.models import Chat
from telegram.questions import answer

router = Router(name="start")


@router.message(CommandStart(deep_link=True, ignore_case=True, ignore_mention=True))
async def follow_link(message: Message, command: CommandObject, chat: Chat, now: dt.datetime) -> None:
    try:
        person = await sync_to_async(link_by_token)(token=command.args or "", chat_id=chat.chat_id, now=now)
    except Refused as error:
        await message.answer(refusal(error))
        return
    text, markup = welcome(person, now)
    await message.answer(text, reply_markup=markup)


@router.message(CommandStart(ignore_case=True, ignore_mention=True))
async def begin(message: Message, chat: Chat, now: dt.datetime) -> None:
    if chat.person is not None:
        text, markup = welcome(chat.person, now)
        await message.answer(text, reply_markup=markup)
    else:
        await message.answer(introduction(chat))


@router.callback_query(F.data.regexp(r"^link:(yes|no):([0-9]{1,18})$"))
async def answer_question(query: CallbackQuery, chat: Chat, now: dt.datetime) -> None:
    found = re.fullmatch(r"link:(yes|no):([0-9]+)", query.data or "")
    if found is None:
        return
    yes = found[1] == "yes"
    try:
        person = await sync_to_async(answer)(question_id=int(found[2]), chat_id=chat.chat_id, yes=yes, now=now)
    except Refused as error:
        await replace(query, refusal(error))
        return
    if yes:
        text, markup = welcome(person, now)
        await replace(query, text, markup)
    else:
        await replace(query, _("All right, nothing will come here, and I will not ask about this person again."))


def welcome(person: Person, now: dt.datetime) -> tuple[str, InlineKeyboardMarkup | None]:
    """For a linked person, in their own language; with the question for the time zone where it was never told."""
    with override(person.language):
        text = _("Done: reminders of your habits come to this chat. /stop ends that, /help tells what else I can do.")
        if person.timezone_told:
            return text, None
        question, markup = zone_question(person, now)
        return f"{text}\n\n{question}", markup


def introduction(chat: Chat) -> str:
    """For a stranger: what this is, and the two ways to link."""
    lines = [
        _("Hello! I remind people of their habits at the time that they chose: “I will read at 21:30 in bed”."),
        _("I do not know yet whose chat this is. In the app, ask for the link to Telegram and open it here."),
    ]
    if chat.username:
        lines.append(
            _("Or enter your Telegram username there, %(username)s, and follow the link that makes me ask you here.")
            % {"username": f"@{chat.username}"}
        )
    return "\n\n".join(lines)
