"""Launchers in processes of their own, to be stopped and killed."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

# The tests' own environment names servers and a data folder; a launcher is to see none of that.
NOT_PASSED_ON = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "SECRET_KEY", "EMBEDDED", "MAKELEVEL", "MAKEFLAGS"}
ENDED_WITHIN = 120.0  # seconds, on a machine with other work to do


def bare_environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    return kept | {"PYTHONUNBUFFERED": "1"} | variables


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that anybody may pass through, which pytest's own are not."""
    made = Path(tempfile.mkdtemp(prefix="habits-tests-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


class Launched:
    """A command whose output is read while it runs."""

    def __init__(self, command: list[str], environment: dict[str, str], cwd: Path, log: Path, **options: Any) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **options,
            )

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, *words: str, seconds: float) -> str:
        """The output, once it holds all these words."""
        until = time.monotonic() + seconds
        while not all(word in self.text() for word in words):
            assert self.process.poll() is None, f"it ended before it said {words}:\n{self.text()}"
            assert time.monotonic() < until, f"it did not say {words} in {seconds} s:\n{self.text()}"
            time.sleep(0.1)
        return self.text()


@pytest.fixture
def launch(folder: Path) -> Iterator[Callable[..., Launched]]:
    """Start a command in the checkout with a bare environment; what is left of it is killed at the end."""
    started: list[Launched] = []

    def start(*command: str, cwd: Path = settings.BASE_DIR, **variables: str) -> Launched:
        one = Launched(list(command), bare_environment(**variables), cwd, folder / f"output-{len(started)}.log")
        started.append(one)
        return one

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(ENDED_WITHIN)


@pytest.fixture
def make_run(launch: Callable[..., Launched], folder: Path) -> Callable[..., Launched]:
    """`make run` without its installation."""

    def start(**variables: str) -> Launched:
        return launch(sys.executable, "-m", "devservices", "run", **{"DATA_DIR": str(folder / "data"), **variables})

    return start


def descendants(folder: Path) -> list[str]:
    """The processes, however deep and whoever adopted them, whose environment names this folder."""
    if not Path("/proc/self/environ").exists():
        told = subprocess.run(["ps", "-Eww", "-A", "-o", "pid,command"], capture_output=True, text=True, check=True)
        return [line for line in told.stdout.splitlines() if str(folder) in line]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if bytes(folder) in (process / "environ").read_bytes():
                found.append(f"{process.name} {(process / 'cmdline').read_bytes().replace(bytes(1), b' ').decode()}")
    return found


def wait_until_gone(folder: Path, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while left := descendants(folder):
        assert time.monotonic() < until, f"still there after {seconds} s: {left}"
        time.sleep(0.1)
