"""What endpoints add to their description in `openapi_extra`: the headers of their answers, errors of their own.

openapi_extra=described(headers(201, LOCATION, ENTITY_TAG), problem_responses(409, 412))
"""

from typing import Any, Final

from ninja import Router

Described = dict[Any, Any]

LOCATION: Final = {"Location": {"description": "Its address.", "schema": {"type": "string", "format": "uri"}}}
ENTITY_TAG: Final = {
    "ETag": {
        "description": "Names this version of it, for `If-Match`.",
        "schema": {"type": "string"},
        "example": '"7-3"',
    }
}
RATE_LIMIT: Final = {
    "RateLimit-Policy": {
        "description": "The limits that counted this request: name, requests (`q`), seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"public_habits";q=120;w=60',
    },
    "RateLimit": {
        "description": "Of each, how many are left (`r`), and in how many seconds it begins anew (`t`).",
        "schema": {"type": "string"},
        "example": '"public_habits";r=117;t=23',
    },
}


def declare_limits(router: Router) -> None:
    """Document of every limited operation that its answers tell what is left."""
    for view in router.path_operations.values():
        for operation in view.operations:
            if operation.throttle_objects:
                told = (headers(status, RATE_LIMIT) for status in operation.response_models)
                operation.openapi_extra = described(operation.openapi_extra or {}, *told)


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
