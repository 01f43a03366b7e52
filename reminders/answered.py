"""The seam for "not reminded of what is already answered": whoever keeps answers registers a source of them here."""

import datetime as dt
from collections.abc import Callable, Collection

# A habit's id, and the local date that an occurrence of it belongs to.
HabitDate = tuple[int, dt.date]
Source = Callable[[Collection[HabitDate]], set[HabitDate]]

_sources: list[Source] = []


def register(source: Source) -> Source:
    """Ask `source` which of many dates are answered: at planning and at sending, one call (and query) for a batch."""
    _sources.append(source)
    return source


def unregister(source: Source) -> None:
    _sources.remove(source)


def answered(dates: Collection[HabitDate]) -> set[HabitDate]:
    """Those of `dates` that any source calls answered."""
    found: set[HabitDate] = set()
    if dates:
        for source in _sources:
            found |= source(dates)
    return found
