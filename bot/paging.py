"""Pages of five, turned by buttons."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

from bot.replies import Rows
from contract.pages import PAGE_SIZE

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`count` is of the rows on all pages together, `first` the place of the first one here among them, from 1."""

    rows: list[Row]
    number: int
    pages: int
    count: int

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE_SIZE + 1

    def turning(self, data: str) -> Rows:
        """The row of buttons that turns pages, if there are any to turn to; `data` is followed by the page's number."""
        row = [("←", f"{data}{self.number - 1}")] if self.number > 1 else []
        row += [("→", f"{data}{self.number + 1}")] if self.number < self.pages else []
        return [row] if row else []


def page_of(rows: QuerySet[Row], number: int) -> Page[Row]:
    """That page, from 1; the nearest one where it is not there."""
    count = rows.count()
    pages = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, number), pages)
    return Page(list(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]), number, pages, count)
