"""What the bot asks while a habit is being told, and the codes of the buttons that answer.

A button's data is `new:<key of the draft>:<verb>:<value>`. A frequency is coded `e2` (every 2 days) or `w135`
(Monday, Wednesday, Friday).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models import Person
from bot.drafts import Told
from bot.models import Draft, Step
from bot.paging import page_of
from bot.replies import Button, Reply, Rows
from bot.wording import frequency, length, short
from habits.models import Habit
from habits.queries import own_habits
from habits.sentence import sentence

FREQUENCIES: Final = ("e1", "w12345", "w67", "e2")
DURATIONS: Final = ("30", "60", "120")  # seconds


def question(draft: Draft, person: Person, *, page: int = 1) -> Reply:
    """What is known so far, and the question that is open. `page` is of the pleasant habits."""
    told, step = Told.from_json(draft.content), Step(draft.step)
    text, rows = asked(step, told, draft.key, person, page)
    known = summary(told)
    if step is not Step.SENTENCE:
        no = _("No") if step is Step.OFFERED else _("✖️ Cancel")
        rows = [*rows, [(no, f"new:{draft.key}:cancel:")]]
    return Reply(f"{known}\n\n{text}" if known else text, rows)


def summary(told: Told) -> str:
    """The sentence as far as it is told, and how often."""
    if told.action is None:
        return ""
    said = sentence(Habit(action=told.action, time=told.time, place=told.place))
    if not told.has("frequency"):
        return said
    return f"{said} · {frequency(every_days=told.every_days, weekdays=told.weekdays)}"


def asked(step: Step, told: Told, key: int, person: Person, page: int) -> tuple[str, Rows]:
    match step:
        case Step.OFFERED:
            return _("Shall I make a habit of it?"), [[(_("Yes"), f"new:{key}:go:")]]
        case Step.SENTENCE:
            return invitation(person), []
        case Step.ACTION:
            return _("What will you do? A few words are enough, such as: read one page."), offered(told, step, key)
        case Step.TIME:
            return _("At what time? For example: 21:30."), offered(told, step, key)
        case Step.PLACE:
            return _("Where? For example: in bed, at home, in the park."), offered(told, step, key)
        case Step.FREQUENCY:
            text = _("How often? Choose below, or write it: Mon, Wed and Fri, or every 3 days.")
            if told.is_impossible(step):
                why = _(
                    "A habit comes round once a day at most, and once a week at least. Twice a day makes two habits."
                )
                text = f"{why}\n{text}"
            return text, with_usual(offered(told, step, key), choices(step, FREQUENCIES, key))
        case Step.DURATION:
            text = _("How long will it take? Two minutes at most: a small habit holds.")
            return text, with_usual(offered(told, step, key), choices(step, DURATIONS, key))
        case Step.PLEASANT:
            return _("Which pleasant habit? Write what you will do, such as: listen to a song."), []
        case _:
            return prizes(key, person, page)


def invitation(person: Person) -> str:
    is_first = not own_habits(person=person, is_pleasant=False).exists()
    text = (
        _("Now write your first habit as one sentence: what you will do, when and where. For example:")
        if is_first
        else _("Write the habit as one sentence: what you will do, when and where. For example:")
    )
    example = _("I will read at 21:30 in bed")
    return f"{text}\n{example}"


def prizes(key: int, person: Person, page: int) -> tuple[str, Rows]:
    text = _("What will you treat yourself to right after? Write your reward, such as: a cup of coffee.")
    shown = page_of(own_habits(person=person, is_pleasant=True), page)
    rows: Rows = [[(short(habit.action), f"new:{key}:prize:{habit.pk}")] for habit in shown.rows]
    rows += shown.turning(f"new:{key}:page:")
    rows.append([(_("➕ A new pleasant habit"), f"new:{key}:pleasant:")])
    if shown.rows:
        text += " " + _("Or choose a pleasant habit that follows it.")
    else:
        text += " " + _("Or let a pleasant habit follow it.")
    return text, rows


def offered(told: Told, step: Step, key: int) -> Rows:
    """Buttons for what the words may have meant; a candidate is named by its place, as `c0`."""
    return in_pairs(
        (short(label(step, candidate.changes)), f"new:{key}:{step.value}:c{place}")
        for place, candidate in enumerate(told.candidates(step))
    )


def choices(step: Step, codes: Iterable[str], key: int) -> Rows:
    return in_pairs((label(step, fields_of(step, code) or {}), f"new:{key}:{step.value}:{code}") for code in codes)


def with_usual(meant: Rows, usual: Rows) -> Rows:
    """What the words may have meant, and then what else is usual."""
    labels = {label for row in meant for label, _data in row}
    return meant + in_pairs(button for row in usual for button in row if button[0] not in labels)


def in_pairs(buttons: Iterable[Button]) -> Rows:
    row = list(buttons)
    return [row[start : start + 2] for start in range(0, len(row), 2)]


def label(step: Step, fields: Mapping[str, Any]) -> str:
    match step:
        case Step.FREQUENCY:
            words = frequency(every_days=fields.get("every_days"), weekdays=fields.get("weekdays"))
            return words[:1].upper() + words[1:]
        case Step.DURATION:
            return length(fields["duration"])
        case Step.TIME:
            return f"{fields['time']:%H:%M}"
        case _:
            return str(fields.get(step.value, "?"))


def fields_of(step: Step, code: str) -> dict[str, Any] | None:
    """The habit's fields that a code stands for; None where it is none."""
    if step is Step.FREQUENCY and re.fullmatch("e[1-7]", code):
        return {"every_days": int(code[1:]), "weekdays": None}
    if step is Step.FREQUENCY and re.fullmatch("w[1-7]{1,7}", code):
        return {"every_days": None, "weekdays": tuple(sorted({int(day) for day in code[1:]}))}
    if step is Step.DURATION and re.fullmatch("[0-9]{1,3}", code):
        return {"duration": int(code)}
    return None
