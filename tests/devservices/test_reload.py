import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from devservices.reload import state
from tests.devservices.conftest import ENDED_WITHIN, Launched, wait_until_gone

pytestmark = pytest.mark.long

LIVES = "import time; print('started', flush=True); time.sleep(1000)"
ENDS = "print('started', flush=True)"


def started(one: Launched, times: int) -> None:
    until = time.monotonic() + 300
    while one.text().splitlines().count("started") < times:
        assert one.process.poll() is None, one.text()
        assert time.monotonic() < until, one.text()
        time.sleep(0.05)


@pytest.mark.parametrize("command", [LIVES, ENDS], ids=["one that lives", "one that fell over the last change"])
def test_a_command_starts_anew_when_code_changes_and_ends_with_its_launcher(
    launch: Callable[..., Launched], folder: Path, command: str
) -> None:
    code = folder / "code" / "room"
    code.mkdir(parents=True)
    (code / "rules.py").write_text("LIMIT = 1\n")
    # The folder's name marks its processes.
    where = {"cwd": code.parent, "PYTHONPATH": str(settings.BASE_DIR), "MARK": str(folder)}
    one = launch(sys.executable, "-m", "devservices.reload", sys.executable, "-c", command, **where)
    started(one, 1)
    (code / "notes.md").write_text("no code")
    (code / "rules.py").write_text("LIMIT = 20\n")
    started(one, 2)
    (code / "new.py").write_text("")
    started(one, 3)
    (code / "new.py").unlink()
    started(one, 4)
    assert "room/rules.py" in one.text()
    assert "notes.md" not in one.text()
    one.process.send_signal(signal.SIGTERM)
    assert one.process.wait(ENDED_WITHIN) == 0
    wait_until_gone(folder)


def test_it_watches_the_code_of_this_checkout_and_nothing_else() -> None:
    watched = {str(path.relative_to(settings.BASE_DIR)) for path in state(settings.BASE_DIR)}
    assert {"manage.py", "reminders/delivery.py", "config/settings/site.py", "config/templates/home.html"} <= watched
    assert not [path for path in watched if path.startswith((".", "var/", "venv/")) or "__pycache__" in path]


def test_it_needs_nothing_but_the_standard_library() -> None:
    script = "import sys, devservices.reload; print([name for name in ('django', 'psycopg') if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=settings.BASE_DIR, env={**os.environ}, capture_output=True, check=True
    )
    assert told.stdout == b"[]\n"
