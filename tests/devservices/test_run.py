import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

from devservices.servers import free_port
from tests.devservices.conftest import ENDED_WITHIN, Launched, bare_environment, descendants, wait_until_gone

pytestmark = pytest.mark.long

READY_WITHIN = 300.0  # seconds, on a machine with other work to do

MakeRun = Callable[..., Launched]


def refused(**variables: str) -> str:
    """What `make run` says when it cannot start: one line, and no traceback."""
    told = subprocess.run(
        [sys.executable, "-m", "devservices", "run"],
        cwd=settings.BASE_DIR,
        env=bare_environment(**variables),
        capture_output=True,
        text=True,
        timeout=READY_WITHIN,
        check=False,
    )
    assert told.returncode != 0
    assert told.stderr.count("\n") == 1, told.stderr
    return told.stderr.strip()


def test_it_says_which_port_is_taken(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refused(PORT=str(port), DATA_DIR=str(folder))
    assert said == f"Port {port} is taken: stop what listens there, or run `make run PORT={port + 1}`."


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "65536"),
        ("DEBUG", "perhaps"),
        ("EMBEDDED", "perhaps"),
        ("DATABASE_URL", "mysql://localhost/habits"),
        ("REDIS_URL", "localhost:6379"),
        ("DEFAULT_TIME_ZONE", "Mars/Olympus"),
        ("TELEGRAM_BOT_TOKEN", "not a token"),
        ("TELEGRAM_RATE", "fast"),
        ("TELEGRAM_WEBHOOK_URL", "https://habits.example.org/hook"),  # it needs its secret
        ("CSRF_TRUSTED_ORIGINS", "habits.example.org"),
        ("EMAIL_URL", "http://mail.example.org"),
        ("SENTRY_DSN", "none"),
        ("SENTRY_DSN", "https://sentry.example.org/1"),  # without its key
        ("ALLOWED_HOSTS", "https://habits.example.org"),
        ("ALLOWED_HOSTS", "localhost,habits.example.org:8000"),
        ("METRICS_PORT", "-1"),
    ],
)
def test_it_names_a_malformed_variable(folder: Path, variable: str, value: str) -> None:
    said = refused(**{"DATA_DIR": str(folder), variable: value})
    named = "TELEGRAM_WEBHOOK_SECRET" if variable == "TELEGRAM_WEBHOOK_URL" else variable
    assert re.fullmatch(rf"Environment variable {named} is malformed: .+\.", said), said


def test_it_says_that_its_folder_cannot_be_written(folder: Path) -> None:
    (folder / "file").touch()
    data = folder / "file" / "data"
    assert refused(DATA_DIR=str(data)) == (
        f"DATA_DIR ({data}) cannot be written (Not a directory): make it yours, or set another folder."
    )


def test_it_serves_keeps_its_data_and_stops(make_run: MakeRun, folder: Path) -> None:
    port = free_port()
    first = make_run(PORT=str(port), EMBEDDED="1")
    said = first.wait_for("Stop     Ctrl-C", seconds=READY_WITHIN)
    password = re.search(r"Sign in  demo@example\.org, password (\S+)", said)
    assert password
    assert (folder / "data" / "demo.password").stat().st_mode & 0o777 == 0o600
    for path in ("/api/docs", "/api/redoc", "/admin/login/"):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path)
        assert connection.getresponse().status == 200, path
    assert refused(PORT=str(free_port()), DATA_DIR=str(folder / "data")) == (
        f"`make run` is at work on {folder / 'data'} already: stop it, or give this one another DATA_DIR and PORT."
    )

    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(ENDED_WITHIN) == 0
    assert first.text().endswith(f"Stopped. The data stays in {folder / 'data'}\n")
    wait_until_gone(folder / "data")

    second = make_run(PORT=str(port), EMBEDDED="1")
    assert f"demo@example.org, password {password[1]}\n" in second.wait_for("Stop     Ctrl-C", seconds=READY_WITHIN)
    second.process.terminate()
    assert second.process.wait(ENDED_WITHIN) == 0


def test_it_leaves_no_process_behind_when_it_is_killed(make_run: MakeRun, folder: Path) -> None:
    running = make_run(PORT=str(free_port()))
    running.wait_for("celery@", "ready", "Stop     Ctrl-C", seconds=READY_WITHIN)
    names = " ".join(descendants(folder / "data"))
    assert all(part in names for part in ("granian", "worker", "beat", "keeper"))
    running.process.kill()
    wait_until_gone(folder / "data")


@pytest.mark.parametrize("part", ["postgres", "beat"])
def test_it_stops_the_rest_when_one_part_dies(make_run: MakeRun, folder: Path, part: str) -> None:
    running = make_run(PORT=str(free_port()))
    running.wait_for("celery@", "ready", "Stop     Ctrl-C", seconds=READY_WITHIN)
    (victim, *_) = [line for line in descendants(folder / "data") if f"{part} -" in line or f"{part} -l" in line]
    os.kill(int(victim.split()[0]), signal.SIGKILL)
    assert running.process.wait(ENDED_WITHIN) == 1
    last_line = running.text().splitlines()[-1]
    assert re.fullmatch(r"\w+ ended by itself \(SIGKILL\), so the rest was stopped: .+", last_line)
    assert last_line.startswith(part)
    wait_until_gone(folder / "data")
