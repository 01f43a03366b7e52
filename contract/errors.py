"""The errors that a rule of the domain raises, whichever face (API, admin, bot, task) called it.

Services raise them; `contract.problems` turns them into RFC 9457 documents, the admin into form errors, the bot into a
sentence. Messages are lazy translations, so that each face says them in its caller's language.
"""

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong: the field (None where it is about the whole), a stable code, a message for people."""

    field: str | None
    code: str
    message: Text


class Refused(Exception):
    """A request that cannot be granted. It changes nothing."""

    status = 422

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors


class RuleBroken(Refused):
    """What was asked breaks a rule of the domain: 422."""


class Conflict(Refused):
    """What was asked contradicts what stands now (something points at it, another was first): 409."""

    status = 409


class NotFound(Refused):
    """It does not exist for this person: 404, also where it exists for another."""

    status = 404


class ChangedMeanwhile(Refused):
    """It is no longer as the caller saw it, and they asked to change it only then: 412."""

    status = 412


class Unavailable(Refused):
    """A part that this needs is not configured or away: 503."""

    status = 503
