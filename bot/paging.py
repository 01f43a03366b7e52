"""Pages of five, turned by buttons."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from bot.replies import Button
from contract.pages import PAGE_SIZE

Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row], number: int) -> tuple[list[Row], int, int]:
    """The rows of a page, its number and how many pages there are; the nearest one where that page is not there."""
    count = rows.count()
    pages = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, number), pages)
    return list(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]), number, pages


def turning(number: int, pages: int, data: str) -> list[list[Button]]:
    """The row that turns pages, if there are any to turn to; `data` is followed by the page's number."""
    row = [("←", f"{data}{number - 1}")] if number > 1 else []
    row += [("→", f"{data}{number + 1}")] if number < pages else []
    return [row] if row else []
