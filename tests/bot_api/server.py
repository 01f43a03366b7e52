"""The HTTP side: the bot's calls under `/bot<token>/`, the tests' own under `/control/`."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.bot_api.control import Call, Control
from tests.bot_api.wire import Failure, answer_with, params_of
from tests.bot_api.world import LIMITED, Bucket, Json, Refusal, World


class Server:
    def __init__(self, *, latency: float = 0.0, rate: float | None = None, chat_rate: float | None = None) -> None:
        self.latency = latency
        self.rate, self.chat_rate = rate, chat_rate
        self.changed = asyncio.Condition()
        self.reset()

    def reset(self) -> None:
        self.world = World()
        self.calls: list[Call] = []
        self.failures: list[Failure] = []
        self.polls = 0
        self.delivery: asyncio.Task[None] | None = None
        self.set_limits(self.rate, self.chat_rate)

    def set_limits(self, rate: float | None, chat_rate: float | None, retry_after: int = 1) -> None:
        self.world.bot_bucket = Bucket(rate) if rate else None
        self.world.chat_rate, self.world.chat_buckets = chat_rate, {}
        self.world.retry_after, self.world.stopped_until = retry_after, 0.0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/control/"):
            return await self.control(path.removeprefix("/control/"), request)
        found = re.fullmatch(r"/bot([^/]+)/([A-Za-z]+)", path)
        if not found:
            return answer_with(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        return await self.bot_call(found[2], await params_of(request), request)

    async def bot_call(self, method: str, params: Json, request: web.BaseRequest) -> web.StreamResponse:
        given = params.get("chat_id")
        chat_id = (
            int(given) if isinstance(given, int) or (isinstance(given, str) and given.lstrip("-").isdigit()) else None
        )
        call = Call(len(self.calls), method, chat_id, params, time.time())
        if method != "getUpdates":
            self.calls.append(call)
        failure = next((one for one in self.failures if one.meets(method, chat_id)), None)
        if failure is not None:
            if failure.times is not None:
                failure.times -= 1
            return await self.fail(failure, call, request)
        if self.latency and method != "getUpdates":
            await asyncio.sleep(self.latency)
        response = await self.carry_out(call)
        await self.tell()
        return response

    async def carry_out(self, call: Call) -> web.Response:
        try:
            self.world.check_limits(call.method, call.chat_id)
            if call.method == "getUpdates":
                result: Any = await self.get_updates(call.params)
            else:
                result = self.world.call(call.method, call.params)
        except Refusal as refusal:
            return self.refuse(call, refusal.code, refusal.description, refusal.parameters)
        call.status = 200
        self.world.counts[f"{call.method} 200"] += 1
        if isinstance(result, dict):
            call.message_id = result.get("message_id")
        if call.method == "setWebhook" and self.world.webhook and (self.delivery is None or self.delivery.done()):
            self.delivery = asyncio.get_running_loop().create_task(self.deliver())
        return answer_with(200, {"ok": True, "result": result})

    def refuse(self, call: Call, code: int, description: str, parameters: Json) -> web.Response:
        call.status = code
        self.world.counts[f"{call.method} {code}"] += 1
        body: Json = {"ok": False, "error_code": code, "description": description}
        if parameters:
            body["parameters"] = parameters
        return answer_with(code, body)

    async def fail(self, failure: Failure, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.sleep(failure.latency)
        response = await self.carry_out(call) if failure.carried_out else None
        call.status = call.status or failure.status
        self.world.counts["scripted"] += 1
        await self.tell()
        if failure.hang:
            await asyncio.sleep(3600)
        if failure.reset and request.transport is not None:
            request.transport.abort()
        if failure.answer is not None:
            return answer_with(failure.status, failure.answer)
        if failure.body is not None:
            return web.Response(
                status=failure.status, text=failure.body * failure.repeat, content_type=failure.content_type
            )
        return response or await self.carry_out(call)

    async def get_updates(self, params: Json) -> list[Json]:
        if self.world.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self.polls += 1
        mine = self.polls
        offset, limit = int(params.get("offset") or 0), int(params.get("limit") or 100)
        until = time.monotonic() + float(params.get("timeout") or 0)
        await self.tell()
        while not (waiting := self.world.waiting_updates(offset, limit)):
            await self.change_until(until)
            if self.polls != mine:
                raise Refusal(409, "Conflict: terminated by other getUpdates request")
            if time.monotonic() >= until:
                return []
        return waiting

    async def deliver(self) -> None:
        """Bring updates to the webhook, one after the other, until it takes them."""
        async with ClientSession(timeout=ClientTimeout(total=30)) as session:
            while self.world.webhook:
                if not self.world.updates:
                    async with self.changed:
                        await self.changed.wait()
                    continue
                update = self.world.updates[0]
                secret = str(self.world.webhook.get("secret_token") or "")
                try:
                    async with session.post(
                        self.world.webhook["url"], json=update, headers={"X-Telegram-Bot-Api-Secret-Token": secret}
                    ) as response:
                        taken = response.status == 200
                except (ClientError, TimeoutError):
                    taken = False
                self.world.counts["webhook taken" if taken else "webhook refused"] += 1
                if taken:
                    self.world.updates.remove(update)
                else:
                    await asyncio.sleep(0.2)

    async def tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def control(self, action: str, request: web.BaseRequest) -> web.Response:
        data: Json = await request.json() if request.can_read_body else {}
        result: Any = None
        if action == "update":
            result = self.world.add_update(data)
        elif action == "fail":
            self.failures.append(Failure(**data))
        elif action == "recover":
            self.failures.clear()
        elif action == "reset":
            self.reset()
        elif action == "latency":
            self.latency = data["seconds"]
        elif action == "limits":
            self.set_limits(**data)
        elif action == "chat":
            (self.world.blocked.add if data["blocked"] else self.world.blocked.discard)(data["chat_id"])
        elif action == "message":
            result = self.world.messages.get((data["chat_id"], data["message_id"]))
            if result is None:
                return answer_with(404, {"no such message": data})
        elif action == "calls":
            result = [asdict(call) for call in await self.matching(**data)]
        elif action == "state":
            result = {
                "counts": dict(self.world.counts),
                "commands": self.world.commands,
                "webhook": self.world.webhook,
                "waiting_updates": len(self.world.updates),
                "limited": sorted(LIMITED),
            }
        else:
            return answer_with(404, {"unknown": action})
        await self.tell()
        return answer_with(200, {"result": result})

    async def matching(
        self, method: str | None, chat_id: int | None, at_least: int, within: float, since: int
    ) -> list[Call]:
        """The answered calls of a method in a chat; with `at_least`, as soon as there are that many, or time is up."""
        until = time.monotonic() + within
        while True:
            found = [
                call
                for call in self.calls[since:]
                if call.status and method in (None, call.method) and chat_id in (None, call.chat_id)
            ]
            if len(found) >= at_least or time.monotonic() >= until:
                return found
            await self.change_until(until)
            await asyncio.sleep(0.005)  # many calls at once share a look

    async def change_until(self, until: float) -> None:
        """Return after the next change, or when the monotonic clock shows `until`."""
        async with self.changed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), max(0, until - time.monotonic()))


async def start(server: Server, port: int = 0) -> tuple[web.ServerRunner, int]:
    runner = web.ServerRunner(web.Server(server.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
    await site.start()
    return runner, runner.addresses[0][1]


async def cancel_the_rest() -> None:
    """What hangs by a test's wish."""
    hanging = asyncio.all_tasks() - {asyncio.current_task()}
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


@contextmanager
def served(**options: Any) -> Iterator[Control]:
    """A server on a thread of this process, for as long as the block lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="bot-api-server", daemon=True)
    thread.start()

    async def begin() -> tuple[web.ServerRunner, int]:
        return await start(Server(**options))

    runner, port = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    try:
        with Control(port) as control:
            yield control
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        asyncio.run_coroutine_threadsafe(cancel_the_rest(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
