"""An operation that will go says so, in the document and on every answer (RFC 9745, RFC 8594); docs/stability.md says
how long it stays.

    @router.get("/old", openapi_extra=going(since=date(2026, 3, 1), until=date(2026, 9, 1), instead="showHabit"))
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.http import http_date
from ninja import Router
from ninja.operation import Operation

POLICY: Final = "/api/docs"
SHORTEST: Final = dt.timedelta(days=180)  # from the notice to the end
_GOING: Final = "x-going"


def going(*, since: dt.date, until: dt.date, instead: str) -> dict[str, Any]:
    """What such an operation adds to its `openapi_extra`; `instead` is the id of the operation to use.

    Raises ValueError for a notice that is too short.
    """
    if until - since < SHORTEST:
        raise ValueError(f"an operation stays for {SHORTEST.days} days after its notice")
    return {_GOING: {"since": since.isoformat(), "until": until.isoformat(), "instead": instead}}


def announce(router: Router) -> None:
    """Let the router's operations that will go say so."""
    for view in router.path_operations.values():
        for operation in view.operations:
            if _GOING in (operation.openapi_extra or {}):
                _announce(operation)


def _announce(operation: Operation) -> None:
    extra = dict(operation.openapi_extra or {})
    told = extra.pop(_GOING)
    operation.openapi_extra = extra
    operation.deprecated = True
    sentence = f"Goes on {told['until']}: use `{told['instead']}`."
    operation.description = f"{operation.description or ''}\n\n{sentence}".strip()
    headers = {
        "Deprecation": f"@{_midnight(told['since'])}",
        "Sunset": http_date(_midnight(told["until"])),
        "Link": f'<{POLICY}>; rel="deprecation"; type="text/html"',
    }

    def telling(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        def told_run(request: HttpRequest, **path: Any) -> HttpResponseBase:
            response = run(request, **path)
            for name, value in headers.items():
                response[name] = value
            return response

        return told_run

    # As django-ninja keeps them, for the copy of the operation that it serves.
    operation.run = telling(operation.run)  # type: ignore[method-assign]
    operation._run_decorators = [*getattr(operation, "_run_decorators", []), telling]  # type: ignore[attr-defined]


def _midnight(day: str) -> int:
    return int(dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), dt.UTC).timestamp())
