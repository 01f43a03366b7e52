"""What everything is measured on: servers of the run's own, an empty database, the Bot API stub, real processes."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.stub import Stub
from config.environment import BASE_DIR
from devservices import servers
from devservices.processes import Child, Launcher
from devservices.run import commands, manage

TOKEN: Final = "4242:the-token-of-the-benchmarks-own-bot"  # noqa: S105 (of a stub)
LATENCY: Final = 0.08  # seconds
# An empty variable counts as absent, and wins over `.env`.
NOT_FROM_OUTSIDE: Final = """
DATABASE_URL REDIS_URL POSTGRES_HOST DEBUG DEFAULT_TIME_ZONE TELEGRAM_PROXY TELEGRAM_RATE TELEGRAM_WEBHOOK_URL
TELEGRAM_WEBHOOK_SECRET METRICS_PORT LOG_FORMAT PULSE_FILE EMAIL_URL SENTRY_DSN
"""


@dataclass
class Ground:
    launcher: Launcher
    folder: Path
    variables: Mapping[str, str]
    stub: Stub
    console: Console

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.variables["DATABASE_URL"], autocommit=True)

    def part(self, name: str, **more: str) -> Child:
        """`worker`, `beat` or `bot`, as `make run` starts it, with more variables; its output is in a log."""
        environment = {**self.variables, **more}
        with (self.folder / f"{name}.log").open("ab") as log:
            return self.launcher.start(
                name, commands(0, bot=True)[name], environment=environment, cwd=BASE_DIR, output=log
            )

    def module(self, name: str, *arguments: object) -> Child:
        """`python -m benchmarks.<name>`, whose output is to be read."""
        command = [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
        return self.launcher.start(name, command, environment=self.variables, cwd=BASE_DIR)

    @contextmanager
    def running(self, *children: Child) -> Iterator[None]:
        try:
            yield
        finally:
            self.launcher.stop(children)

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Any]:
        """`with ground.progress("planning", 100) as done: done(40)`, told how much is done by now."""
        columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.update(task, completed=done)


def said(child: Child, begins: str = "") -> str:
    """The next line of a module's output that begins so; its log comes the same way."""
    lines = []
    for line in child.process.stdout or ():
        lines.append(line.decode(errors="replace").strip())
        if lines[-1].startswith(begins):
            return lines[-1]
    raise RuntimeError(f"{child.name} ended without what it was to say: {' '.join(lines[-3:])}")


@contextmanager
def prepared(launcher: Launcher, folder: Path, console: Console) -> Iterator[Ground]:
    """Servers that are up, a database that is migrated, and settings that point at them and at the stub."""
    with console.status("Starting PostgreSQL and Valkey"):
        outside = dict.fromkeys(NOT_FROM_OUTSIDE.split(), "")
        os.environ.update(outside | {"DATA_DIR": str(folder), "TELEGRAM_BOT_TOKEN": TOKEN})
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        variables = {
            "DATABASE_URL": servers.start_postgres(launcher, folder, embedded=True, throw_away=False),
            "REDIS_URL": servers.start_valkey(launcher, folder, embedded=True, throw_away=False),
            "PYTHONUNBUFFERED": "1",
        }
        manage(launcher, variables, "migrate", "--verbosity", "0")
    child = launcher.start("stub", [sys.executable, "-m", "benchmarks.stub_server"], cwd=BASE_DIR)
    with Stub(int(said(child))) as stub:
        variables["TELEGRAM_API_URL"] = stub.url
        os.environ.update(variables)
        import django

        django.setup()
        logging.disable(logging.INFO)  # a line for each batch would hide the figures
        yield Ground(launcher, folder, variables, stub, console)
