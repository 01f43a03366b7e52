"""The web server as `make run` starts it, with the views by hand beside the API, and what it takes to answer."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import sysconf
from pathlib import Path
from typing import Final

from benchmarks.ground import Ground
from config.environment import BASE_DIR
from devservices.processes import Child, Launcher
from devservices.run import commands, wait_for_web
from devservices.servers import free_port

SETTINGS: Final = {"DJANGO_SETTINGS_MODULE": "benchmarks.by_hand_settings"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: str | None = None


@dataclass(frozen=True)
class Answered:
    """`cpu` and `wall` are ms a request; `cpu` is None where the system does not tell it."""

    cpu: float | None
    wall: float
    status: int
    body: str


@dataclass(frozen=True)
class Server:
    launcher: Launcher
    child: Child
    port: int

    def ask(self, request: Request, times: int) -> Answered:
        """So many requests from another process, one after the other on one connection."""
        what = [self.port, request.method, request.path, dict(request.headers), request.body, times]
        before = cpu_of_group(self.child.process.pid)
        caller = self.launcher.start(
            "caller", [sys.executable, "-m", "benchmarks.caller"], cwd=BASE_DIR, feed=json.dumps(what).encode()
        )
        said = caller.process.communicate()[0]
        after = cpu_of_group(self.child.process.pid)
        seconds, status, body = json.loads(said)
        if status >= 400:
            raise RuntimeError(f"{request.method} {request.path} answered {status}: {body}")
        cpu = None if before is None or after is None else 1000 * (after - before) / times
        return Answered(cpu, 1000 * seconds / times, status, body)


@contextmanager
def serving(ground: Ground) -> Iterator[Server]:
    port = free_port()
    with (ground.folder / "web.log").open("ab") as log:
        child = ground.launcher.start(
            "web",
            commands(port, bot=True)["web"],
            environment={**ground.variables, **SETTINGS},
            cwd=BASE_DIR,
            output=log,
        )
    with ground.running(child):
        if not wait_for_web(ground.launcher, port):
            raise RuntimeError("The web server did not start: its log is web.log")
        yield Server(ground.launcher, child, port)


def cpu_of_group(group: int) -> float | None:
    """Seconds that the processes of a group have worked, in the kernel too; None where the system does not tell."""
    if not Path("/proc/self/stat").exists():
        return None
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / sysconf("SC_CLK_TCK")
