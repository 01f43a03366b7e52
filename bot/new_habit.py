"""/new, /cancel, and the answers to what the bot asks while a habit is being told."""

import datetime as dt

from aiogram import F
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import BaseFilter, Command, CommandObject
from aiogram.types import CallbackQuery, Message, Update
from asgiref.sync import sync_to_async

from bot import drafts, telling
from bot.members import for_members
from bot.models import Step
from bot.replies import replace
from bot.zones import understand as zones_of
from telegram.models import Chat

router = for_members("new_habit")


class AnswersQuestion(BaseFilter):
    """A text that a question waits for. While that is for a whole sentence, the name of a city is none."""

    async def __call__(self, message: Message, chat: Chat, event_update: Update, now: dt.datetime) -> bool:
        text = message.text or ""
        if chat.person is None or not text or text.startswith("/"):
            return False
        draft = await sync_to_async(drafts.find)(chat, now=now)
        if draft is None or (draft.step == Step.SENTENCE and zones_of(text)):
            return False
        return draft.step not in (Step.OFFERED, Step.MADE) or draft.heard == event_update.update_id


@router.message(Command("new", ignore_case=True, ignore_mention=True))
async def new(message: Message, command: CommandObject, chat: Chat, event_update: Update, now: dt.datetime) -> None:
    reply = await sync_to_async(telling.start)(
        chat=chat, text=command.args or "", update=event_update.update_id, now=now
    )
    await message.answer(reply.text, reply_markup=reply.markup)


@router.message(Command("cancel", ignore_case=True, ignore_mention=True))
async def cancel(message: Message, chat: Chat) -> None:
    reply = await sync_to_async(telling.cancel)(chat=chat)
    await message.answer(reply.text, reply_markup=reply.markup)


@router.message(AnswersQuestion())
async def answered(message: Message, chat: Chat, event_update: Update, now: dt.datetime) -> None:
    reply = await sync_to_async(telling.hear)(
        chat=chat, text=message.text or "", update=event_update.update_id, now=now
    )
    if reply is None:  # another device has just ended it
        raise SkipHandler
    await message.answer(reply.text, reply_markup=reply.markup)


@router.callback_query(F.data.regexp(r"^new:[0-9]{1,19}:[a-z]{1,10}:"))
async def tapped(query: CallbackQuery, chat: Chat, event_update: Update, now: dt.datetime) -> None:
    _new, key, verb, value = (query.data or "").split(":", 3)
    reply = await sync_to_async(telling.tap)(
        chat=chat, key=int(key), verb=verb, value=value, update=event_update.update_id, now=now
    )
    await replace(query, reply.text, reply.markup)
