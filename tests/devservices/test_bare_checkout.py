"""What a newcomer does: the tracked files in an empty folder, and nothing else."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from devservices.servers import free_port
from tests.devservices.conftest import ENDED_WITHIN, Launched, bare_environment, wait_until_gone

pytestmark = [pytest.mark.bare, pytest.mark.timeout(3600)]

INSTALLED_WITHIN = 1200.0  # seconds; pip takes one minute on an idle machine
ROOT = os.geteuid() == 0


@dataclass
class Newcomer:
    """A checkout of their own, and who they are."""

    checkout: Path
    environment: dict[str, str]
    options: dict[str, Any] = field(default_factory=dict)


def check_out(folder: Path) -> Path:
    """What a clone would hold, were everything committed as it stands."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, target = settings.BASE_DIR / name, folder / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return folder


def python_of_everybody(options: dict[str, Any]) -> str | None:
    """A Python that an ordinary user may run: root's own may lie in root's home."""
    for name in (sys._base_executable, "/usr/bin/python3", "/usr/local/bin/python3"):  # type: ignore[attr-defined]
        with suppress(OSError):
            check = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
            if subprocess.run([name, "-c", check], **options, capture_output=True, check=False).returncode == 0:
                return str(name)
    return None


@pytest.fixture(params=["root, below a closed folder", "an ordinary user"] if ROOT else ["an ordinary user"])
def newcomer(request: pytest.FixtureRequest, folder: Path) -> Newcomer:
    checkout = folder / "home" / "habits"
    checkout.mkdir(parents=True)
    check_out(checkout)
    environment = bare_environment(HOME=str(folder / "home"), PORT=str(free_port()))
    newcomer = Newcomer(checkout, environment)
    if ROOT and request.param == "an ordinary user":
        nobody = pwd.getpwnam("nobody")
        newcomer.options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", folder / "home"], check=True)
        python = python_of_everybody(newcomer.options)
        if python is None:
            pytest.skip("no Python here that an ordinary user may run")
        environment["PYTHON"] = python
    elif ROOT:
        (folder / "home").chmod(0o700)
    return newcomer


def test_it_reminds_a_newcomer_and_lets_them_test(newcomer: Newcomer, folder: Path) -> None:
    running = Launched(
        ["make", "run"],
        newcomer.environment,
        newcomer.checkout,
        folder / "run.log",
        start_new_session=True,
        **newcomer.options,
    )
    try:
        running.wait_for("Stop     Ctrl-C", seconds=INSTALLED_WITHIN)
        running.wait_for("⏰", "I will drink a glass of water", seconds=90)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.process.pid, signal.SIGINT)  # as Ctrl-C in the terminal does
        running.process.wait(ENDED_WITHIN)
    assert f"Stopped. The data stays in {newcomer.checkout / 'var'}" in running.text()
    wait_until_gone(newcomer.checkout)

    tested = subprocess.run(
        ["make", "test", "ARGS=tests/habits/test_sentence.py tests/accounts/test_constraints.py -q"],
        env=newcomer.environment,
        cwd=newcomer.checkout,
        capture_output=True,
        text=True,
        timeout=INSTALLED_WITHIN,
        check=False,
        **newcomer.options,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "passed" in tested.stdout
    wait_until_gone(newcomer.checkout)
