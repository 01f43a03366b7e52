"""`make backup` and `make restore`: PostgreSQL's custom format, by the programs that suit the server.

The database is the one that DATABASE_URL or POSTGRES_HOST names, else that of `make run`, which may be at work or not.
"""

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import environment
from devservices import Trouble, given, machine, servers
from devservices.machine import PostgresServer
from devservices.processes import Launcher, stoppable
from devservices.run import RUNNING, data_folder, the_only_one

# What holds our tables. The extension that the search needs goes and comes with it.
EMPTIED = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
# Newer programs set it on older servers too. It would be in the first lines.
UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
HEAD = 50
HAS_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


def backup(name: str = "") -> int:
    """Write the whole database into a file, by default a dated one in DATA_DIR/backups."""
    with stoppable(), database(may_run=True) as address, psycopg.connect(address) as connection:
        tools = machine.postgres_tools(connection.info.server_version // 10000)
        stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
        target = Path(name) if name else data_folder() / "backups" / f"habits-{stamp}.dump"
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{target.name}.part")
        draft.touch(mode=0o600)  # it holds addresses, and the hashes of passwords
        try:
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={draft}"]
            with start(tools, "pg_dump", *options, f"--dbname={without_password(address)}", at=address) as dump:
                said = dump.communicate()[1]
            if dump.returncode:
                raise Trouble(f"There is no backup: {last_line(said)}")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    print(f"{target}: {target.stat().st_size:,} bytes. Tokens and sessions want the same SECRET_KEY: keep it, too.")
    return 0


def restore(name: str, *, replace: bool) -> int:
    """Bring back what a backup holds, all of it or nothing; into an empty database, unless `replace`."""
    source = Path(name)
    if not name or not source.is_file():
        raise Trouble(
            f"There is no backup {name or '(FILE is not set)'}: name one, as in make restore FILE=habits.dump"
        )
    with stoppable(), database(may_run=False) as address, psycopg.connect(address) as connection:
        tools = machine.postgres_tools(connection.info.server_version // 10000)
        tables = connection.execute(HAS_TABLES).fetchone()
        if not replace and tables != (0,):
            raise Trouble("The database is not empty: `make restore FILE=... REPLACE=1` replaces all that it holds.")
        connection.rollback()
        load(tools, source, address)
    print(f"Restored from {source}. `make run` migrates it as it starts; elsewhere run `python manage.py migrate`.")
    return 0


def load(tools: PostgresServer, source: Path, address: str) -> None:
    """One transaction from the first statement to the last; ended before its end, it has changed nothing."""
    writing = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    reading = ["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(source)]
    with (
        start(tools, *writing, f"--dbname={without_password(address)}", at=address) as writer,
        start(tools, *reading, at=address) as reader,
    ):
        statements, sink = cast(IO[bytes], reader.stdout), cast(IO[bytes], writer.stdin)
        said = b""
        try:
            sink.write(EMPTIED)
            for line in islice(statements, HEAD):
                if line != UNKNOWN_BEFORE_17:
                    sink.write(line)
            shutil.copyfileobj(statements, sink)
            said = reader.communicate()[1]
            if reader.returncode == 0:
                said = writer.communicate()[1]
        except BrokenPipeError:  # it has refused something
            reader.kill()
            said = writer.communicate()[1]
        finally:
            # It would take the end of its input for the end of the work.
            writer.kill()
            with suppress(BrokenPipeError):
                sink.close()
    if reader.returncode or writer.returncode:
        raise Trouble(f"Nothing was restored: {last_line(said)}")


def start(tools: PostgresServer, program: str, *arguments: str, at: str) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    command = [str(tools.programs / program), *arguments]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=variables(tools, at))


@contextmanager
def database(*, may_run: bool) -> Iterator[str]:
    """The address of the database, as libpq takes it; `make run`'s own is started where it is not at work."""
    if given.postgres():
        chosen = environment.database()
        parts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        words = {word: chosen[key] for word, key in parts.items() if chosen[key]}
        yield make_conninfo(**words, **chosen.get("OPTIONS", {}))
        return
    data_dir = data_folder()
    with ExitStack() as held:
        try:
            held.enter_context(the_only_one(data_dir))
        except Trouble:
            if not may_run or not (data_dir / RUNNING).exists():
                raise
            address = (data_dir / RUNNING).read_text()
        else:
            embedded = environment.flag("EMBEDDED", default=False)
            launcher = held.enter_context(Launcher())
            address = servers.start_postgres(launcher, data_dir, embedded=embedded, throw_away=False)
        yield make_conninfo(address)


def without_password(address: str) -> str:
    """On a command line everybody could read it."""
    words: dict[str, Any] = {word: value for word, value in conninfo_to_dict(address).items() if word != "password"}
    return make_conninfo(**words)


def variables(tools: PostgresServer, address: str) -> dict[str, str]:
    password = conninfo_to_dict(address).get("password")
    return {**os.environ, **tools.environment, **({"PGPASSWORD": str(password)} if password else {})}


def last_line(said: bytes) -> str:
    return (said.decode(errors="replace").strip() or "no reason given").splitlines()[-1]
