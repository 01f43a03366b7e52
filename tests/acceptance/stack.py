"""The real processes of the service, on a database, a Redis database and a Bot API server of a test's own."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import redis
from django.conf import settings

from devservices.processes import Child, Launcher
from devservices.run import commands
from devservices.servers import free_port
from tests.bot_api.control import Control

TOKEN = "4242:the-token-of-the-tests-own-bot-server"
PATIENCE = 300.0  # seconds, on a machine with other work to do
STOPS_WITHIN = 60.0  # seconds; what is killed gives nothing back


def wait_for(condition: Callable[[], Any], *, what: str, within: float = PATIENCE) -> Any:
    """Look until `condition` holds and return what it gave; fail after `within` seconds."""
    until = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > until:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(0.05)
    return found


@dataclass
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass
class FrontEnd:
    """What a person's browser does: JSON over HTTP, with the tokens that the sign-up gave."""

    port: int
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, data: Any = None) -> Answer:
        headers = {"Accept": "application/json", "Accept-Language": "en", **self.headers}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, None if data is None else json.dumps(data), headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return Answer(response.status, json.loads(content) if content else None, dict(response.headers))

    def expect(self, status: int, method: str, path: str, data: Any = None) -> Any:
        answer = self.call(method, path, data)
        assert answer.status == status, (method, path, answer)
        return answer.body

    def sign_up(self, email: str, **profile: Any) -> None:
        given = {"email": email, "password": "correct horse battery staple", **profile}
        self.token = self.expect(200, "POST", "/api/auth/app/v1/auth/signup", given)["meta"]["access_token"]


@dataclass
class Stack:
    """`web`, `worker`, `beat` and `bot` as `make run` starts them, each with its log in `logs`."""

    launcher: Launcher
    variables: Mapping[str, str]
    logs: Path
    port: int
    bot_api: Control
    parts: dict[str, Child] = field(default_factory=dict)
    # Where the parts show their metrics, if they do.
    metrics_ports: Mapping[str, int] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        for name in names or ("web", "worker", "beat", "bot"):
            kind = name.partition("-")[0]  # `worker-2` is another worker
            command = commands(self.port, bot=True)[kind]
            if kind == "worker":
                command = [*command, "--hostname", f"{name}@{self.port}"]
            port = self.metrics_ports.get(name)
            own = {"METRICS_PORT": str(port)} if port else {}
            with (self.logs / f"{name}.log").open("ab") as log:
                self.parts[name] = self.launcher.start(
                    name, command, environment={**self.variables, **own}, cwd=settings.BASE_DIR, output=log
                )

    def wait_until_ready(self) -> None:
        """The web answers, and the other parts have shown themselves."""
        wait_for(self._ready, what=f"all parts ready; see {self.logs}")

    def _ready(self) -> bool:
        try:
            return FrontEnd(self.port).call("GET", "/readyz").status == 200
        except OSError:
            return False

    def kill(self, name: str) -> None:
        """SIGKILL for a part and its children: nothing of it can finish anything."""
        child = self.parts.pop(name)
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self.launcher.stop([child])

    def stop(self, name: str) -> None:
        """SIGTERM, and as much time as it takes."""
        self.launcher.stop([self.parts.pop(name)], patience_seconds=STOPS_WITHIN)

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text(errors="replace")

    def front_end(self) -> FrontEnd:
        return FrontEnd(self.port)


@contextmanager
def bot_api_process(launcher: Launcher, *arguments: str) -> Iterator[Control]:
    child = launcher.start("bot-api", [sys.executable, "-m", "tests.bot_api", *arguments], cwd=settings.BASE_DIR)
    assert child.process.stdout
    with Control(int(child.process.stdout.readline())) as control:
        yield control


@contextmanager
def running_stack(
    database_url: str,
    logs: Path,
    *parts: str,
    bot_api_arguments: tuple[str, ...] = (),
    metrics_ports: Mapping[str, int] | None = None,
    **variables: str,
) -> Iterator[Stack]:
    """A started stack (all four parts without `parts`) that is ready, and stopped when the block ends."""
    with redis.Redis.from_url(settings.REDIS_URL) as shared:
        shared.flushdb()
    with Launcher() as launcher, bot_api_process(launcher, *bot_api_arguments) as bot_api:
        given = {
            "DATABASE_URL": database_url,
            "REDIS_URL": settings.REDIS_URL,
            "DATA_DIR": str(logs),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": bot_api.url,
            "PYTHONUNBUFFERED": "1",
            **variables,
        }
        stack = Stack(launcher, given, logs, free_port(), bot_api, metrics_ports=metrics_ports or {})
        stack.start(*parts)
        if not parts or "web" in parts:
            stack.wait_until_ready()
        yield stack
