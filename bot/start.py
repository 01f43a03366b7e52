"""/start: what a stranger is asked first, a deep link's token, the question that links by name."""

import datetime as dt
import re

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message, Update
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Person
from bot import telling
from bot.replies import Reply, refusal, replace
from bot.time_zone import zone_question
from contract.errors import Refused
from telegram import sign_up
from telegram.linking import link_by_token
from telegram.models import Chat
from telegram.questions import answer, language_of

router = Router(name="start")


@router.message(CommandStart(deep_link=True, ignore_case=True, ignore_mention=True))
async def follow_link(
    message: Message, command: CommandObject, chat: Chat, event_update: Update, now: dt.datetime
) -> None:
    def linked() -> Reply:
        person = link_by_token(token=command.args or "", chat_id=chat.chat_id, now=now)
        return welcome(chat, person, event_update.update_id, now)

    try:
        reply = await sync_to_async(linked)()
    except Refused as error:
        reply = Reply(refusal(error))
    await message.answer(reply.text, reply_markup=reply.markup)


@router.message(CommandStart(ignore_case=True, ignore_mention=True))
async def begin(message: Message, chat: Chat, event_update: Update, now: dt.datetime) -> None:
    if chat.person is None:
        reply = introduction(chat)
    else:
        reply = await sync_to_async(welcome)(chat, chat.person, event_update.update_id, now)
    await message.answer(reply.text, reply_markup=reply.markup)


@router.callback_query(F.data == "start:link")
async def how_to_link(query: CallbackQuery, chat: Chat, event_update: Update, now: dt.datetime) -> None:
    if chat.person is None:
        reply = ways_to_link(chat)
    else:
        reply = await sync_to_async(welcome)(chat, chat.person, event_update.update_id, now)
    await replace(query, reply.text, reply.markup)


@router.callback_query(F.data == "start:here")
async def start_here(query: CallbackQuery, chat: Chat, event_update: Update, now: dt.datetime) -> None:
    def signed_up() -> Reply:
        if chat.person is not None:  # a second tap, or an old button
            return welcome(chat, chat.person, event_update.update_id, now)
        name = query.from_user.first_name
        person = sign_up.begin(chat_id=chat.chat_id, display_name=name, language=language_of(chat), now=now)
        greeting = _("Nice to meet you! From now on I keep your habits here.")
        return first_steps(chat, person, greeting, event_update.update_id, now)

    try:
        reply = await sync_to_async(signed_up)()
    except Refused as error:
        reply = Reply(refusal(error))
    await replace(query, reply.text, reply.markup)


@router.callback_query(F.data.regexp(r"^link:(yes|no):([0-9]{1,18})$"))
async def answer_question(query: CallbackQuery, chat: Chat, event_update: Update, now: dt.datetime) -> None:
    found = re.fullmatch(r"link:(yes|no):([0-9]+)", query.data or "")
    if found is None:
        return

    def answered() -> Reply:
        person = answer(question_id=int(found[2]), chat_id=chat.chat_id, yes=found[1] == "yes", now=now)
        if found[1] == "yes":
            return welcome(chat, person, event_update.update_id, now)
        return Reply(_("All right, nothing will come here, and I will not ask about this person again."))

    try:
        reply = await sync_to_async(answered)()
    except Refused as error:
        reply = Reply(refusal(error))
    await replace(query, reply.text, reply.markup)


def welcome(chat: Chat, person: Person, update: int, now: dt.datetime) -> Reply:
    """For a linked person, in their own language."""
    with override(person.language):
        greeting = _(
            "Done: reminders of your habits come to this chat. /stop ends that, /help tells what else I can do."
        )
        return first_steps(chat, person, greeting, update, now)


def first_steps(chat: Chat, person: Person, greeting: str, update: int, now: dt.datetime) -> Reply:
    """The greeting, and what is to be asked first: the time zone where it was never told, then the first habit."""
    chat.person = person
    telling.begin_first(chat=chat, update=update, now=now)
    question = telling.pending(chat=chat, now=now) if person.timezone_told else zone_question(person, now)
    return question.after(greeting) if question else Reply(greeting)


def introduction(chat: Chat) -> Reply:
    """For a stranger: what this is, and two ways in."""
    hello = _(
        "Hello! I remind you of your habits at the time that you choose, and show how they grow: “I will read at 21:30 "
        "in bed”."
    )
    if not settings.SIGNUP_OPEN:
        return ways_to_link(chat).after(hello)
    choice = [[(_("🌱 Start here"), "start:here")], [(_("I have an account"), "start:link")]]
    return Reply(_("Are you new here, or do you have an account already?"), choice).after(hello)


def ways_to_link(chat: Chat) -> Reply:
    lines = [_("I do not know yet whose chat this is. In the app, ask for the link to Telegram and open it here.")]
    if chat.username:
        lines.append(
            _("Or enter your Telegram username there, %(username)s, and follow the link that makes me ask you here.")
            % {"username": f"@{chat.username}"}
        )
    rows = [[(_("🌱 Start here instead"), "start:here")]] if settings.SIGNUP_OPEN else []
    return Reply("\n\n".join(lines), rows)
