"""What Telegram tells of a private chat: that it wrote, and that nothing reaches it any more."""

import datetime as dt
import re
from contextlib import suppress
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import TELEGRAM_USERNAME
from telegram.models import Chat
from telegram.signals import chat_linked, chat_lost

# Others who see the same chat, or the same name elsewhere, for the first time at the same moment.
RIVALS: Final = 4


def seen(*, chat_id: int, username: str | None, language_code: str | None, now: dt.datetime) -> Chat:
    """Keep a chat that has just written, with the name it has now; a lost chat is found again by that.

    `username` as Telegram gives it. The latest holder of a name has it; whoever had it before loses it.
    """
    name = (username or "").lower()
    username = name if re.fullmatch(TELEGRAM_USERNAME, name) else None
    language_code = language_code[:35] if language_code else None
    for _try in range(RIVALS):
        with suppress(IntegrityError):
            return _seen(chat_id, username, language_code, now)
    return _seen(chat_id, username, language_code, now)


@transaction.atomic
def _seen(chat_id: int, username: str | None, language_code: str | None, now: dt.datetime) -> Chat:
    wanted = Q(chat_id=chat_id) | Q(username=username) if username else Q(chat_id=chat_id)
    chats = Chat.objects.select_for_update(no_key=True).filter(wanted).order_by("chat_id")
    chat = None
    for found in chats:
        if found.chat_id == chat_id:
            chat = found
        else:
            found.username = None
            found.save(update_fields=["username"])
    if chat is None:
        return Chat.objects.create(chat_id=chat_id, username=username, language_code=language_code, seen_at=now)
    was_lost = chat.blocked_at is not None
    chat.username, chat.language_code = username, language_code or chat.language_code
    chat.blocked_at, chat.seen_at = None, max(now, chat.seen_at)
    chat.save(update_fields=["username", "language_code", "blocked_at", "seen_at"])
    if was_lost and chat.person is not None:
        chat_linked.send(sender=Chat, person=chat.person, now=now)
    return chat


@transaction.atomic
def mark_chat_gone(*, chat_id: int, now: dt.datetime) -> None:
    """Nothing reaches this chat (blocked, deleted): its person is not reminded until it writes again.

    `now` is when that was found out; a chat that has written since is not gone.
    """
    chat = Chat.objects.select_for_update(no_key=True).filter(chat_id=chat_id, blocked_at__isnull=True).first()
    if chat is None or chat.seen_at > now:
        return
    chat.blocked_at = now
    chat.save(update_fields=["blocked_at"])
    if chat.person is not None:
        chat_lost.send(sender=Chat, person=chat.person, now=now)
