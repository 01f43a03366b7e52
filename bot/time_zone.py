"""The question for the time zone, and its answer: by button, by /timezone, or in a word."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import BaseFilter, Command, CommandObject
from aiogram.types import CallbackQuery, Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.services import update_profile
from bot import telling
from bot.members import stranger
from bot.replies import Reply, Rows, refusal, replace
from bot.zones import OFFERED, city_name, understand
from contract.errors import Refused
from telegram.models import Chat

router = Router(name="time_zone")


class MeansZones(BaseFilter):
    """A linked person's text that names a time zone; handlers get `zones`."""

    async def __call__(self, message: Message, chat: Chat) -> bool | dict[str, Any]:
        zones = understand(message.text or "") if chat.person is not None else []
        return {"zones": zones} if zones else False


@router.message(Command("timezone", ignore_case=True, ignore_mention=True))
async def time_zone(message: Message, command: CommandObject, chat: Chat, now: dt.datetime) -> None:
    person = chat.person
    if person is None:
        reply = Reply(stranger())
    elif not command.args:
        reply = zone_question(person, now)
    elif zones := understand(command.args):
        reply = await settle(chat, person, zones, now)
    else:
        reply = zone_question(person, now).after(_("I do not know that place."))
    await message.answer(reply.text, reply_markup=reply.markup)


@router.message(F.text, MeansZones())
async def named(message: Message, chat: Chat, zones: list[str], now: dt.datetime) -> None:
    person = chat.person
    if person is None:
        return
    if person.timezone_told:
        # They may have meant something else, so this is asked rather than done.
        text = _("Shall your reminders follow another clock? Now they follow %(zone)s.")
        known = {"zone": city_name(person.timezone, person.language)}
        reply = Reply(text % known, zone_buttons(zones, person.language, now))
    else:
        reply = await settle(chat, person, zones, now)
    await message.answer(reply.text, reply_markup=reply.markup)


async def settle(chat: Chat, person: Person, zones: list[str], now: dt.datetime) -> Reply:
    if len(zones) > 1:
        return Reply(_("Which of these?"), zone_buttons(zones, person.language, now))
    return await sync_to_async(change)(chat, person, zones[0], now)


@router.callback_query(F.data.startswith("zone:"))
async def chosen(query: CallbackQuery, chat: Chat, now: dt.datetime) -> None:
    if chat.person is None:
        reply = Reply(_("This chat is not linked to an account any more. /start tells how to link it."))
    else:
        zone = (query.data or "").removeprefix("zone:")
        reply = await sync_to_async(change)(chat, chat.person, zone, now)
    await replace(query, reply.text, reply.markup)


def change(chat: Chat, person: Person, zone: str, now: dt.datetime) -> Reply:
    """Change the zone; what to say about it, and the question that is open otherwise."""
    try:
        update_profile(person=person, changes={"timezone": zone}, now=now)
    except Refused as error:
        return Reply(refusal(error))
    text = _("Your reminders follow the clock of %(zone)s, where it is %(time)s now. /timezone changes that.") % {
        "zone": city_name(person.timezone, person.language),
        "time": clock(person.timezone, now),
    }
    question = telling.pending(chat=chat, now=now)
    return question.after(text) if question else Reply(text)


def zone_question(person: Person, now: dt.datetime) -> Reply:
    text = (
        _("Your reminders follow the clock of %(zone)s, where it is %(time)s now. Where are you?")
        if person.timezone_told
        else _("Where are you? Until you tell me, I go by the clock of %(zone)s, where it is %(time)s now.")
    )
    hint = _("Choose below, or write a city or an offset, such as Lisbon or UTC+3.")
    known = {"zone": city_name(person.timezone, person.language), "time": clock(person.timezone, now)}
    return Reply(f"{text % known}\n{hint}", zone_buttons(OFFERED[person.language], person.language, now))


def zone_buttons(zones: list[str], language: str, now: dt.datetime) -> Rows:
    buttons = [(f"{city_name(zone, language)} · {clock(zone, now)}", f"zone:{zone}") for zone in zones]
    return [buttons[start : start + 2] for start in range(0, len(buttons), 2)]


def clock(zone: str, now: dt.datetime) -> str:
    return now.astimezone(ZoneInfo(zone)).strftime("%H:%M")
