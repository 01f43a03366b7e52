"""Linking by name: the bot asks in the chat that holds the claimed name, and only the Yes there links."""

import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import Conflict, FieldError, NotFound
from telegram.chats import mark_chat_gone
from telegram.client import BotApi
from telegram.errors import ChatGone, Rejected, RetryAfter, TelegramError, Unreached
from telegram.linking import link, lock_person
from telegram.models import Chat, LinkQuestion

ASK_AGAIN_AFTER: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is to be sent now."""

    question_id: int
    chat_id: int
    language: str
    name: str
    asked_before: dt.datetime | None


@transaction.atomic
def claim_question(*, person_id: int, now: dt.datetime) -> Asking | None:
    """Settle that this person's question is asked now; None where there is nobody to ask, or not today.

    There is nobody: no such person or no name claimed, nobody of that name has written, the chat is someone's already,
    it said No to this person, or the bot is blocked there.
    """
    person = lock_person(person_id)
    if person is None or person.telegram_username is None:
        return None
    chat = Chat.objects.select_for_update(no_key=True).filter(username=person.telegram_username).first()
    if chat is None or chat.person_id is not None or chat.blocked_at is not None:
        return None
    if chat.asked_at is not None and chat.asked_at > now - ASK_AGAIN_AFTER:
        return None
    question, _created = LinkQuestion.objects.get_or_create(person=person, chat=chat, defaults={"asked_at": now})
    if question.accepted is False:
        return None
    question.asked_at, question.answered_at, question.accepted = now, None, None
    question.save(update_fields=["asked_at", "answered_at", "accepted"])
    asked_before, chat.asked_at = chat.asked_at, now
    chat.save(update_fields=["asked_at"])
    return Asking(question.pk, chat.chat_id, language_of(chat), shown_name(person), asked_before)


async def send_question(api: BotApi, asking: Asking) -> None:
    """Put the question into the chat. Raises TelegramError."""
    with override(asking.language):
        # As code, so that a name that looks like an address is not made a link.
        text = gettext("Shall reminders of %(name)s come here?") % {"name": f"<code>{escape(asking.name)}</code>"}
        note = gettext("If you do not know who that is, answer No; nothing else happens.")
        buttons = [
            {"text": gettext("Yes"), "callback_data": f"link:yes:{asking.question_id}"},
            {"text": gettext("No"), "callback_data": f"link:no:{asking.question_id}"},
        ]
    markup: dict[str, Any] = {"inline_keyboard": [buttons]}
    await api.send_message(asking.chat_id, f"{text}\n\n{note}", parse_mode="HTML", reply_markup=markup)


def withdraw_question(asking: Asking, error: TelegramError, *, now: dt.datetime) -> None:
    """A question that certainly did not arrive may be asked again today. One that may have arrived may not."""
    if isinstance(error, ChatGone):
        mark_chat_gone(chat_id=asking.chat_id, now=now)
    if isinstance(error, (ChatGone, Rejected, RetryAfter, Unreached)):
        Chat.objects.filter(chat_id=asking.chat_id).update(asked_at=asking.asked_before)
        LinkQuestion.objects.filter(pk=asking.question_id, answered_at__isnull=True).delete()


@transaction.atomic
def answer(*, question_id: int, chat_id: int, yes: bool, now: dt.datetime) -> Person:
    """The chat's answer: a Yes links it to the person, who is returned; a No stands for good. Repeating is harmless.

    Raises NotFound for a question that this chat was never asked, Conflict for one that is out of date (answered the
    other way, another name claimed meanwhile) and for a chat that became someone else's.
    """
    asked = LinkQuestion.objects.filter(pk=question_id, chat_id=chat_id).values_list("person_id", flat=True).first()
    person = lock_person(asked) if asked else None
    if person is None:
        raise NotFound(FieldError(None, "no_such_question", _("This question is not open any more.")))
    chat = Chat.objects.select_for_update(no_key=True).get(chat_id=chat_id)
    question = LinkQuestion.objects.select_for_update(no_key=True).get(pk=question_id)
    out_of_date = Conflict(
        FieldError(None, "question_out_of_date", _("This question is out of date. Follow the link in the app again."))
    )
    if question.accepted is not None and question.accepted is not yes:
        raise out_of_date
    if yes:
        repeated = question.accepted is True
        if (repeated and chat.person_id != person.pk) or person.telegram_username != chat.username:
            raise out_of_date
        link(person_id=person.pk, chat_id=chat_id, now=now)
    question.answered_at, question.accepted = now, yes
    question.save(update_fields=["answered_at", "accepted"])
    return person


def is_asked(person: Person) -> bool:
    """Whether a question about this person stands open in the chat whose name they claim."""
    return (
        person.telegram_username is not None
        and LinkQuestion.objects.filter(
            person=person, answered_at__isnull=True, chat__username=person.telegram_username, chat__person__isnull=True
        ).exists()
    )


def language_of(chat: Chat) -> str:
    """The person's language; in a stranger's chat the one that Telegram names, as far as the bot speaks it."""
    if chat.person is not None:
        return chat.person.language
    return "ru" if (chat.language_code or "").lower().startswith("ru") else "en"


def shown_name(person: Person) -> str:
    """What a chat that need not be theirs may see of a person: the display name, or an e-mail that is mostly hidden."""
    if person.display_name:
        return person.display_name
    user, at, host = (person.email or "").partition("@")
    return f"{user[:2]}…{at}{host}" if at else f"#{person.pk}"
