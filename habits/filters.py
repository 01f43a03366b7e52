"""What lists of habits can be asked for."""

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, WithJsonSchema

from contract.pages import Cursor, PageNumber
from contract.schemas import Line, Parameters, line_schema, wrong
from habits.search import MIN_SEARCH, SEARCH_LENGTH


def _findable(term: str) -> str:
    # Fewer are in no index of three characters in a row, and a search would read the whole feed.
    if len(term) < MIN_SEARCH:
        raise wrong("too_short", _("At least 3 characters are needed."))
    return term


_SEARCH = "A part of action or place, whatever the case."
Search = Annotated[
    str,
    Line(SEARCH_LENGTH),
    AfterValidator(_findable),
    WithJsonSchema(line_schema(SEARCH_LENGTH, min_length=MIN_SEARCH)),
]


class HabitFilters(Parameters):
    page: PageNumber = 1
    is_pleasant: Annotated[bool | None, Field(description="Only pleasant habits, or only useful ones.")] = None
    search: Annotated[Search | None, Field(description=_SEARCH, examples=["park"])] = None


class PublicFilters(Parameters):
    cursor: Annotated[Cursor | None, Field(description="From `next` or `previous` of another page.")] = None
    search: Annotated[Search | None, Field(description=_SEARCH, examples=["park"])] = None
