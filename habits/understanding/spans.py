"""Spans of a text that say something, and what they could say."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """`values` are all that the span could mean, the likeliest first; `sure` is whether it speaks of this at all."""

    start: int
    end: int
    values: tuple[Value, ...]
    sure: bool = True
