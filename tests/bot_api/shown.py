"""A message of the bot's as a chat shows it."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass
class Shown:
    """A message that the bot sent, as it stands."""

    content: Json

    @property
    def text(self) -> str:
        return str(self.content["text"])

    @property
    def buttons(self) -> list[list[Json]]:
        rows: list[list[Json]] = self.content.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def labels(self) -> list[list[str]]:
        """What its buttons say, row by row."""
        return [[one["text"] for one in row] for row in self.buttons]

    @property
    def data(self) -> list[str]:
        """The `callback_data` of its buttons."""
        return [one["callback_data"] for row in self.buttons for one in row]
