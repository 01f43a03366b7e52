"""A habit told step by step: what an answer changes, and what the bot says next.

Each step is one transaction that ends in the draft's row, so that it may come again: an update that Telegram brings
twice, a second tap, a tap on an old question change nothing, and get what stands now.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from bot import drafts
from bot.drafts import Told
from bot.habit_list import opened
from bot.listening import by_button, in_words, is_enough
from bot.models import Draft, Step
from bot.questions import question
from bot.replies import Reply, refusal
from contract.errors import NotFound, Refused, RuleBroken
from habits.models import Habit
from habits.queries import own_habit
from habits.services import HabitFields, create_habit
from telegram.linking import NO_ACCOUNT, lock_person
from telegram.models import Chat


@transaction.atomic
def start(*, chat: Chat, text: str, update: int, now: dt.datetime) -> Reply:
    """/new, with the sentence or without: a new draft, in place of any other."""
    person, draft = _locked(chat, now)
    if draft is None or draft.heard != update:
        draft = drafts.begin(chat, step=Step.SENTENCE, told=Told(), update=update, now=now)
        if text:
            return _listen(draft, person, text, update, now)
    return _standing(draft, person, now)


@transaction.atomic
def begin_first(*, chat: Chat, update: int, now: dt.datetime) -> None:
    """Wait for the first habit of somebody who has none. What has begun already is left as it is."""
    person, draft = _locked(chat, now)
    if (draft is None or draft.step == Step.MADE) and not person.habits.filter(is_pleasant=False).exists():
        drafts.begin(chat, step=Step.SENTENCE, told=Told(), update=update, now=now)


@transaction.atomic
def propose(*, chat: Chat, told: Told, update: int, now: dt.datetime) -> Reply:
    """What was written looks like a habit: ask whether it shall be one, or go on at once where it is the first."""
    person, draft = _locked(chat, now)
    if draft is not None and draft.heard == update:
        return _standing(draft, person, now)
    draft = drafts.begin(chat, step=Step.OFFERED, told=told, update=update, now=now)
    if person.habits.filter(is_pleasant=False).exists():
        return question(draft, person)
    return _go_on(draft, person, told, update, now)


@transaction.atomic
def remember(*, chat: Chat, told: Told, update: int, now: dt.datetime) -> None:
    """A stranger wrote a habit: it is gone on with once they have an account."""
    drafts.begin(chat, step=Step.OFFERED, told=told, update=update, now=now)


def pending(*, chat: Chat, now: dt.datetime) -> Reply | None:
    """The question that waits for an answer in the chat."""
    draft = drafts.find(chat, now=now)
    if draft is None or chat.person is None or draft.step == Step.MADE:
        return None
    return question(draft, chat.person)


@transaction.atomic
def hear(*, chat: Chat, text: str, update: int, now: dt.datetime) -> Reply | None:
    """An answer in words; None where no question waits for one, so that they mean something else."""
    person, draft = _locked(chat, now)
    if draft is None or (draft.step in (Step.OFFERED, Step.MADE) and draft.heard != update):
        return None
    if draft.heard == update:
        return _standing(draft, person, now)
    if is_enough(text):
        return cancel(chat=chat)
    return _listen(draft, person, text, update, now)


@transaction.atomic
def tap(*, chat: Chat, key: int, verb: str, value: str, update: int, now: dt.datetime) -> Reply:
    """An answer by button."""
    person, draft = _locked(chat, now)
    if verb == "cancel" and (draft is None or (draft.key == key and draft.step != Step.MADE)):
        return cancel(chat=chat)
    if draft is None or draft.key != key:
        return Reply(_("That question is over. /new begins a habit."))
    told = None if draft.step == Step.MADE else Told.from_json(draft.content)
    if draft.step == Step.PRIZE and verb == "page" and value.isdecimal():
        return question(draft, person, page=int(value[:4]))
    if draft.step == Step.PRIZE and verb == "pleasant":
        drafts.keep(draft, step=Step.PLEASANT, content=draft.content, update=update, now=now)
    elif told and (more := by_button(Step(draft.step), told, verb, value)):
        return _go_on(draft, person, more, update, now)
    return _standing(draft, person, now)


def cancel(*, chat: Chat) -> Reply:
    drafts.drop(chat)
    return Reply(_("All right, nothing was made. /new begins a habit whenever you like."))


def _locked(chat: Chat, now: dt.datetime) -> tuple[Person, Draft | None]:
    """The chat's person and draft, locked. Raises `NotFound` for a person who is not there any more."""
    person = lock_person(chat.person.pk) if chat.person is not None else None
    if person is None:
        raise NotFound(NO_ACCOUNT)
    return person, drafts.find(chat, now=now, lock=True)


def _listen(draft: Draft, person: Person, text: str, update: int, now: dt.datetime) -> Reply:
    try:
        told = in_words(Step(draft.step), Told.from_json(draft.content), text)
    except Refused as error:
        return question(draft, person).after(refusal(error))
    return _go_on(draft, person, told, update, now)


def _go_on(draft: Draft, person: Person, told: Told, update: int, now: dt.datetime) -> Reply:
    """Keep what is told, and ask for the next thing; where nothing is missing, make the habit."""
    try:
        if step := told.missing():
            drafts.keep(draft, step=step, content=told.to_json(), update=update, now=now)
        else:
            habit = _make(person, told, now)
            drafts.keep(draft, step=Step.MADE, content={"habit": habit.pk}, update=update, now=now)
    except RuleBroken as error:
        told = told.without({problem.field for problem in error.errors})
        drafts.keep(draft, step=told.missing() or Step.PRIZE, content=told.to_json(), update=update, now=now)
        return question(draft, person).after(refusal(error))
    return _standing(draft, person, now)


def _make(person: Person, told: Told, now: dt.datetime) -> Habit:
    """The habit, and the pleasant one that is its prize where that is new: both or neither. Raises `RuleBroken`."""
    fields: HabitFields = {
        "action": told.action,
        "time": told.time,
        "place": told.place,
        "every_days": told.every_days,
        "weekdays": told.weekdays,
        "reward": told.reward,
        "related_habit": told.related_habit,
    }
    if told.duration is not None:
        fields["duration"] = told.duration
    with transaction.atomic():
        if told.pleasant is not None:
            fields["related_habit"] = create_habit(person=person, now=now, action=told.pleasant, is_pleasant=True).pk
        return create_habit(person=person, now=now, **fields)


def _standing(draft: Draft, person: Person, now: dt.datetime) -> Reply:
    """The question that is open, or the habit that was made."""
    if draft.step != Step.MADE:
        return question(draft, person)
    try:
        habit = own_habit(person=person, habit_id=draft.content["habit"])
    except NotFound as error:
        return Reply(refusal(error))
    made = opened(habit, person, now=now).after(_("Done! Your new habit:"))
    if person.habits.filter(is_pleasant=False).count() > 1:
        return made
    return Reply(made.text + "\n\n" + _("I write to you here then: a tap on “✅ Done” is all it takes."), made.rows)
