"""/undo: the last answer or deletion, for an hour."""

import datetime as dt

from aiogram.filters import Command
from aiogram.types import Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from accounts.models import Person
from bot.habit_list import show
from bot.members import for_members
from bot.replies import Reply
from bot.wording import day
from tracking.models import CheckIn, LastDeed
from tracking.services import Undone
from tracking.services import undo as take_back

router = for_members("undo")


@router.message(Command("undo", ignore_case=True, ignore_mention=True))
async def undo(message: Message, person: Person, now: dt.datetime) -> None:
    reply = await sync_to_async(undoing)(person, now)
    await message.answer(reply.text, reply_markup=reply.markup)


def undoing(person: Person, now: dt.datetime) -> Reply:
    """Raises `NotFound` where there is nothing to undo, `Conflict` where it cannot be undone any more."""
    undone = take_back(person=person, now=now)
    if undone.kind == LastDeed.Kind.DELETION:
        return show(person, undone.habit.pk, now).after(_("The habit is back, with all its answers:"))
    return Reply(told(undone))


def told(undone: Undone) -> str:
    about = {"habit": undone.habit.action, "day": day(undone.date) if undone.date else ""}
    match undone.stands:
        case CheckIn.Status.DONE:
            return _("“%(habit)s”, %(day)s: done, as before.") % about
        case CheckIn.Status.SKIPPED:
            return _("“%(habit)s”, %(day)s: skipped, as before.") % about
        case _:
            return _("“%(habit)s”, %(day)s: not answered any more.") % about
