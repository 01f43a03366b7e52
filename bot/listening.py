"""What an answer to a question adds to what is told of a habit: in words, or by a button."""

from dataclasses import fields, replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from bot.drafts import Told
from bot.models import Step
from bot.questions import fields_of
from contract.errors import FieldError, RuleBroken
from contract.text import line_problem, tidy
from habits.models import MAX_DURATION, TEXT_LENGTH
from habits.sentence_parser import (
    Understood,
    understand,
    understand_duration,
    understand_frequency,
    understand_place,
    understand_time,
)

READERS: Final = {
    Step.SENTENCE: understand,
    Step.TIME: understand_time,
    Step.PLACE: understand_place,
    Step.FREQUENCY: understand_frequency,
    Step.DURATION: understand_duration,
}
NOT_UNDERSTOOD: Final = {
    Step.SENTENCE: _("I did not catch what you will do."),
    Step.PLACE: _("I did not catch the place."),
    Step.TIME: _("I did not catch the time."),
    Step.FREQUENCY: _("I did not catch how often."),
    Step.DURATION: _("I did not catch how long it takes."),
}
ANOTHER_HABIT: Final = FieldError(
    None, "another_habit", _("That reads like another habit. Let us finish this one first, or cancel it.")
)
# What people write who want no prize, or know of none.
NOTHING: Final = {
    "",
    "no",
    "none",
    "nothing",
    "no reward",
    "i don't know",
    "don't know",
    "нет",
    "ничего",
    "никак",
    "никакая",
    "не знаю",
    "без награды",
    "без вознаграждения",
}
NO_PRIZE: Final = FieldError(
    "reward", "required", _("A small treat is what makes a habit stick: anything that you like will do.")
)
# What people write, rather than /cancel, who have thought better of it.
ENOUGH: Final = {"cancel", "stop", "отмена", "отменить", "отмени", "стоп", "передумал", "передумала"}
LAST_ID: Final = 2**63 - 1


def habit_in(text: str) -> Told | None:
    """What a text tells of a habit; None where it does not look like one: something to do at some time, or on days."""
    try:
        found = understand(_line(text))
        tells_when = (found.time, found.every_days, found.weekdays, found.doubt("time")) != (None,) * 4
        return _checked(_with(Told(), found)) if found.is_habit and tells_when else None
    except RuleBroken:
        return None


def is_enough(text: str) -> bool:
    """Whether it calls the whole thing off."""
    return text.strip(" .!").casefold() in ENOUGH


def in_words(step: Step, told: Told, text: str) -> Told:
    """What is told now. Raises `RuleBroken`, saying why, where the text does not answer the question."""
    words = _line(text)
    if step is Step.ACTION:
        return _checked(_doing(told, words))
    if step is not Step.SENTENCE and is_sentence(words):
        raise RuleBroken(ANOTHER_HABIT)
    if step is Step.PRIZE and words.casefold().strip(" .!-—–") in NOTHING:
        raise RuleBroken(NO_PRIZE)
    if step is Step.PRIZE:
        return _checked(told.settled(step, reward=understand(words).reward or words))
    if step is Step.PLEASANT:
        return _checked(told.settled(step, pleasant=_pleasure(words)))
    found = READERS[step](words)
    # An answer may tell more than was asked for, "at 7 every day", but no other action.
    more = _with(told, found if step is Step.SENTENCE else replace(found, action=None, reward=None))
    if more == told:
        raise RuleBroken(FieldError(None, "not_understood", NOT_UNDERSTOOD[step]))
    return _checked(more)


def by_button(step: Step, told: Told, verb: str, value: str) -> Told | None:
    """What is told now; None where the button answers another question, or is forged."""
    if verb == "go" and step is Step.OFFERED:
        return told
    if verb == "prize" and step in (Step.PRIZE, Step.PLEASANT) and value.isdecimal() and int(value[:19]) <= LAST_ID:
        return told.settled(Step.PRIZE, related_habit=int(value[:19]))
    if verb != step.value:
        return None
    places = {f"c{place}": candidate for place, candidate in enumerate(told.candidates(step))}
    if value in places:
        return told.read_as(step, places[value])
    fields = fields_of(step, value)
    if fields is None or not 1 <= fields.get("duration", 1) <= MAX_DURATION:
        return None
    return told.settled(step, **fields)


def is_sentence(text: str) -> bool:
    """Whether it tells a whole habit: what, when and where."""
    found = understand(text)
    return None not in (found.action, found.time, found.place)


def _doing(told: Told, words: str) -> Told:
    """What is done, in the words of the answer. What they tell beyond that counts rather than what was told before."""
    found = understand(words)
    if found.action is None:
        return told.settled(Step.ACTION, action=words)
    fresh = _with(Told(), found)
    if fresh.has("frequency"):
        told = told.without({"every_days", "weekdays"})
    known = {one.name: value for one in fields(fresh) if (value := getattr(fresh, one.name))}
    return replace(told.settled(Step.ACTION), **known)


def _pleasure(words: str) -> str:
    """What is done, without the "I will" that every sentence has of its own; what else was said stays where it was."""
    found = understand(words)
    return found.action if found.action and found == Understood(action=found.action) else words


def _with(told: Told, found: Understood) -> Told:
    """What was told before stays; what was found is added, and what is in doubt of it is to be asked."""
    fields = ("action", "time", "place", "duration", "reward")
    known = {name: getattr(found, name) for name in fields if getattr(told, name) is None}
    if not told.has("frequency"):
        known |= {"every_days": found.every_days, "weekdays": found.weekdays}
    told = replace(told, **known)
    doubts = {doubt.field: doubt for doubt in (*told.doubts, *found.doubts)}
    return replace(told, doubts=tuple(doubt for name, doubt in doubts.items() if not told.has(name)))


def _line(text: str) -> str:
    """A message as one line. Raises `RuleBroken` for what no text of a habit may hold, whatever its length."""
    words = tidy(" ".join(text.split()))
    problem = line_problem(words, max_length=len(words))
    if problem:
        raise RuleBroken(FieldError(None, problem.code, problem.message))
    return words


def _checked(told: Told) -> Told:
    """Raises `RuleBroken` for words that a habit cannot hold."""
    for name in ("action", "place", "reward", "pleasant"):
        words: str | None = getattr(told, name)
        problem = None if words is None else line_problem(words, max_length=TEXT_LENGTH)
        if problem:
            raise RuleBroken(FieldError(name, problem.code, problem.message))
    return told
