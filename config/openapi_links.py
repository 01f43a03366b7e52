"""Which answers lead to which further calls, as OpenAPI's links: readers follow them, and so do the tests."""

from typing import Any, Final

_BODY: Final = "$response.body#"


def _to(operation_id: str, told: str, *, body: Any = None, **parameters: Any) -> dict[str, Any]:
    given = {"parameters": parameters} if parameters else {}
    return {"operationId": operation_id, "description": told} | given | ({"requestBody": body} if body else {})


def _earning(related_habit: str) -> dict[str, Any]:
    useful = {"action": "run", "time": "07:00", "place": "the park", "is_pleasant": False}
    return useful | {"related_habit": related_habit, "reward": None}


def _of_habit() -> dict[str, Any]:
    habit = {"habit_id": f"{_BODY}/id"}
    day = f"{_BODY}/starts_on"
    return {
        "show": _to("showHabit", "The habit as it stands.", **habit),
        "update": _to("updateHabit", "Change it.", **habit),
        "delete": _to("deleteHabit", "Delete it.", **habit),
        "checkIn": _to("checkIn", "Answer for its first day.", **habit, date=day),
        "takeBack": _to("takeBackCheckIn", "Take that answer back.", **habit, date=day),
        "checkIns": _to("listCheckIns", "The answers for it.", **habit),
        "stats": _to("showStats", "How it grows.", **habit),
        "showPublic": _to("showPublicHabit", "As everyone sees it, where it is public.", **habit),
        "copy": _to("copyPublicHabit", "Take it over, where it is public.", **habit),
        "use": _to(
            "createHabit", "A useful habit that earns this one, where it is pleasant.", body=_earning(f"{_BODY}/id")
        ),
    }


# By operation and status.
LINKS: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "createHabit": {"201": _of_habit()},
    "copyPublicHabit": {"201": _of_habit()},
    "updateHabit": {
        "200": {
            "show": _to("showHabit", "The habit as it stands.", habit_id=f"{_BODY}/id"),
            "delete": _to("deleteHabit", "Delete it.", habit_id=f"{_BODY}/id"),
        }
    },
    "listHabits": {"200": {"show": _to("showHabit", "The first of them.", habit_id=f"{_BODY}/results/0/id")}},
    "listPublicHabits": {
        "200": {
            "show": _to("showPublicHabit", "The first of them.", habit_id=f"{_BODY}/results/0/id"),
            "copy": _to("copyPublicHabit", "Take the first of them over.", habit_id=f"{_BODY}/results/0/id"),
            "report": _to("reportPublicHabit", "Report the first of them.", habit_id=f"{_BODY}/results/0/id"),
        }
    },
    "showProfile": {"200": {"askInChat": _to("askInChat", "Have the bot ask in your chat.", pk=f"{_BODY}/id")}},
    "checkIn": {
        status: {
            "takeBack": _to(
                "takeBackCheckIn",
                "Take the answer back.",
                habit_id="$request.path.habit_id",
                date=f"{_BODY}/date",
            ),
            "stats": _to("showStats", "What it comes to.", habit_id="$request.path.habit_id"),
        }
        for status in ("200", "201")
    },
    "signUp": {
        "200": {
            "signIn": _to(
                "signIn",
                "Sign in again later.",
                body={"email": "$request.body#/email", "password": "$request.body#/password"},
            ),
            "refresh": _to(
                "refreshToken",
                "When the access token is over.",
                body={"refresh_token": f"{_BODY}/meta/refresh_token"},
            ),
        }
    },
    "signIn": {
        "200": {
            "refresh": _to(
                "refreshToken",
                "When the access token is over.",
                body={"refresh_token": f"{_BODY}/meta/refresh_token"},
            )
        }
    },
}


def link(paths: dict[str, Any], responses: dict[str, Any]) -> None:
    """Write the links into the operations' answers; an answer that is shared is written out where it has any."""
    for item in paths.values():
        for operation in item.values():
            for status, links in LINKS.get(operation["operationId"], {}).items():
                answers = operation["responses"]
                key = status if status in answers else int(status)
                shared = answers[key].get("$ref", "").rpartition("/")[2]
                answers[key] = (responses[shared] if shared else answers[key]) | {"links": links}
