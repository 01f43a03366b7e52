"""`make test`: the suite on servers of its own, in a temporary folder that goes with them."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from devservices import servers
from devservices.processes import Launcher, Stopped, follow_parent, stoppable


def test(arguments: list[str]) -> int:
    """Run pytest with these arguments; returns its exit code."""
    with stoppable(), tempfile.TemporaryDirectory(prefix="habits-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o711)  # `nobody` may have to pass through
        with suppress(Stopped), Launcher() as launcher:
            return pytest(arguments, servers.start_missing(launcher, folder, throw_away=True))
    return 130


def pytest(arguments: list[str], environment: dict[str, str]) -> int:
    # In the terminal's own group, and waited for: Ctrl-C reaches it there, and it reports what it had.
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        env={**os.environ, **environment},
        preexec_fn=follow_parent(signal.SIGTERM),
    )
    while True:
        try:
            code = process.wait()
            return code if code >= 0 else 128 - code
        except Stopped as stopped:
            if stopped.signal != signal.SIGINT:
                process.terminate()
