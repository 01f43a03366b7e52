"""Pages of a list: 5 rows each, and no parameter raises that.

Numbered pages, where people want to know how many there are; keyset pages, where a list is long and grows while it is
read: a page then costs the same at either end, and nothing is shown twice or left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from contract.errors import FieldError, NotFound, RuleBroken
from contract.schemas import Output

PAGE_SIZE = 5

Row = TypeVar("Row")
AnyModel = TypeVar("AnyModel", bound=Model)

PageNumber = Annotated[int, Field(ge=1, description="The page, from 1. 404 past the last one.")]
Cursor = Annotated[str, Field(max_length=200)]

_Next = Annotated[str | None, Field(description="Address of the next page, with the same filters.")]
_Previous = Annotated[str | None, Field(description="Address of the previous page, with the same filters.")]


class NumberedPage(Output, Generic[Row]):
    count: Annotated[int, Field(description="Rows on all pages together.")]
    next: _Next
    previous: _Previous
    results: Annotated[list[Row], Field(description="At most five.")]


class KeysetPage(Output, Generic[Row]):
    next: Annotated[
        str | None,
        Field(
            description="Address of the next page, with the same filters; null at the end alone. A search may give "
            "fewer than five on a page, or none, before that."
        ),
    ]
    previous: _Previous
    results: Annotated[list[Row], Field(description="At most five.")]


def numbered_page(request: HttpRequest, rows: QuerySet[AnyModel], *, page: int) -> dict[str, Any]:
    """One page in two queries. Raises `NotFound` past the last page (the first is there always)."""
    count = rows.count()
    last = max(1, -(-count // PAGE_SIZE))
    if page > last:
        message = _("There is no such page; the last one is %(last)s.") % {"last": last}
        raise NotFound(FieldError("page", "out_of_range", message))
    return {
        "count": count,
        "next": _address(request, page=page + 1) if page < last else None,
        "previous": _address(request, page=page - 1) if page > 1 else None,
        "results": list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
    }


@dataclass(frozen=True, slots=True)
class Position:
    """Where a keyset page begins, by id and exclusive; neither: at the newest row."""

    older_than: int | None = None
    newer_than: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch(Generic[AnyModel]):
    """Rows of a list, newest first. Fewer than asked for: up to the end of the list, or as far as `stopped_at`.

    `stopped_at` is the id up to which, and itself, all rows have been looked at, where it was too dear to look at more.
    """

    rows: Sequence[AnyModel]
    stopped_at: int | None = None


def keyset_page(
    request: HttpRequest, *, cursor: str | None, fetch: Callable[[Position, int], Stretch[AnyModel]]
) -> dict[str, Any]:
    """One page, newest first. `fetch(position, limit)` gives the `limit` rows nearest to the position.

    A page that stopped early may hold fewer rows than five, or none, and leads on all the same.
    Raises `RuleBroken` where the cursor is not one of ours.
    """
    at = _read(cursor) if cursor is not None else Position()
    found = fetch(at, PAGE_SIZE + 1)
    rows, is_full = found.rows, len(found.rows) > PAGE_SIZE
    more = is_full or found.stopped_at is not None
    if at.newer_than is not None:
        rows = rows[-PAGE_SIZE:]
        has_older, has_newer = True, more
        newest = oldest = at.newer_than + 1
    else:
        rows = rows[:PAGE_SIZE]
        has_older, has_newer = more, at.older_than is not None
        newest = oldest = (at.older_than or 0) - 1
    if rows:
        newest, oldest = rows[0].pk, rows[-1].pk
    if found.stopped_at is not None and not is_full:
        newest, oldest = (found.stopped_at, oldest) if at.newer_than is not None else (newest, found.stopped_at)
    return {
        "next": _address(request, cursor=_SIGNER.sign(f"{_OLDER}{oldest}")) if has_older else None,
        "previous": _address(request, cursor=_SIGNER.sign(f"{_NEWER}{newest}")) if has_newer else None,
        "results": rows,
    }


_SIGNER = Signer(salt="contract.pages")
_OLDER, _NEWER = "o", "n"


def _read(cursor: str) -> Position:
    try:
        value = _SIGNER.unsign(cursor)
    except BadSignature:
        message = _("This cursor is not one that we gave. Begin at the first page.")
        raise RuleBroken(FieldError("cursor", "invalid_cursor", message)) from None
    edge = int(value[1:])
    return Position(older_than=edge) if value[0] == _OLDER else Position(newer_than=edge)


def _address(request: HttpRequest, **changed: object) -> str:
    parameters = request.GET.copy()
    for name, value in changed.items():
        parameters[name] = str(value)
    return request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}")
