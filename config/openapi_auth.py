"""allauth's endpoints under /api/auth/, as this service has set them up.

allauth ships a document of its own, but that one tells of phones, passkeys, third parties and cookies, and leaves out
what is set here. A test holds this one against the addresses that are served and the answers that they give.
"""

from typing import Any

from config.openapi_shapes import CODE, EMAIL, PASSWORD, TOKEN, operation

_ROOT = "/api/auth/app/v1"

_OUT = {401: "AuthNotSignedIn"}
_EITHER = {200: "AuthSignedIn", 401: "AuthNotSignedIn"}
_ADDRESSES = {200: "AuthEmails", 401: "AuthNotSignedIn"}

PATHS: dict[str, dict[str, Any]] = {
    f"{_ROOT}/auth/signup": {
        "post": operation(
            "signUp",
            "Sign up",
            _EITHER,
            403,
            409,
            429,
            body={
                "email": EMAIL,
                "password": PASSWORD,
                "timezone": {
                    "type": "string",
                    "maxLength": 64,
                    "description": "IANA time zone. Best taken from the browser: "
                    "`Intl.DateTimeFormat().resolvedOptions().timeZone`.",
                    "examples": ["Europe/Moscow"],
                },
                "language": {
                    "type": "string",
                    "enum": ["en", "ru"],
                    "description": "Without it, the language of Accept-Language.",
                },
            },
            optional="timezone language",
            description="401 with the flow `verify_email` pending: a code is on its way by mail. 403: closed.",
        )
    },
    f"{_ROOT}/auth/login": {
        "post": operation("signIn", "Sign in", _EITHER, 409, 429, body={"email": EMAIL, "password": PASSWORD})
    },
    f"{_ROOT}/auth/session": {
        "get": operation(
            "showSession",
            "Who is signed in",
            _EITHER,
            session=True,
            signed_in=True,
        ),
        "delete": operation(
            "signOut",
            "Sign out",
            _OUT,
            session=True,
            signed_in=True,
            description="Answers 401, since nobody is signed in any more. The session's tokens die.",
        ),
    },
    f"{_ROOT}/tokens/refresh": {
        "post": operation(
            "refreshToken",
            "Get a new access token",
            {200: "AuthRefreshed"},
            429,
            body={"refresh_token": TOKEN},
            description="The refresh token stays as it is, so that two tabs may refresh at the same moment. "
            "400: it has expired, or its session was signed out.",
        )
    },
    f"{_ROOT}/auth/email/verify": {
        "get": operation(
            "showVerification",
            "Look at a code before using it",
            {200: "AuthAbout"},
            400,
            409,
            header="X-Email-Verification-Key",
            session=True,
            signed_in=True,
        ),
        "post": operation(
            "verifyEmail",
            "Verify an address by the code from the mail",
            _EITHER,
            409,
            429,
            body={"key": CODE},
            session=True,
            signed_in=True,
            description="Three tries, 15 minutes. Ends a sign-up that was waiting for it. 409: no code is awaited.",
        ),
    },
    f"{_ROOT}/auth/email/verify/resend": {
        "post": operation(
            "resendVerification", "Send the code again", {200: "AuthDone"}, 409, 429, session=True, signed_in=True
        )
    },
    f"{_ROOT}/auth/password/request": {
        "post": operation(
            "requestPasswordReset",
            "Ask for a code to reset the password",
            _OUT,
            429,
            body={"email": EMAIL},
            description="Answers 401 with the flow `password_reset_by_code` pending, and where a mail server is set up "
            "also for an address that nobody has.",
        )
    },
    f"{_ROOT}/auth/password/reset": {
        "get": operation(
            "showPasswordReset",
            "Look at a code before using it",
            {200: "AuthAbout"},
            400,
            409,
            header="X-Password-Reset-Key",
            session=True,
        ),
        "post": operation(
            "resetPassword",
            "Set a new password by the code from the mail",
            _OUT,
            409,
            429,
            body={"key": CODE, "password": PASSWORD},
            session=True,
            description="Answers 401: sign in with the new password now.",
        ),
    },
    f"{_ROOT}/auth/reauthenticate": {
        "post": operation(
            "reauthenticate", "Prove the password again", _EITHER, 429, body={"password": PASSWORD}, signed_in=True
        )
    },
    f"{_ROOT}/account/password/change": {
        "post": operation(
            "changePassword",
            "Change the password",
            _OUT,
            429,
            body={"current_password": PASSWORD, "new_password": PASSWORD},
            optional="current_password",
            signed_in=True,
            description="Every session ends, this one too: answers 401, sign in with the new password. "
            "A person who never had a password leaves `current_password` out, and had better have an address first.",
        )
    },
    f"{_ROOT}/account/email": {
        "get": operation("listEmails", "Your addresses", _ADDRESSES, signed_in=True),
        "post": operation(
            "changeEmail",
            "Add or change the address",
            _ADDRESSES,
            403,
            409,
            429,
            body={"email": EMAIL},
            signed_in=True,
            description="Sends a code to the new address, for `…/auth/email/verify`. Once it is verified, it replaces "
            "the old one, where there was one; until then nothing changes.",
        ),
        "put": operation(
            "requestVerification",
            "Send a code to an address",
            {200: "AuthDone", 401: "AuthNotSignedIn"},
            403,
            429,
            body={"email": EMAIL},
            signed_in=True,
        ),
        "patch": operation(
            "makeEmailPrimary",
            "Make an address the primary one",
            _ADDRESSES,
            429,
            body={"email": EMAIL, "primary": {"type": "boolean", "enum": [True]}},
            signed_in=True,
        ),
        "delete": operation("removeEmail", "Remove an address", _ADDRESSES, 429, body={"email": EMAIL}, signed_in=True),
    },
    f"{_ROOT}/config": {"get": operation("showAuthConfig", "What sign-in offers here", {200: "AuthAbout"})},
}
