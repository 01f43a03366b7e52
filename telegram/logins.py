"""One-time codes: who holds a person's chat signs in elsewhere with what the bot shows there.

A code has 50 bits, lives five minutes, and there is one a person. With ten thousand of them live at every moment, and
the thousand wrong guesses a minute that `telegram.api` lets pass, one guess in two centuries is to be expected right.
Locks are taken as in `telegram.linking`: the person, then codes.
"""

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.tokens import Tokens, sign_in
from contract.errors import FieldError, NotFound, RuleBroken
from telegram.linking import NO_ACCOUNT, lock_person
from telegram.models import LoginCode

CODE_LIFE: Final = dt.timedelta(minutes=5)
CODES: Final = 5  # of one person within `COUNTED_FOR`
COUNTED_FOR: Final = dt.timedelta(hours=1)

# Crockford's base 32, which has no letters that look like digits.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HALF: Final = 5
_FORM: Final = re.compile(f"[{_ALPHABET}]{{{2 * _HALF}}}")
# What people type instead: letters that look like digits, and Cyrillic ones that look like Latin ones.
_MEANT: Final = str.maketrans("OILАВСЕНКМОРТУХ", "011ABCEHKM0PTYX")
_NOISE: Final = re.compile(r"[\s\u200b-\u200f\u2010-\u2015\u2060\ufeff_.-]+")
LONGEST: Final = 64  # characters of what may still be a code, with whatever came along when it was copied

UNKNOWN_CODE: Final = FieldError(
    "code", "invalid_code", _("This code is unknown or has expired. Send /login to the bot for a new one.")
)


@dataclass(frozen=True, slots=True)
class Code:
    """What the bot shows; it works once, until `expires_at` or until the next one."""

    text: str
    expires_at: dt.datetime


@transaction.atomic
def create_code(*, person: Person, now: dt.datetime) -> Code:
    """A new code in place of the one that the person may have.

    Raises RuleBroken where they had `CODES` within the hour; NotFound for a person who is deactivated or erased.
    """
    if lock_person(person.pk) is None:
        raise NotFound(NO_ACCOUNT)
    codes = LoginCode.objects.filter(person=person)
    recent = list(codes.filter(created_at__gt=now - COUNTED_FOR).order_by("-created_at").values_list("created_at"))
    if len(recent) >= CODES:
        raise RuleBroken(_too_many(wait=recent[CODES - 1][0] + COUNTED_FOR - now))
    codes.filter(is_live=True).update(is_live=False)
    letters = "".join(secrets.choice(_ALPHABET) for _letter in range(2 * _HALF))
    code = Code(text=f"{letters[:_HALF]}-{letters[_HALF:]}", expires_at=now + CODE_LIFE)
    LoginCode.objects.create(digest=_digest(letters), person=person, created_at=now, expires_at=code.expires_at)
    return code


@transaction.atomic
def exchange(*, code: str, now: dt.datetime) -> Person:
    """The person whose code this is, once: it is used up. Case, dashes, spaces and look-alike letters are forgiven.

    Raises RuleBroken, the same for a code that is unknown, used, replaced or expired, and for a deactivated person's.
    """
    letters = _letters(code)
    live = LoginCode.objects.filter(digest=_digest(letters), is_live=True, expires_at__gt=now)
    owner = live.values_list("person_id", flat=True).first() if letters else None
    person = lock_person(owner) if owner else None
    # Asked again under the lock, which whoever came first has held.
    if person is None or not live.update(is_live=False):
        raise RuleBroken(UNKNOWN_CODE)
    return person


@transaction.atomic
def sign_in_by_code(*, code: str, now: dt.datetime) -> Tokens:
    """`exchange`, and a session of that person: both or neither, so that no code is lost to a failure."""
    person = exchange(code=code, now=now)
    # As Django keeps it of every sign-in; allauth tells by it who is only just signing up.
    Person.objects.filter(pk=person.pk).update(last_login=now)
    return sign_in(person)


def _letters(code: str) -> str:
    """The code as it was made, or "" for what cannot be one."""
    if len(code) > LONGEST:
        return ""
    letters = _NOISE.sub("", code).upper().translate(_MEANT)
    return letters if _FORM.fullmatch(letters) else ""


def _digest(letters: str) -> str:
    """Keyed: who reads the table cannot try all codes against it."""
    return salted_hmac("telegram.logins", letters, algorithm="sha256").hexdigest()


def _too_many(*, wait: dt.timedelta) -> FieldError:
    minutes = max(1, -(-wait // dt.timedelta(minutes=1)))
    message = ngettext(
        "Too many codes within an hour. Ask for a new one in %(minutes)s minute.",
        "Too many codes within an hour. Ask for a new one in %(minutes)s minutes.",
        minutes,
    )
    return FieldError(None, "too_many_codes", message % {"minutes": minutes})
