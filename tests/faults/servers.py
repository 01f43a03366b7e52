"""PostgreSQL and Valkey of a test's own, which go away and come back at the same address."""

import signal
from pathlib import Path

from config import environment
from devservices import servers
from devservices.processes import Child, Launcher
from devservices.servers import free_port

EMBEDDED = environment.flag("EMBEDDED", default=False)


class Valkey:
    """It keeps nothing: each start begins with an empty one."""

    def __init__(self, launcher: Launcher, folder: Path) -> None:
        self._launcher, self._folder, self._port = launcher, folder, free_port()
        self.start()

    def start(self) -> None:
        self.url = servers.start_valkey(
            self._launcher, self._folder, embedded=EMBEDDED, throw_away=True, port=self._port
        )
        self._child: Child = self._launcher.children[-1]

    def kill(self) -> None:
        self._child.process.kill()
        self._child.process.wait()
        self._launcher.stop([self._child])


class Postgres:
    """It keeps what was committed, as it does in earnest."""

    def __init__(self, launcher: Launcher, folder: Path) -> None:
        self._launcher, self._folder, self._port = launcher, folder, free_port()
        self.start()

    def start(self) -> None:
        self.url = servers.start_postgres(
            self._launcher, self._folder, embedded=EMBEDDED, throw_away=False, port=self._port
        )
        self._child: Child = self._launcher.children[-1]

    def crash(self) -> None:
        """Its immediate shutdown: every connection breaks, nothing is written any more, and the next start recovers."""
        self._child.process.send_signal(signal.SIGQUIT)
        self._child.process.wait()
        self._launcher.stop([self._child])
