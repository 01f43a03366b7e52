"""allauth's endpoints under /api/auth/, as this service has set them up.

allauth ships a document of its own, but that one tells of phones, passkeys, third parties and cookies, and leaves out
what is set here. A test holds this one against the addresses that are served and the answers that they give.
"""

from typing import Any

from django.conf import settings

from config.openapi_limits import of_allauth, sentence
from config.openapi_operation import operation
from config.openapi_shapes import CODE, EMAIL, NEW_PASSWORD, PASSWORD, TOKEN

_ROOT = "/api/auth/app/v1"

_OUT = {401: "AuthNotSignedIn"}
_IN = {200: "AuthSignedIn", 401: "AuthNotSignedIn"}
_EITHER = {200: "AuthSession", 401: "AuthNotSignedIn"}
_ADDRESSES = {200: "AuthEmails", 401: "AuthNotSignedIn"}
_MAIL, _SECRET = "alice@example.org", "correct horse battery staple"
_MAILS = sentence(of_allauth("confirm_email", "mails"), beyond="403 or 429")

PATHS: dict[str, dict[str, Any]] = {
    f"{_ROOT}/auth/signup": {
        "post": operation(
            "signUp",
            "Sign up",
            _IN,
            403,
            409,
            body={
                "email": EMAIL,
                "password": NEW_PASSWORD,
                "timezone": {
                    "type": "string",
                    "maxLength": 64,
                    "format": "time-zone",
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
            example={"email": _MAIL, "password": _SECRET, "timezone": "Europe/Moscow", "language": "en"},
            optional="timezone language",
            description="401 with the flow `verify_email` pending: a code is on its way by mail, for `verifyEmail`. "
            "403: sign-up is closed here. 409: somebody is signed in already.",
            limits=of_allauth("signup"),
        )
    },
    f"{_ROOT}/auth/login": {
        "post": operation(
            "signIn",
            "Sign in",
            _IN,
            409,
            body={"email": EMAIL, "password": PASSWORD},
            example={"email": _MAIL, "password": _SECRET},
            description="By address and password. 400: one of the two is wrong, or there were too many wrong ones. "
            "401 with the flow `verify_email` pending: the address has to be verified first. "
            "409: somebody is signed in already.",
            limits=[*of_allauth("login"), *of_allauth("login_failed", "wrong passwords")],
        )
    },
    f"{_ROOT}/auth/session": {
        "get": operation(
            "showSession",
            "Who is signed in",
            _EITHER,
            session=True,
            signed_in=True,
            description="401: nobody; `flows` say what can be done about it.",
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
            body={"refresh_token": TOKEN},
            description="The refresh token stays as it is, so that two tabs may refresh at the same moment. "
            "400: it has expired, or its session was signed out.",
            limits=[f"{settings.REFRESHES_A_MINUTE} requests a minute from one address"],
        )
    },
    f"{_ROOT}/auth/email/verify": {
        "get": operation(
            "showVerification",
            "Look at a code before using it",
            {200: "AuthCodeOfMail"},
            409,
            header="X-Email-Verification-Key",
            description="Whose address it would verify. 400: the code is wrong. 409: no code is awaited.",
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
            description="Three tries, 15 minutes. Ends a sign-up that was waiting for it, and then `meta` holds the "
            "tokens. 400: the code is wrong. 409: no code is awaited.",
        ),
    },
    f"{_ROOT}/auth/email/verify/resend": {
        "post": operation(
            "resendVerification",
            "Send the code again",
            {200: "AuthDone"},
            403,
            409,
            429,
            session=True,
            signed_in=True,
            description=f"A new code; the one before is void. 409: no code is awaited.\n\n{_MAILS}",
        )
    },
    f"{_ROOT}/auth/password/request": {
        "post": operation(
            "requestPasswordReset",
            "Ask for a code to reset the password",
            _EITHER,
            body={"email": EMAIL},
            description="Answers 401 with the flow `password_reset_by_code` pending, and where a mail server is set up "
            "also for an address that nobody has. Where none is set up, 400 for such an address. With a token of who "
            "is signed in it answers as `showSession` does.",
            limits=of_allauth("reset_password"),
        )
    },
    f"{_ROOT}/auth/password/reset": {
        "get": operation(
            "showPasswordReset",
            "Look at a code before using it",
            {200: "AuthCodeOfReset"},
            409,
            header="X-Password-Reset-Key",
            description="Whose password it would set. 400: the code is wrong. 409: no code is awaited.",
            session=True,
            limits=of_allauth("reset_password_from_key"),
        ),
        "post": operation(
            "resetPassword",
            "Set a new password by the code from the mail",
            _OUT,
            409,
            body={"key": CODE, "password": NEW_PASSWORD},
            example={"key": "3YK8-XM2P", "password": _SECRET},
            session=True,
            description="Answers 401: sign in with the new password now. 400: the code is wrong, or the password not "
            "fit. 409: no code is awaited.",
            limits=of_allauth("reset_password_from_key"),
        ),
    },
    f"{_ROOT}/auth/reauthenticate": {
        "post": operation(
            "reauthenticate",
            "Prove the password again",
            _EITHER,
            body={"password": PASSWORD},
            signed_in=True,
            description="400: it is wrong.",
            limits=of_allauth("reauthenticate"),
        )
    },
    f"{_ROOT}/account/password/change": {
        "post": operation(
            "changePassword",
            "Change the password",
            _OUT,
            body={"current_password": PASSWORD, "new_password": NEW_PASSWORD},
            example={"current_password": _SECRET, "new_password": "a quieter river"},
            optional="current_password",
            signed_in=True,
            description="Every session ends, this one too: answers 401, sign in with the new password. "
            "A person who never had a password leaves `current_password` out, and had better have an address first.",
            limits=of_allauth("change_password"),
        )
    },
    f"{_ROOT}/account/email": {
        "get": operation(
            "listEmails", "Your addresses", _ADDRESSES, signed_in=True, description="Also one that waits for its code."
        ),
        "post": operation(
            "changeEmail",
            "Add or change the address",
            _ADDRESSES,
            403,
            409,
            429,
            body={"email": EMAIL},
            signed_in=True,
            description="Sends a code to the new address, for `verifyEmail`. Once it is verified, it replaces "
            "the old one, where there was one; until then nothing changes. 409: nobody is signed in, and no sign-up "
            f"waits for its code.\n\n{_MAILS}",
        ),
        "put": operation(
            "requestVerification",
            "Send a code to an address",
            {200: "AuthDone", 401: "AuthNotSignedIn"},
            403,
            429,
            body={"email": EMAIL},
            signed_in=True,
            description=f"To one of your own that is not verified.\n\n{_MAILS}",
        ),
        "patch": operation(
            "makeEmailPrimary",
            "Make an address the primary one",
            _ADDRESSES,
            409,
            body={"email": EMAIL, "primary": {"type": "boolean", "enum": [True], "description": "Always true."}},
            example={"email": _MAIL, "primary": True},
            signed_in=True,
            description="One of your own, verified, that signs you in from now on.",
        ),
        "delete": operation(
            "removeEmail",
            "Remove an address that is not the primary one",
            _ADDRESSES,
            409,
            body={"email": EMAIL},
            signed_in=True,
            description="One of yours.",
        ),
    },
    f"{_ROOT}/config": {
        "get": operation(
            "showAuthConfig",
            "What sign-in offers here",
            {200: "AuthConfig"},
            description="And whether sign-up is open.",
        )
    },
}
