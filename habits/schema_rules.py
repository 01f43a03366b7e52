"""The rules between the fields of a habit, as JSON Schema: what `habits.rules` refuses whatever is stored.

They stand beside the plain properties in the form that generators of clients understand: for TypeScript,
`{ action: string; … } & ({ time: string; place: string; reward: string; related_habit?: null } | …)`.
"""

from typing import Any, Final

_STRING: Final = {"type": "string"}
_INTEGER: Final = {"type": "integer"}
_NULL: Final = {"type": "null"}


def _kind(title: str, *required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "title": title, "required": list(required), "properties": properties}


_USEFUL: Final[dict[str, Any]] = {"time": _STRING, "place": _STRING, "is_pleasant": {"type": "boolean", "const": False}}
_PLEASANT: Final[dict[str, Any]] = {"is_pleasant": {"type": "boolean", "const": True}}

NEW_HABIT: Final[dict[str, Any]] = {
    "oneOf": [
        _kind("Useful, for a reward", "time", "place", "reward", **_USEFUL, reward=_STRING, related_habit=_NULL),
        _kind(
            "Useful, for a related habit",
            "time",
            "place",
            "related_habit",
            **_USEFUL,
            reward=_NULL,
            related_habit=_INTEGER,
        ),
        _kind("Pleasant", "is_pleasant", **_PLEASANT, reward=_NULL, related_habit=_NULL),
    ]
}

_NOT_PLEASANT: Final = _USEFUL["is_pleasant"]
CHANGED_PRIZE: Final[dict[str, Any]] = {
    "oneOf": [
        _kind("A reward", "reward", reward=_STRING, related_habit=_NULL, is_pleasant=_NOT_PLEASANT),
        _kind("A related habit", "related_habit", reward=_NULL, related_habit=_INTEGER, is_pleasant=_NOT_PLEASANT),
        _kind("No new prize", reward=_NULL, related_habit=_NULL),
    ]
}

OTHER_PRIZE: Final[dict[str, Any]] = {
    "oneOf": [
        _kind("A reward", "reward", reward=_STRING, related_habit=_NULL),
        _kind("A related habit", "related_habit", reward=_NULL, related_habit=_INTEGER),
        _kind("The original's prize", reward=_NULL, related_habit=_NULL),
    ]
}

FREQUENCY: Final[dict[str, Any]] = {
    "oneOf": [
        _kind("Every N days", "every_days", every_days=_INTEGER, weekdays=_NULL),
        _kind("On weekdays", every_days=_NULL),
    ]
}
