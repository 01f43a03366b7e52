"""Where a check of schemathesis is wrong for this service: for these cases only, each with the reason.

A schema says what a request is like. Whether it can be granted depends on what is stored, on the day and on who asks:
such refusals are documented, and named here by operation, field and code. Any other refusal of data that fits the
schema is a failure, and so is any acceptance of data that does not.
"""

import json
import re
from typing import Any, Final

from schemathesis.openapi.checks import (
    EnsureResourceAvailability,
    IgnoredAuth,
    MissingHeaderNotRejected,
    RejectedPositiveData,
)

# By operation: the fields and codes of refusals that no schema could have told.
REFUSED_BY_STATE: Final[dict[str, set[tuple[str | None, str]]]] = {
    # Who asks has no such habit, or one that is no prize. (Other people's look the same.)
    "createHabit": {("related_habit", "not_own_pleasant_habit")},
    # The rules hold for the outcome, of which a patch is but a part.
    "updateHabit": {
        ("related_habit", "not_own_pleasant_habit"),
        ("reward", "exactly_one_prize"),
        ("related_habit", "exactly_one_prize"),
        ("reward", "pleasant_has_no_prize"),
        ("related_habit", "pleasant_has_no_prize"),
        ("time", "required"),
        ("place", "required"),
        ("every_days", "required"),
    },
    # So it is with the outcome of copying; and the original's prize may be private.
    "copyPublicHabit": {
        ("related_habit", "not_own_pleasant_habit"),
        ("reward", "pleasant_has_no_prize"),
        ("related_habit", "pleasant_has_no_prize"),
        ("reward", "prize_is_private"),
        ("related_habit", "prize_is_private"),
    },
    "reportPublicHabit": {(None, "own_habit")},
    # The dates that can be answered move on every day, on the person's clock.
    "checkIn": {("date", "too_long_ago"), ("date", "in_future"), (None, "pleasant_habit")},
    "takeBackCheckIn": {("date", "too_long_ago"), ("date", "in_future"), (None, "pleasant_habit")},
    # No schema compares two fields.
    "listCheckIns": {("from", "after_to"), ("from", "too_many_days")},
    "updateProfile": {("paused_until", "not_after_today"), ("paused_until", "too_far")},
    # Cursors are signed.
    "listPublicHabits": {("cursor", "invalid_cursor")},
    # Nobody guesses codes, tokens and passwords, and addresses are taken or unknown.
    "signInByTelegram": {("code", "invalid_code")},
    "refreshToken": {("refresh_token", "invalid_token")},
    "signUp": {("email", "email_taken")},
    "signIn": {("password", "email_password_mismatch")},
    "reauthenticate": {("password", "incorrect_password")},
    "changePassword": {("current_password", "enter_current_password"), ("current_password", "required")},
    "requestPasswordReset": {("email", "unknown_email")},
    "changeEmail": {("email", "email_taken")},
    "requestVerification": {("email", "unknown_email")},
    "makeEmailPrimary": {("email", "unknown_email"), ("email", "unverified_primary_email")},
    "removeEmail": {("email", "unknown_email"), ("email", "cannot_remove_primary_email")},
    "showVerification": {("key", "incorrect_code")},
    "verifyEmail": {("key", "incorrect_code")},
    "showPasswordReset": {("key", "incorrect_code")},
    "resetPassword": {("key", "incorrect_code")},
}
# What a text is made of is told by Unicode's categories, of which JavaScript's and Python's expressions have no common
# words: something has to be visible. Texts are measured once tidied and composed (NFC).
OF_TEXTS: Final = {"empty", "control_character", "too_long"}
OF_SEARCHES: Final = {"too_short", *OF_TEXTS}
# Lists of common passwords and likeness to the address.
OF_PASSWORDS: Final = {"password_too_common", "password_too_similar"}


def is_no_failure(failure: Any, case: Any, response: Any) -> bool:
    operation = case.operation.definition.raw["operationId"]
    if _is_no_http(case, response):
        return True
    if isinstance(failure, EnsureResourceAvailability):
        # A new habit is private, and is not there for the public, unless it says otherwise.
        return operation in {"showPublicHabit", "copyPublicHabit", "reportPublicHabit"}
    if isinstance(failure, RejectedPositiveData):
        if response.status_code == 412:  # the habit is not in the version that If-Match names
            return True
        if _is_beside_the_pattern(case):
            return True
        refused = errors(response)
        return bool(refused) and all(_depends(operation, *error) for error in refused)
    if isinstance(failure, IgnoredAuth):
        # allauth calls a session that never was, or is over, gone; a sign-up that waits for its code may still change
        # its address, so without a token the answer is that none waits.
        refusals = {"showSession": "`410 Gone`", "changeEmail": "`409 Conflict`"}
        return operation in refusals and refusals[operation] in failure.message
    if isinstance(failure, MissingHeaderNotRejected):
        # The same, and a new password is set by a session that has asked for one: without any, none has.
        return response.status_code == 409 and operation in {"changeEmail", "resetPassword", "showPasswordReset"}
    return False


def errors(response: Any) -> list[tuple[str | None, str]]:
    """Field and code of all that is wrong, in our form of errors or in allauth's."""
    try:
        told = json.loads(response.content)["errors"]
    except (ValueError, KeyError, TypeError):
        return []
    return [(error.get("field") or error.get("param"), error["code"]) for error in told]


def _depends(operation: str, name: str | None, code: str) -> bool:
    if (name, code) in REFUSED_BY_STATE.get(operation, ()):
        return True
    if name == "search":
        return code in OF_SEARCHES
    if name in {"password", "new_password"}:
        return code in OF_PASSWORDS
    return name in {"action", "place", "reward", "note", "reason", "display_name"} and code in OF_TEXTS


def _is_no_http(case: Any, response: Any) -> bool:
    """A length that is no number: the HTTP server refuses it by itself, without a body, before anybody reads more."""
    lengths = [str(value) for name, value in (case.headers or {}).items() if name.lower() == "content-length"]
    return response.status_code == 400 and not response.content and any(not value.isdecimal() for value in lengths)


def _is_beside_the_pattern(case: Any) -> bool:
    """schemathesis makes headers of the longest length without heed to their pattern."""
    value = (case.headers or {}).get("If-Match")
    patterns = [
        parameter["schema"]["pattern"]
        for parameter in case.operation.definition.raw.get("parameters", ())
        if parameter["name"] == "If-Match"
    ]
    return bool(value) and any(not re.search(pattern, str(value)) for pattern in patterns)
