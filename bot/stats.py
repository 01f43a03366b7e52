"""/stats: how one's habits grow, five a page."""

import datetime as dt

from aiogram import F
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from accounts.models import Person
from bot.members import for_members
from bot.paging import page_of
from bot.replies import Reply, replace
from bot.wording import bar
from habits.models import Habit
from habits.queries import own_habits
from tracking.stats import Stats, stats_of

router = for_members("stats")


@router.message(Command("stats", ignore_case=True, ignore_mention=True))
async def stats(message: Message, person: Person, now: dt.datetime) -> None:
    reply = await sync_to_async(grown)(person, 1, now)
    await message.answer(reply.text, reply_markup=reply.markup)


@router.callback_query(F.data.regexp(r"^stats:[0-9]{1,6}$"))
async def turned(query: CallbackQuery, person: Person, now: dt.datetime) -> None:
    page = int((query.data or "").removeprefix("stats:"))
    reply = await sync_to_async(grown)(person, page, now)
    await replace(query, reply.text, reply.markup)


def grown(person: Person, page: int, now: dt.datetime) -> Reply:
    shown = page_of(own_habits(person=person, is_pleasant=False), page)
    if not shown.rows:
        return Reply(_("There is nothing to count yet. /new makes your first habit."))
    found = stats_of(person=person, habits=shown.rows, now=now)
    heading = (
        _("How strong your habits are:")
        if shown.pages == 1
        else _("How strong your habits are, page %(page)d of %(pages)d:")
    )
    parts = [
        heading % {"page": shown.number, "pages": shown.pages},
        *(growth(habit, found[habit.pk]) for habit in shown.rows),
    ]
    return Reply("\n\n".join(parts), shown.turning("stats:"))


def growth(habit: Habit, stats: Stats) -> str:
    name = f"⏸ {habit.action}" if habit.is_paused else habit.action
    return name + "\n" + (in_numbers(stats) or _("no answers yet"))


def in_numbers(stats: Stats) -> str | None:
    """As in: ▓▓▓▓▓▓▓▓░░ 80%, streak: 5, longest: 9, in 30 days: 90%. None where nothing was done or missed yet."""
    if not stats.done and not stats.missed:
        return None
    streaks = {"current": stats.current_streak, "longest": stats.longest_streak}
    numbers = [_("streak: %(current)d, longest: %(longest)d") % streaks]
    rate = stats.completion_rate.last_30_days
    if rate is not None:
        numbers.append(_("in 30 days: %(rate)d%%") % {"rate": round(rate * 100)})
    return f"{bar(stats.strength)} {stats.strength:.0%}\n{', '.join(numbers)}"
