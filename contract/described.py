"""What endpoints add to their description in `openapi_extra`: the headers of their answers, errors of their own.

openapi_extra=described(headers(201, LOCATION, ENTITY_TAG), problem_responses(409, 412))
"""

from typing import Any, Final

Described = dict[Any, Any]

LOCATION: Final = {"Location": {"description": "Its address.", "schema": {"type": "string", "format": "uri"}}}
ENTITY_TAG: Final = {
    "ETag": {
        "description": "Names this version of it, for `If-Match`.",
        "schema": {"type": "string"},
        "example": '"7-3"',
    }
}


def headers(status: int, *declared: dict[str, Any]) -> Described:
    """The headers that the answer of this status carries."""
    return {"responses": {status: {"headers": {name: told for one in declared for name, told in one.items()}}}}


def described(*parts: Described) -> Described:
    """All of them as one."""
    together: Described = {}
    for part in parts:
        for key, value in part.items():
            both = isinstance(value, dict) and key in together
            together[key] = described(together[key], value) if both else value
    return together
