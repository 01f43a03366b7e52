"""What is due on a date, by the phases that streaks go by."""

import datetime as dt

from accounts.models import Person
from habits.models import Habit
from tracking.counted import is_due
from tracking.models import Phase
from tracking.phases import presumed_spans, span_of
from tracking.spans import Span


def due_on(*, person: Person, date: dt.date) -> list[Habit]:
    """The person's habits that are due on this local date, the earliest first. Two queries.

    What was due this morning stays due, though it was moved or paused since.
    """
    phases: dict[int, list[Span]] = {}
    for phase in Phase.objects.filter(habit__owner=person):
        phases.setdefault(phase.habit_id, []).append(span_of(phase))
    habits = person.habits.filter(is_pleasant=False).order_by("time", "pk")
    return [
        habit for habit in habits if is_due(phases.get(habit.pk) or presumed_spans(habit, person, today=date), date)
    ]
