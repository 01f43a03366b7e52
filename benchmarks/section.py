"""What a part has found: tables, and the figures that it is held to."""

from dataclasses import dataclass, field


@dataclass
class Table:
    title: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        self.rows.append([str(cell) for cell in cells])


@dataclass(frozen=True)
class Target:
    """`None`: this size, or this machine, does not say."""

    what: str
    found: str
    met: bool | None


@dataclass
class Section:
    title: str
    about: str
    tables: list[Table] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def table(self, title: str, *columns: str) -> Table:
        found = Table(title, list(columns))
        self.tables.append(found)
        return found

    def hold(self, what: str, found: str, met: bool | None) -> None:
        self.targets.append(Target(what, found, met))


def count(number: float) -> str:
    """A whole number for people: 1,234,567."""
    return f"{number:,.0f}"


def percentile(values: list[float], share: float) -> float:
    """The value that `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
