"""What a message about habits lists, as it stands now: read for all of it in a constant number of queries."""

import datetime as dt
from collections.abc import Sequence

from accounts.models import Person
from reminders.channels.card import Item
from reminders.snoozing import snoozed
from tracking.queries import HabitDate, answers_of
from tracking.rules import today
from tracking.stats import streaks_of


def items_of(
    *, person: Person, dates: Sequence[HabitDate], now: dt.datetime, choosing: HabitDate | None = None
) -> list[Item]:
    """The items of these habits and dates, in their order; what is not the person's own counts as gone.

    `choosing` is the one whose row offers when to be reminded again.
    """
    habits = person.habits.select_related("related_habit").in_bulk({habit_id for habit_id, _date in dates})
    own = {pair for pair in dates if pair[0] in habits}
    answers = answers_of(person=person, dates=own) if own else {}
    streaks = streaks_of(habits={habit_id for habit_id, _date in answers}, today=today(person, now)) if answers else {}
    waiting = own - answers.keys()
    later = snoozed(waiting, now=now) if waiting else {}
    return [
        Item(
            habit=habits.get(pair[0]),
            date=pair[1],
            answer=answers.get(pair),
            streak=streaks.get(pair[0]),
            snoozed_until=later.get(pair),
            choosing=pair == choosing,
        )
        for pair in dates
    ]
