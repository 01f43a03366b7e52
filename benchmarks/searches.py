"""What a page of the public feed takes in the database, searched or not: planning and execution, as PostgreSQL says."""

import json
import statistics
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import feed
from benchmarks.section import Section, count
from contract.pages import PAGE_SIZE, Position, Stretch
from habits.models import Habit
from habits.queries import public_habits

MOST: Final = 50.0  # ms of the database
AGAIN: Final = 3  # times that a page is asked for which follows one that stopped early
# What is searched for, and what is to be known of it.
WORDS: Final = {
    "common": feed.COMMON,
    "very common": "the",
    "in ten habits": feed.RARE,
    "nowhere": feed.ABSENT,
    "in the oldest fiftieth only": feed.OLD,
    "in the oldest third only": feed.OLDER,
    "one letter, a space, one letter": "a b",
    "nowhere, each word everywhere": "n the run",
    "nowhere, each trigram in a quarter of all": "take the the",
    "nowhere, long, each part everywhere": "take the stairs take the stairs take the stairs in silence at home",
    "digits": "999",
}


def pages(section: Section, public: int, times: int) -> None:
    """The first page and the last one, without a search."""
    positions = (Position(), Position(older_than=feed.BEFORE_LAST))
    turns = [[spent(partial(public_habits, at, PAGE_SIZE + 1), 1)[0] for at in positions] for _ in range(times)]
    first, last = map(statistics.median, zip(*turns, strict=True))
    table = section.table(f"A page of {count(public)} public habits, in the database", "page", "ms (median)")
    table.add("first", f"{first:.2f}")
    table.add("last", f"{last:.2f}")
    section.hold(
        "last page of the feed: at most 1.2 times the first, in the database",
        f"{last / first:.2f}",
        last <= 1.2 * first,
    )


def searches(section: Section, public: int, middle: int, times: int, told: Callable[[int], None]) -> None:
    """Every kind of words: the first page, one from the middle, and all that follow where a page stopped early."""
    table = section.table(
        f"A search among {count(public)} public habits, in the database",
        "words", "such as", "found on the first page", "its ms (median)", "from the middle on, ms (median)",
        "the slowest once, ms", "pages to a full one or the end", "the slowest of these, ms (median)",
    )  # fmt: skip
    slowest = 0.0
    for number, (what, words) in enumerate(WORDS.items(), 1):
        first, half = (
            spent(partial(public_habits, at, PAGE_SIZE + 1, search=words), times)
            for at in (Position(), Position(older_than=middle))
        )
        found = public_habits(Position(), PAGE_SIZE + 1, search=words)
        later = [statistics.median(page) for page in following(words, found)]
        slowest = max(slowest, statistics.median(first), statistics.median(half), *later)
        table.add(
            what, words, min(PAGE_SIZE, len(found.rows)), f"{statistics.median(first):.1f}",
            f"{statistics.median(half):.1f}", f"{max(*first, *half):.1f}", 1 + len(later),
            f"{max(later):.1f}" if later else "",
        )  # fmt: skip
        told(number)
    section.hold(
        f"every search: under {MOST:.0f} ms of the database (median) on every page", f"{slowest:.1f} ms", slowest < MOST
    )


def following(words: str, found: Stretch[Habit]) -> Iterator[list[float]]:
    """What each page takes after one that stopped early, up to a full one or the end."""
    while len(found.rows) <= PAGE_SIZE and found.stopped_at is not None:
        at = Position(older_than=found.stopped_at)
        yield spent(partial(public_habits, at, PAGE_SIZE + 1, search=words), AGAIN)
        found = public_habits(at, PAGE_SIZE + 1, search=words)


def spent(look: Callable[[], object], times: int) -> list[float]:
    """What the statements of one look take in the database, in ms, each time anew."""
    with CaptureQueriesContext(connection) as queries:
        look()
    return [sum(explained(query["sql"]) for query in queries) for _ in range(times)]


def explained(statement: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
        row = cursor.fetchone()
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return float(plan[0]["Planning Time"] + plan[0]["Execution Time"])
