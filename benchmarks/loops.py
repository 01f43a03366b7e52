"""What delivery is compared with: loops that do nothing but send, to the same stub."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Final

import requests
from aiohttp import ClientSession, TCPConnector

from benchmarks.ground import TOKEN

TEXT: Final = "07:00 · I will walk round the block 12345 in the park (60 s)\nreward: a cup of tea"


def address(url: str) -> str:
    return f"{url}/bot{TOKEN}/sendMessage"


def bare_aiohttp(url: str, messages: int, *, in_flight: int) -> float:
    """Messages a second of one event loop that keeps so many calls in flight. No database, no limits, no errors."""

    async def send(session: ClientSession, numbers: "asyncio.Queue[int]") -> None:
        while not numbers.empty():
            body = json.dumps({"text": TEXT, "chat_id": numbers.get_nowait()}).encode()
            async with session.post(address(url), data=body, headers={"Content-Type": "application/json"}) as response:
                json.loads(await response.read())

    async def loop() -> float:
        numbers: asyncio.Queue[int] = asyncio.Queue()
        for number in range(1, messages + 1):
            numbers.put_nowait(number)
        async with ClientSession(connector=TCPConnector(limit=0)) as session:
            began = time.perf_counter()
            await asyncio.gather(*(send(session, numbers) for _ in range(in_flight)))
            return messages / (time.perf_counter() - began)

    return asyncio.run(loop())


def sequential(url: str, messages: int, done: Callable[[int], None]) -> float:
    """Messages a second of `requests.post` in a loop, as trackers of this kind send."""
    began = time.perf_counter()
    for number in range(1, messages + 1):
        requests.post(address(url), json={"text": TEXT, "chat_id": number}, timeout=10).json()
        done(number)
    return messages / (time.perf_counter() - began)
