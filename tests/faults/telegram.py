"""The Bot API server with a journal: what arrived and what became of it, in a file that outlives the process.

    python -m tests.faults.telegram --journal FILE --port 0 --latency 0.08

prints the port it got. A killed server is started again with that port and journal.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

from tests.bot_api.control import Call, Json
from tests.bot_api.server import Server, start

QUIET = 0.5  # seconds


class JournalServer(Server):
    def __init__(self, journal: TextIO, **options: Any) -> None:
        super().__init__(**options)
        self.journal = journal

    def note(self, what: str, chat_id: Any, **more: Any) -> None:
        self.journal.write(json.dumps({"what": what, "at": time.time(), "chat": chat_id, **more}) + "\n")
        self.journal.flush()

    async def bot_call(self, method: str, params: Json, request: web.BaseRequest) -> web.StreamResponse:
        if method == "sendMessage":
            self.note("arrived", params.get("chat_id"))
        return await super().bot_call(method, params, request)

    async def carry_out(self, call: Call) -> web.Response:
        response = await super().carry_out(call)
        if call.method == "sendMessage":
            self.note("answered", call.chat_id, status=call.status, text=call.text if call.status == 200 else None)
        return response


@dataclass
class Journal:
    """What the file says: moments in Unix time, and per chat the texts that Telegram took."""

    arrived: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    taken: dict[int, list[str]] = field(default_factory=dict)
    # When it took them: (moment, chat).
    taken_at: list[tuple[float, int]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "Journal":
        journal = cls()
        for entry in entries(path):
            if entry["what"] == "arrived":
                journal.arrived.append(entry["at"])
            elif entry["status"] == 200:
                journal.taken.setdefault(entry["chat"], []).append(entry["text"])
                journal.taken_at.append((entry["at"], entry["chat"]))
            elif entry["status"] == 429:
                journal.refused.append(entry["at"])
        return journal

    def is_quiet(self) -> bool:
        """Whether every call that arrived has been answered, and none for some time."""
        answered = len(self.taken_at) + len(self.refused)
        return len(self.arrived) == answered and time.time() - max(self.arrived, default=0.0) > QUIET


def entries(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as lines:
        for line in lines:
            with suppress(ValueError):  # the last line of a killed server
                yield json.loads(line)


async def serve(options: argparse.Namespace) -> None:
    with options.journal.open("a") as journal:
        _runner, port = await start(JournalServer(journal, latency=options.latency), options.port)
        print(port, flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.faults.telegram", description=__doc__)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))
