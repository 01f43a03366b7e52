"""/habits: one's habits, five a page; each opens, and can be paused, resumed and deleted there."""

import datetime as dt
import re
from typing import Final

from aiogram import F
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from bot.members import for_members
from bot.paging import page_of
from bot.replies import Button, Reply, refusal, replace
from bot.stats import in_numbers
from bot.upcoming import next_reminder
from bot.wording import day, frequency, moment, portrait
from bot.zones import city_name
from contract.errors import Conflict, NotFound
from contract.pages import PAGE_SIZE
from habits.models import Habit, Schedule
from habits.queries import own_habit, own_habits
from habits.sentence import sentence
from habits.services import delete_habit, update_habit
from tracking.stats import stats_of

router = for_members("habit_list")

DEED: Final = re.compile(r"habit:(show|pause|resume|delete|erase):([0-9]{1,18})")


@router.message(Command("habits", ignore_case=True, ignore_mention=True))
async def habits(message: Message, person: Person) -> None:
    reply = await sync_to_async(listed)(person)
    await message.answer(reply.text, reply_markup=reply.markup)


@router.callback_query(F.data.regexp(r"^habits:[0-9]{1,6}$"))
async def turned(query: CallbackQuery, person: Person) -> None:
    page = int((query.data or "").removeprefix("habits:"))
    reply = await sync_to_async(listed)(person, page=page)
    await replace(query, reply.text, reply.markup)


@router.callback_query(F.data.regexp(DEED, mode="fullmatch"))
async def one(query: CallbackQuery, person: Person, now: dt.datetime) -> None:
    _habit, verb, number = (query.data or "").split(":")
    try:
        reply = await sync_to_async(DEEDS[verb])(person, int(number), now)
    except NotFound as error:
        reply = Reply(refusal(error), [[(_("‹ All habits"), "habits:1")]])
    await replace(query, reply.text, reply.markup)


def listed(person: Person, *, page: int = 1) -> Reply:
    shown = page_of(own_habits(person=person), page)
    if not shown.rows:
        return Reply(_("You have no habits yet. /new makes the first one."))
    count = {"count": shown.count}
    heading = ngettext("You have %(count)d habit.", "You have %(count)d habits.", shown.count) % count
    if shown.pages > 1:
        heading += " " + _("Page %(page)d of %(pages)d.") % {"page": shown.number, "pages": shown.pages}
    lines = [f"{number}. {line(habit)}" for number, habit in enumerate(shown.rows, shown.first)]
    numbers = [(str(number), f"habit:show:{habit.pk}") for number, habit in enumerate(shown.rows, shown.first)]
    hint = _("Tap a number to open that habit.")
    return Reply("\n\n".join([heading, *lines, hint]), [numbers, *shown.turning("habits:")])


def line(habit: Habit) -> str:
    said = sentence(habit)
    if habit.is_pleasant:
        return f"🎁 {said}"
    said += f" · {frequency(every_days=habit.every_days, weekdays=habit.weekdays)}"
    return f"⏸ {said}" if habit.is_paused else said


def opened(habit: Habit, person: Person, *, now: dt.datetime) -> Reply:
    """A habit with all that is to be said of it, and what can be done to it."""
    rows: list[list[Button]] = [[(_("🗑 Delete"), f"habit:delete:{habit.pk}")]]
    if not habit.is_pleasant:
        resume, pause = (_("▶️ Resume"), f"habit:resume:{habit.pk}"), (_("⏸ Pause"), f"habit:pause:{habit.pk}")
        rows[0].insert(0, resume if habit.is_paused else pause)
    rows.append([(_("‹ All habits"), f"habits:{page_with(habit, person)}")])
    growth = None if habit.is_pleasant else in_numbers(stats_of(person=person, habits=[habit], now=now)[habit.pk])
    return Reply("\n\n".join(filter(None, [portrait(habit), growth, outlook(habit, person, now)])), rows)


def outlook(habit: Habit, person: Person, now: dt.datetime) -> str:
    """When its person is reminded of it next, or why they are not."""
    if habit.is_pleasant:
        return ""
    if habit.is_paused:
        return _("⏸ It is paused: I do not remind you of it, and its streak holds.")
    next_at = next_reminder(Schedule.objects.filter(pk=habit.pk), person=person, now=now)
    if next_at is None:
        return ""
    text = _("The next reminder comes %(when)s.") % {"when": moment(next_at, person=person, now=now)}
    if person.pause_end(now) and person.paused_until:
        text += " " + _("Until %(day)s everything is paused.") % {"day": day(person.paused_until)}
    if not person.timezone_told:
        zone = {"zone": city_name(person.timezone, person.language)}
        text += " " + _("That is by the clock of %(zone)s; /timezone tells me yours.") % zone
    return text


def page_with(habit: Habit, person: Person) -> int:
    return own_habits(person=person).filter(pk__gt=habit.pk).count() // PAGE_SIZE + 1


def show(person: Person, habit_id: int, now: dt.datetime) -> Reply:
    return opened(own_habit(person=person, habit_id=habit_id), person, now=now)


def pause(person: Person, habit_id: int, now: dt.datetime) -> Reply:
    update_habit(person=person, habit_id=habit_id, now=now, is_paused=True)
    return show(person, habit_id, now)


def resume(person: Person, habit_id: int, now: dt.datetime) -> Reply:
    update_habit(person=person, habit_id=habit_id, now=now, is_paused=False)
    return show(person, habit_id, now)


def confirm(person: Person, habit_id: int, now: dt.datetime) -> Reply:
    habit = own_habit(person=person, habit_id=habit_id)
    question = _("Delete “%(habit)s” with all its answers? Within an hour, /undo brings everything back.")
    yes, no = (_("Yes, delete"), f"habit:erase:{habit.pk}"), (_("No"), f"habit:show:{habit.pk}")
    return Reply(question % {"habit": habit.action}, [[yes, no]])


def erase(person: Person, habit_id: int, now: dt.datetime) -> Reply:
    back = [[(_("‹ All habits"), "habits:1")]]
    try:
        delete_habit(person=person, habit_id=habit_id, now=now)
    except Conflict as error:
        return Reply(refusal(error), [[(_("‹ Back"), f"habit:show:{habit_id}")]])
    except NotFound:
        pass  # a second tap, or another device was faster
    return Reply(_("This habit is deleted. Within an hour, /undo brings it back."), back)


DEEDS: Final = {"show": show, "pause": pause, "resume": resume, "delete": confirm, "erase": erase}
