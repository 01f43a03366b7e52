"""One chat for one person: linking by a deep link's token, and unlinking.

Locks are taken in this order, here, in `chats` and in `questions`: the person, tokens, chats by their id, questions;
then whatever the receivers of the signals lock.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.signals import person_erasing
from contract.errors import Conflict, FieldError, NotFound
from telegram.models import Chat, LinkToken, LoginCode
from telegram.signals import chat_linked, chat_lost

TOKEN_LIFE: Final = dt.timedelta(minutes=10)
LIVE_TOKENS: Final = 5  # of one person; the oldest make room
NO_ACCOUNT: Final = FieldError(None, "no_account", _("This account does not exist any more."))


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a deep link carries; it works once, until `expires_at`."""

    token: str
    expires_at: dt.datetime


@transaction.atomic
def create_link_token(*, person: Person, now: dt.datetime) -> Ticket:
    """A new token for this person; the ones they have stay good, up to the newest few."""
    lock_person(person.pk)
    surplus = LinkToken.objects.filter(person=person).order_by("-expires_at")[LIVE_TOKENS - 1 :]
    LinkToken.objects.filter(pk__in=[token.pk for token in surplus.select_for_update(skip_locked=True)]).delete()
    ticket = Ticket(token=secrets.token_urlsafe(32), expires_at=now + TOKEN_LIFE)
    LinkToken.objects.create(digest=digest(ticket.token), person=person, expires_at=ticket.expires_at)
    return ticket


@transaction.atomic
def link_by_token(*, token: str, chat_id: int, now: dt.datetime) -> Person:
    """Bind the chat to the token's person, who is returned. The same chat may bring the same token again.

    Raises NotFound for an unknown or expired token, Conflict for one that another chat used, and for a chat that is
    someone else's (the token stays good then).
    """
    known = LinkToken.objects.filter(digest=digest(token), expires_at__gt=now)
    owner = known.values_list("person_id", flat=True).first()
    if owner is not None:
        lock_person(owner)
    ticket = known.select_for_update().first()
    if ticket is None:
        raise NotFound(
            FieldError("token", "link_expired", _("This link is unknown or has expired. Ask for a new one in the app."))
        )
    if ticket.used_at is not None:
        still_linked = Chat.objects.filter(chat_id=chat_id, person=ticket.person_id).exists()
        if ticket.used_by_chat_id == chat_id and still_linked:
            return ticket.person
        raise Conflict(FieldError("token", "link_used", _("This link was used already. Ask for a new one in the app.")))
    person = link(person_id=ticket.person_id, chat_id=chat_id, now=now)
    ticket.used_at, ticket.used_by_chat_id = now, chat_id
    ticket.save(update_fields=["used_at", "used_by_chat_id"])
    return person


@transaction.atomic
def link(*, person_id: int, chat_id: int, now: dt.datetime) -> Person:
    """Bind a chat to a person, in place of the chat they had; harmless where it is theirs already.

    Raises Conflict for a chat that is someone else's, NotFound for a person who is deactivated or erased.
    """
    person = lock_person(person_id)
    if person is None:
        raise NotFound(NO_ACCOUNT)
    Chat.objects.get_or_create(chat_id=chat_id, defaults={"seen_at": now})
    chats = Chat.objects.select_for_update(no_key=True).filter(Q(chat_id=chat_id) | Q(person=person))
    found = {chat.chat_id: chat for chat in chats.order_by("chat_id")}
    chat = found.pop(chat_id)
    if chat.person_id not in (None, person.pk):
        raise Conflict(
            FieldError(
                None,
                "chat_taken",
                _("This chat belongs to another account. Send /stop here first if it is to change hands."),
            )
        )
    for earlier in found.values():
        _void_login_codes(person)
        earlier.person = earlier.linked_at = None
        earlier.save(update_fields=["person", "linked_at"])
    if chat.person_id is None or chat.blocked_at is not None:
        chat.linked_at = now if chat.person_id is None else chat.linked_at
        chat.person, chat.blocked_at = person, None
        chat.save(update_fields=["person", "linked_at", "blocked_at"])
        chat_linked.send(sender=Chat, person=person, now=now)
    return person


@transaction.atomic
def unlink(*, person: Person, now: dt.datetime) -> bool:
    """Part a person from their chat, and void their deep links and sign-in codes. False where there was none."""
    lock_person(person.pk)
    LinkToken.objects.filter(person=person).delete()
    _void_login_codes(person)
    chat = Chat.objects.select_for_update(no_key=True).filter(person=person).first()
    if chat is None:
        return False
    chat.person = chat.linked_at = None
    chat.save(update_fields=["person", "linked_at"])
    chat_lost.send(sender=Chat, person=person, now=now)
    return True


@receiver(person_erasing, dispatch_uid="telegram.stand_aside")
def stand_aside(*, person: Person, **_: object) -> None:
    """Lock the chat that will vanish before schedules are: who finds a chat gone comes to its schedules from there."""
    lock_person(person.pk)
    list(Chat.objects.select_for_update().filter(person=person).values_list("pk"))


def _void_login_codes(person: Person) -> None:
    """What was shown in a chat that they have left lets nobody in any more."""
    LoginCode.objects.filter(person=person, is_live=True).update(is_live=False)


def lock_person(person_id: int) -> Person | None:
    """The person, unless deactivated or erased. No key update: reminders that point at them must not wait for it."""
    return Person.objects.select_for_update(no_key=True).filter(pk=person_id, is_active=True).first()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
