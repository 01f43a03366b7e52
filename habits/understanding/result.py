"""What was understood of a sentence, and what could be read in two ways."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal, TypedDict

from habits.understanding.text import tidied

Field = Literal["action", "place", "time", "frequency", "duration"]


class Changes(TypedDict, total=False):
    """The fields that a candidate sets. A frequency sets both `every_days` and `weekdays`, one of them to None."""

    place: str
    time: dt.time
    every_days: int | None
    weekdays: tuple[int, ...] | None
    duration: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read `words`, the person's own. Where these still stand in the action, choosing it takes them out."""

    words: str
    changes: Changes
    in_action: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field to ask about. `candidates` are the likely answers, the likeliest first; none where nothing fits.

    Nothing that is in doubt is also told: the field itself is None.
    """

    field: Field
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """The parts of a habit that a text names; None where it does not, or not clearly (see `doubts`).

    `duration` is in seconds. `weekdays` are ISO (1 is Monday), ascending.
    """

    action: str | None = None
    place: str | None = None
    time: dt.time | None = None
    every_days: int | None = None
    weekdays: tuple[int, ...] | None = None
    duration: int | None = None
    reward: str | None = None
    doubts: tuple[Doubt, ...] = ()

    def doubt(self, field: Field) -> Doubt | None:
        """What is in doubt about the field, if anything."""
        return next((doubt for doubt in self.doubts if doubt.field == field), None)

    def settle(self, field: Field, candidate: Candidate) -> "Understood":
        """The same, read as the candidate of that field's doubt."""
        action = self.action
        if candidate.in_action and action is not None:
            action = _without(action, candidate.words)
        left = tuple(doubt for doubt in self.doubts if doubt.field != field)
        return replace(self, action=action, doubts=left, **candidate.changes)

    @property
    def is_habit(self) -> bool:
        """Whether the text looks like a habit at all: something to do, and when, how often or where."""
        said = (self.time, self.every_days, self.weekdays, self.place, self.duration)
        return self.action is not None and (
            any(part is not None for part in said) or any(doubt.field in ("time", "frequency") for doubt in self.doubts)
        )


def _without(action: str, words: str) -> str | None:
    start = action.lower().rfind(words.lower())  # a clause that came first has lost its capital
    if start < 0:
        return action
    return tidied(f"{action[:start].rstrip()} {action[start + len(words) :].lstrip()}")
