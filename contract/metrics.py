"""What a process counts, for Prometheus, under METRICS_PORT.

Rooms declare what they count beside what they do. Until `serve` is called with a port nothing is kept and not even the
library is imported, so who sets no METRICS_PORT pays an attribute's look-up.

Processes that serve one port together (a worker and the processes of its pool, the workers of the web server) keep
their numbers in files of one private folder, and whichever of them has the port shows the sum. Numbers that are the
whole system's rather than a process's are read when they are asked for, and shown by beat alone: there is one of it.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

logger = logging.getLogger(__name__)

# Seconds: from a query's to an outage's.
BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Reading(NamedTuple):
    """A number of the whole system at this moment. Names and units after Prometheus' conventions, here and below."""

    name: str
    meaning: str
    value: float


Source = Callable[[], Iterable[Reading]]
_declared: list["Measure"] = []
_make: Callable[["Measure"], Any] | None = None


class Measure:
    """Something that is counted or measured, by labels. `known` are label values to show before they first occur."""

    kind = ""

    def __init__(
        self,
        name: str,
        meaning: str,
        *,
        labels: Sequence[str] = (),
        known: Sequence[str] = (),
        buckets: Sequence[float] = BUCKETS,
    ) -> None:
        self.name, self.meaning = name, meaning
        self.labels, self.known, self.buckets = tuple(labels), tuple(known), tuple(buckets)
        self.kept: Any = None
        _declared.append(self)
        if _make:
            self.kept = _make(self)

    def _of(self, labels: dict[str, str]) -> Any:
        return self.kept.labels(**labels) if labels else self.kept


class Counter(Measure):
    """Only ever grows; its name ends in `_total`."""

    kind = "Counter"

    def inc(self, amount: float = 1, **labels: str) -> None:
        if self.kept is not None:
            self._of(labels).inc(amount)


class Histogram(Measure):
    """How values spread over `buckets`; seconds, unless its name says otherwise."""

    kind = "Histogram"

    def observe(self, value: float, **labels: str) -> None:
        if self.kept is not None:
            self._of(labels).observe(value)


class Gauge(Measure):
    """How much of something a process has now; shown as the sum over the processes that live."""

    kind = "Gauge"

    def set(self, value: float, **labels: str) -> None:
        if self.kept is not None:
            self._of(labels).set(value)


def start_keeping(make: Callable[[Measure], Any]) -> None:
    """From here on numbers are kept, in what `make` makes of each measure: those declared, and those still to come."""
    global _make
    _make = make
    for measure in _declared:
        measure.kept = make(measure)


def stop_keeping() -> None:
    global _make
    _make = None
    for measure in _declared:
        measure.kept = None
