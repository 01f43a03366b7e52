"""/pause and /resume: everything until a date, or one habit."""

import datetime as dt
from typing import Final

from aiogram import F
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.services import update_profile
from bot.dates import understand_date
from bot.members import for_members
from bot.paging import page_of
from bot.replies import Reply, replace
from bot.upcoming import next_reminder
from bot.wording import day, moment, short
from habits.models import Schedule
from habits.queries import own_habits
from tracking.rules import today

router = for_members("pausing")

# What a button says, as `understand_date` takes it.
SPANS: Final = {"day": "tomorrow", "week": "1 week", "month": "1 month"}


@router.message(Command("pause", ignore_case=True, ignore_mention=True))
async def pause(message: Message, command: CommandObject, person: Person, now: dt.datetime) -> None:
    reply = await sync_to_async(asked)(person, command.args or "", now)
    await message.answer(reply.text, reply_markup=reply.markup)


@router.message(Command("resume", ignore_case=True, ignore_mention=True))
async def resume(message: Message, person: Person, now: dt.datetime) -> None:
    reply = await sync_to_async(resumed)(person, now)
    await message.answer(reply.text, reply_markup=reply.markup)


@router.callback_query(F.data.regexp(r"^pause:(day|week|month)$"))
async def chosen(query: CallbackQuery, person: Person, now: dt.datetime) -> None:
    span = (query.data or "").removeprefix("pause:")
    reply = await sync_to_async(asked)(person, SPANS[span], now)
    await replace(query, reply.text, reply.markup)


@router.callback_query(F.data.regexp(r"^(pause|resume):one:[0-9]{1,6}$"))
async def turned(query: CallbackQuery, person: Person) -> None:
    verb, _one, page = (query.data or "").split(":")
    choose = choice_to_pause if verb == "pause" else choice_to_resume
    reply = await sync_to_async(choose)(person, int(page))
    await replace(query, reply.text, reply.markup)


def asked(person: Person, words: str, now: dt.datetime) -> Reply:
    """Pause everything until the date that the words name; without words, ask. Raises `RuleBroken`."""
    if not words:
        return question(person, now)
    until = understand_date(words, today=today(person, now))
    if until is None:
        return question(person, now).after(_("I did not catch until when."))
    update_profile(person=person, changes={"paused_until": until}, now=now)
    return Reply(
        _("⏸ All is quiet now, and no streak breaks. Reminders come again on %(day)s, or sooner with /resume.")
        % {"day": day(until)}
    )


def question(person: Person, now: dt.datetime) -> Reply:
    text = _("How long shall I keep quiet? Streaks hold meanwhile.")
    if person.pause_end(now) and person.paused_until:
        text = _("Everything is paused until %(day)s; /resume ends that. Or shall it be another day?") % {
            "day": day(person.paused_until)
        }
    hint = _("Choose below, or write it: /pause until Friday, /pause for 10 days, /pause 5 December.")
    spans = [[(_("Until tomorrow"), "pause:day")], [(_("A week"), "pause:week"), (_("A month"), "pause:month")]]
    return Reply(f"{text}\n{hint}", [*spans, [(_("Only one habit"), "pause:one:1")]])


def choice_to_pause(person: Person, page: int) -> Reply:
    active = page_of(own_habits(person=person, is_pleasant=False).filter(is_paused=False), page)
    if not active.rows:
        return Reply(_("There is no habit to pause."))
    rows = [[(f"⏸ {short(habit.action)}", f"habit:pause:{habit.pk}")] for habit in active.rows]
    return Reply(_("Which habit shall I keep quiet about?"), [*rows, *active.turning("pause:one:")])


def resumed(person: Person, now: dt.datetime) -> Reply:
    """End the pause of everything, and offer the habits that are paused by themselves."""
    was_paused = person.pause_end(now) is not None
    if was_paused:
        update_profile(person=person, changes={"paused_until": None}, now=now)
    choice = choice_to_resume(person, 1)
    if not was_paused:
        return choice
    next_at = next_reminder(Schedule.objects.filter(person=person), person=person, now=now)
    text = _("▶️ The pause is over: reminders come again.")
    if next_at is not None:
        text += " " + _("The next one comes %(when)s.") % {"when": moment(next_at, person=person, now=now)}
    return choice.after(text) if choice.rows else Reply(text)


def choice_to_resume(person: Person, page: int) -> Reply:
    paused = page_of(own_habits(person=person, is_pleasant=False).filter(is_paused=True), page)
    if not paused.rows:
        return Reply(_("Nothing is paused. /pause keeps me quiet for a while."))
    rows = [[(f"▶️ {short(habit.action)}", f"habit:resume:{habit.pk}")] for habit in paused.rows]
    return Reply(
        _("These habits are paused by themselves. Which one shall go on?"),
        [*rows, *paused.turning("resume:one:")],
    )
