"""The shapes of what goes in and out of allauth's endpoints; config.openapi_auth holds the endpoints."""

from typing import Any

# allauth's fields are lines of text; control characters are refused in all of them.
_TEXT = {"type": "string", "minLength": 1, "pattern": r"^[^\x00-\x1F\x7F-\x9F]*$"}
EMAIL = {
    "type": "string",
    "format": "email",
    "maxLength": 254,
    "description": "An address of mail; its case does not matter.",
    "examples": ["alice@example.org"],
}
PASSWORD = _TEXT | {
    "format": "password",
    "description": "The password.",
    "examples": ["correct horse battery staple"],
}
NEW_PASSWORD = PASSWORD | {
    "minLength": 8,
    "pattern": r"^[^\x00-\x1F\x7F-\x9F]*[^0-9\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$",
    "description": "At least 8 characters, not only digits, none of the common ones, and not like the e-mail address.",
}
CODE = _TEXT | {"description": "The code from the mail; case and dashes do not matter.", "examples": ["3YK8-XM2P"]}
TOKEN = _TEXT | {"description": "A refresh token.", "examples": ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"]}


def closed(required: str, **properties: Any) -> dict[str, Any]:
    """An object that holds nothing else."""
    return _object(required, **properties) | {"additionalProperties": False}


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties} | ({"required": required.split()} if required else {})


def _told(told: str, required: str, **properties: Any) -> dict[str, Any]:
    return _object(required, **properties) | {"description": told}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(of), "description": "In no particular order."}


def _status(*values: int) -> dict[str, Any]:
    return {"type": "integer", "enum": list(values), "description": "The HTTP status once more."}


def _meta(required: str, **properties: Any) -> dict[str, Any]:
    given = {"is_authenticated": {"type": "boolean", "description": "Whether somebody is signed in."}} | properties
    return _object(f"is_authenticated {required}", **given) | {"description": "About the session."}


_SESSION_TOKEN = {"type": "string", "description": "For `X-Session-Token`, while a flow is pending."}
_ACCESS_TOKEN = {"type": "string", "description": "For `Authorization: Bearer …`; lives 15 minutes."}
_REFRESH_TOKEN = {"type": "string", "description": "For `tokens/refresh`; lives 30 days."}
_NEVER = {"type": ["boolean", "null"], "enum": [False, None], "description": "Null once a session is over."}
_ALL_TOKENS = {"session_token": _SESSION_TOKEN, "access_token": _ACCESS_TOKEN, "refresh_token": _REFRESH_TOKEN}
_WHO = _object("user methods", user=_ref("AuthUser"), methods=_list("AuthMethod")) | {
    "description": "Who is signed in."
}

SCHEMAS: dict[str, Any] = {
    "AuthUser": _told(
        "Who is signed in, as allauth tells it; `/api/v1/me` tells more.",
        "id display has_usable_password",
        id={"type": "integer", "description": "The `id` of `/api/v1/me`."},
        display={"type": "string", "description": "What to call them: the address of mail, where there is one."},
        email=EMAIL,
        has_usable_password={"type": "boolean", "description": "False for who came through Telegram."},
    ),
    "AuthMethod": _told(
        "One way in which a session was signed in.",
        "method at",
        method={"type": "string", "description": "How this session was signed in.", "examples": ["password"]},
        at={"type": "number", "description": "When, in seconds since 1970."},
        email=EMAIL,
        reauthenticated={"type": "boolean", "description": "True where the password was only proved again."},
    ),
    "AuthSignedIn": _told(
        "A new session with its tokens.",
        "status data meta",
        status=_status(200),
        data=_WHO,
        meta=_meta("session_token access_token refresh_token", **_ALL_TOKENS),
    ),
    "AuthSession": _told(
        "A session; with tokens, where it has only begun.",
        "status data meta",
        status=_status(200),
        data=_WHO,
        meta=_meta("", **_ALL_TOKENS),
    ),
    "AuthNotSignedIn": _told(
        "Nobody is signed in; what can be done about it.",
        "status data meta",
        status=_status(401, 410),
        data=_object("flows", flows=_list("AuthFlow")) | {"description": "What can be done next."},
        meta=_meta("", is_authenticated=_NEVER, session_token=_SESSION_TOKEN),
    ),
    "AuthFlow": _told(
        "A way to sign in, or a step on it.",
        "id",
        id={
            "type": "string",
            "description": "Such as `login`, `signup`, `verify_email`, `password_reset_by_code`.",
            "examples": ["verify_email"],
        },
        is_pending={"type": "boolean", "description": "True where it waits for its code."},
    ),
    "AuthErrors": _told(
        "What is wrong, in allauth's envelope.",
        "status errors",
        status={"type": "integer", "description": "The HTTP status once more."},
        errors={
            "type": "array",
            "minItems": 1,
            "description": "All that is wrong.",
            "items": _object(
                "code message",
                code={"type": "string", "description": "Stable, for programs."},
                message={"type": "string", "description": "For people, in the caller's language."},
                param={"type": "string", "description": "The field, where one is to blame."},
            ),
        },
    ),
    "AuthEmails": _told("Addresses of mail.", "status data", status=_status(200), data=_list("AuthEmail")),
    "AuthEmail": _told(
        "An address of mail.",
        "email verified primary",
        email=EMAIL,
        verified={"type": "boolean", "description": "Whether a code from the mail has proved it."},
        primary={"type": "boolean", "description": "Whether it is the one that signs in."},
    ),
    "AuthRefreshed": _told(
        "A new access token.",
        "status data",
        status=_status(200),
        data=_object("access_token", access_token=_ACCESS_TOKEN) | {"description": "What is new."},
    ),
    "AuthDone": _told("Nothing more to tell.", "status", status=_status(200)),
    "AuthCodeOfMail": _told(
        "A code for an address of mail.",
        "status data",
        status=_status(200),
        data=_object("email", email=EMAIL, user=_ref("AuthUser")) | {"description": "Whose code it is."},
        meta=_object(
            "is_authenticating",
            is_authenticating={"type": "boolean", "description": "Whether somebody is signed in by using the code."},
        )
        | {"description": "About the session."},
    ),
    "AuthCodeOfReset": _told(
        "A code for a new password.",
        "status data",
        status=_status(200),
        data=_object("user", user=_ref("AuthUser")) | {"description": "Whose code it is."},
    ),
    "AuthConfig": _told(
        "How sign-in is set up here.",
        "status data",
        status=_status(200),
        data=_object(
            "account",
            account=_object(
                "is_open_for_signup login_methods",
                login_methods={"type": "array", "items": {"type": "string"}, "description": "`email` alone."},
                authentication_method={"type": "string", "description": "The same, as it was called before."},
                is_open_for_signup={"type": "boolean", "description": "Whether `signUp` takes anybody."},
                email_verification_by_code_enabled={"type": "boolean", "description": "Mails hold codes, not links."},
                password_reset_by_code_enabled={"type": "boolean", "description": "Mails hold codes, not links."},
                login_by_code_enabled={"type": "boolean", "description": "Always false."},
            )
            | {"description": "How people sign up and in."},
        )
        | {"description": "What is offered here."},
    ),
}
