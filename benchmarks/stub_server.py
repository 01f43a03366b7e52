"""The Bot API stub, `python -m benchmarks.stub_server`: a process of its own that prints its port.

It is lean, so that it does not become what is measured: one small parser over asyncio's sockets, HTTP/1.1 with
connections kept, and a real latency. Whatever is compared speaks to the same one.
"""

import asyncio
import json
import re
import time
from contextlib import suppress
from typing import Any, Final

LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
LIMITED: Final = {"sendMessage", "answerCallbackQuery", "editMessageText"}
ANSWERS: Final = {200: b"200 OK", 429: b"429 Too Many Requests"}
BOT: Final = {"id": 4242, "is_bot": True, "first_name": "Habits", "username": "habits_bench_bot"}


class World:
    """What the stub remembers, and the limit that it keeps."""

    def __init__(self) -> None:
        self.update_id = 0
        self.updates: list[dict[str, Any]] = []
        self.polls: list[tuple[Connection, int]] = []
        self.reset(0.0, None)

    def reset(self, latency: float, rate: float | None) -> None:
        self.latency, self.rate = latency, rate
        self.tokens, self.filled_at = rate or 0.0, time.monotonic()
        self.calls: list[tuple[str, str, float, int]] = []
        self.messages = 0

    def allowed(self) -> bool:
        if self.rate is None:
            return True
        now = time.monotonic()
        self.tokens = min(self.rate, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def waiting(self, offset: int) -> list[dict[str, Any]]:
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        return self.updates[:100]

    def add_update(self, update: dict[str, Any]) -> None:
        self.update_id += 1
        self.updates.append({"update_id": self.update_id, **update})
        polls, self.polls = self.polls, []
        for connection, offset in polls:
            connection.get_updates(offset)


class Connection(asyncio.Protocol):
    def __init__(self, world: World) -> None:
        self.world = world
        self.loop = asyncio.get_running_loop()
        self.buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (narrows the type)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.buffer[:end])
            length = LENGTH.search(head)
            until = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < until:
                return
            body = bytes(self.buffer[end + 4 : until])
            del self.buffer[:until]
            self.take(head.split(b" ", 2)[1].decode(), json.loads(body) if body else {})

    def take(self, path: str, given: dict[str, Any]) -> None:
        _, kind, method = path.split("/", 2)
        if kind == "control":
            self.control(method, given)
        elif method == "getUpdates":
            self.get_updates(int(given.get("offset") or 0))
        else:
            self.bot_call(method, given)

    def bot_call(self, method: str, given: dict[str, Any]) -> None:
        world = self.world
        status = 200 if method not in LIMITED or world.allowed() else 429
        whose = str(given.get("chat_id") or given.get("callback_query_id") or "")
        world.calls.append((method, whose, time.time(), status))
        answer: dict[str, Any] = {"ok": True, "result": True}
        if status == 429:
            answer = {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests",
                "parameters": {"retry_after": 1},
            }
        elif method == "sendMessage":
            world.messages += 1
            chat = {"id": given["chat_id"], "type": "private", "first_name": "User"}
            message = {"message_id": world.messages, "from": BOT, "chat": chat, "date": int(time.time())}
            answer["result"] = message | {"text": given["text"]}
        elif method == "getMe":
            answer["result"] = BOT
        self.loop.call_later(world.latency, self.answer, answer, status)

    def get_updates(self, offset: int) -> None:
        if waiting := self.world.waiting(offset):
            self.loop.call_later(self.world.latency, self.answer, {"ok": True, "result": waiting})
        else:
            self.world.polls = [(self, offset)]  # one consumer: the one before has given up

    def control(self, action: str, given: dict[str, Any]) -> None:
        world = self.world
        result: Any = None
        if action == "reset":
            world.reset(**given)
        elif action == "update":
            world.add_update(given)
        elif action == "count":
            result = world.messages
        elif action == "calls":
            result = world.calls
        self.answer(result)

    def answer(self, what: Any, status: int = 200) -> None:
        if not self.transport.is_closing():
            body = json.dumps(what).encode()
            self.transport.write(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (ANSWERS[status], len(body), body)
            )


async def serve() -> None:
    world = World()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(world), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
