"""What was understood, as one line: "do: read | where: in bed | often: every 2 | ask time: 15:00, 03:00"."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from habits.sentence_parser import Changes, Understood

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SENTENCES = Path(__file__).parent / "sentences"


def as_line(understood: Understood) -> str:
    """Every field that is told, and every doubt with what is offered for it."""
    told = {
        "do": understood.action,
        "where": understood.place,
        "at": understood.time and f"{understood.time:%H:%M}",
        "often": _often(understood.every_days, understood.weekdays),
        "for": understood.duration and f"{understood.duration} s",
        "reward": understood.reward,
    }
    parts = [f"{name}: {value}" for name, value in told.items() if value is not None]
    for doubt in understood.doubts:
        offered = ", ".join(_offer(candidate.changes) for candidate in doubt.candidates)
        parts.append(f"ask {doubt.field}: {offered}".rstrip(" "))
    return " | ".join(parts) or "nothing"


def table(name: str) -> list[tuple[str, str]]:
    """The sentences of a file, each with the line indented below it."""
    lines = (line for line in (SENTENCES / name).read_text(encoding="utf-8").splitlines() if line.strip())
    return list(_pairs(line for line in lines if not line.startswith("# ")))


def _pairs(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for sentence in lines:
        understood = next(lines)
        assert not sentence.startswith(" "), f"stands where a sentence should: {sentence}"
        assert understood.startswith("    "), f"says what is understood of: {sentence}"
        yield sentence, understood.strip()


def _offer(changes: Changes) -> str:
    values: dict[str, Any] = dict(changes)
    if "weekdays" in values:
        return str(_often(values["every_days"], values["weekdays"]))
    (value,) = values.values()
    return f"{value:%H:%M}" if "time" in values else f"{value} s" if "duration" in values else f"“{value}”"


def _often(every_days: int | None, weekdays: tuple[int, ...] | None) -> str | None:
    if weekdays:
        return " ".join(DAYS[day - 1] for day in weekdays)
    if every_days is None:
        return None
    return "daily" if every_days == 1 else f"every {every_days}"
