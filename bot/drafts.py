"""The habit that is being told in a chat: what is known of it, and its row.

Locks are taken in this order: the person, the draft, then whatever making a habit locks. A draft that nobody has
touched for a day is forgotten.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self

from bot.models import Draft, Step
from habits.sentence_parser import Candidate, Doubt, Understood
from telegram.models import Chat

KEPT_FOR: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a habit, in its own fields; None is not told yet."""

    action: str | None = None
    time: dt.time | None = None
    place: str | None = None
    every_days: int | None = None
    weekdays: tuple[int, ...] | None = None
    duration: int | None = None
    reward: str | None = None
    related_habit: int | None = None
    # A pleasant habit that is to be made together with this one, as its prize.
    pleasant: str | None = None
    # What words could be read as more than one thing, and are asked about.
    doubts: tuple[Doubt, ...] = ()

    def settled(self, asked: Step, **known: Any) -> Self:
        """With these fields, and without a doubt about what was asked."""
        return replace(self, **known, doubts=tuple(doubt for doubt in self.doubts if doubt.field != asked.value))

    def without(self, names: Collection[str | None]) -> Self:
        """These fields are to be asked for again."""
        unknown: dict[str, Any] = {one.name: None for one in fields(self) if one.name in names}
        return replace(self, **unknown)

    def candidates(self, asked: Step) -> tuple[Candidate, ...]:
        return next((doubt.candidates for doubt in self.doubts if doubt.field == asked.value), ())

    def is_impossible(self, asked: Step) -> bool:
        """Whether what was said of it is nothing that a habit can be: "twice a day"."""
        return any(doubt.field == asked.value and not doubt.candidates for doubt in self.doubts)

    def read_as(self, asked: Step, candidate: Candidate) -> Self:
        """As the candidate of its doubt, whose words then belong to the action no more."""
        doubt = next(doubt for doubt in self.doubts if doubt.field == asked.value)
        action = Understood(action=self.action).settle(doubt.field, candidate).action
        return self.settled(asked, action=action, **candidate.changes)

    def has(self, name: str) -> bool:
        """Whether a field is told; `frequency` stands for two of them, `prize` for three."""
        names = {
            "frequency": ("every_days", "weekdays"),
            "prize": ("reward", "related_habit", "pleasant"),
        }.get(name, (name,))
        return any(getattr(self, one) is not None for one in names)

    def missing(self) -> Step | None:
        """What to ask next; None where all is told."""
        needed = [Step.ACTION, Step.TIME, Step.PLACE, Step.FREQUENCY]
        if any(doubt.field == "duration" for doubt in self.doubts):
            needed.append(Step.DURATION)
        return next((step for step in (*needed, Step.PRIZE) if not self.has(step.value)), None)

    def to_json(self) -> dict[str, Any]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        said["doubts"] = [
            [doubt.field, [[one.words, written(one.changes), one.in_action] for one in doubt.candidates]]
            for doubt in self.doubts
        ]
        return {name: value for name, value in written(said).items() if value}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        said = read({one.name: content[one.name] for one in fields(cls) if one.name in content})
        said["doubts"] = tuple(
            Doubt(name, tuple(Candidate(words, read(changes), in_action) for words, changes, in_action in these))
            for name, these in said.get("doubts", ())
        )
        return cls(**said)


def written(known: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a habit, fit for JSON."""
    return {name: value.isoformat() if isinstance(value, dt.time) else value for name, value in known.items()}


def read(kept: Mapping[str, Any]) -> Any:
    """What `written` wrote."""
    known = dict(kept)
    if known.get("time") is not None:
        known["time"] = dt.time.fromisoformat(known["time"])
    if known.get("weekdays") is not None:
        known["weekdays"] = tuple(known["weekdays"])
    return known


def find(chat: Chat, *, now: dt.datetime, lock: bool = False) -> Draft | None:
    """The chat's draft, unless it is forgotten. `lock` keeps others from it until the transaction ends."""
    drafts = Draft.objects.filter(chat=chat, updated_at__gt=now - KEPT_FOR)
    return (drafts.select_for_update() if lock else drafts).first()


def begin(chat: Chat, *, step: Step, told: Told, update: int, now: dt.datetime) -> Draft:
    """A new draft, in place of any other. `update` is the number of the update that asks for it."""
    draft, _new = Draft.objects.update_or_create(
        chat=chat,
        defaults={"key": update, "heard": update, "step": step, "content": told.to_json(), "updated_at": now},
    )
    return draft


def keep(draft: Draft, *, step: Step, content: dict[str, Any], update: int, now: dt.datetime) -> None:
    draft.step, draft.content, draft.heard, draft.updated_at = step, content, update, now
    draft.save(update_fields=["step", "content", "heard", "updated_at"])


def drop(chat: Chat) -> None:
    Draft.objects.filter(chat=chat).delete()
