"""An account for somebody whom Telegram vouches for: no e-mail, no password, and a chat from the start."""

import datetime as dt
import unicodedata

from django.db import transaction

from accounts.models import Person
from accounts.rules import DISPLAY_NAME_LENGTH
from accounts.services import create_person
from contract.errors import NotFound
from contract.text import CONTROL, line_problem, tidy
from telegram.linking import NO_ACCOUNT, link
from telegram.models import Chat


@transaction.atomic
def begin(*, chat_id: int, display_name: str | None, language: str, now: dt.datetime) -> Person:
    """The person of this chat: the one it is linked to, or else a new one.

    `display_name` as Telegram gives it: what does not fit is cut off. Any number of taps make one account.
    Raises RuleBroken where sign-up is closed; NotFound where the chat's person was deactivated.
    """
    Chat.objects.get_or_create(chat_id=chat_id, defaults={"seen_at": now})
    # Before the person, unlike elsewhere: nobody else can want a person who is not there yet.
    chat = Chat.objects.select_for_update(no_key=True).get(chat_id=chat_id)
    if chat.person is not None:
        if not chat.person.is_active:
            raise NotFound(NO_ACCOUNT)
        return chat.person
    person = create_person(display_name=fitting(display_name), language=language, now=now)
    return link(person_id=person.pk, chat_id=chat_id, now=now)


def fitting(name: str | None) -> str | None:
    """As much of a name as a profile may hold; None where nothing of it can be seen."""
    plain = "".join(" " if unicodedata.category(letter) in CONTROL else letter for letter in name or "")
    # White space is tidied up before the cut and after it.
    cut = tidy(tidy(plain)[:DISPLAY_NAME_LENGTH])
    return None if line_problem(cut, max_length=DISPLAY_NAME_LENGTH) else cut
