"""deploy/backup.sh and deploy/restore.sh on a real server. There are no containers: a program takes compose's place."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from devservices import machine
from tests.conftest import address_of, administer

pytestmark = pytest.mark.long

# `compose exec -T db sh OPTION COMMAND` runs the command here, as the container's variables have it; the rest is noted.
COMPOSE = """#!/bin/sh
if [ "$1" = exec ]; then shift 3; exec "$@"; fi
echo "$@" >> "$SAID"
"""
NAMES = "SELECT name FROM people ORDER BY name"


class Containers:
    def __init__(self, folder: Path, database: str) -> None:
        self.database, self.said = database, folder / "said"
        self.said.touch()
        compose = folder / "compose"
        compose.write_text(COMPOSE)
        compose.chmod(0o755)
        chosen = settings.DATABASES["default"]
        with psycopg.connect(address_of(database)) as connection:
            tools = machine.postgres_tools(connection.info.server_version // 10000)
        self._environment = tools.environment | {
            "PATH": f"{tools.programs}:{os.environ['PATH']}",
            "COMPOSE": str(compose),
            "SAID": str(self.said),
            "POSTGRES_USER": str(chosen["USER"]),
            "POSTGRES_DB": database,
            "PGHOST": str(chosen["HOST"]),
            "PGPORT": str(chosen["PORT"] or 5432),
            "PGPASSWORD": str(chosen["PASSWORD"]),
        }

    def run(self, script: str, file: Path) -> subprocess.CompletedProcess[str]:
        command = ["bash", str(settings.BASE_DIR / "deploy" / script), str(file)]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=300, check=False)

    def asked(self) -> list[str]:
        """What compose was asked for, apart from commands in the database's container."""
        return self.said.read_text().splitlines()

    def execute(self, *statements: str) -> None:
        with psycopg.connect(address_of(self.database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def people(self) -> list[str]:
        with psycopg.connect(address_of(self.database)) as connection:
            return [name for (name,) in connection.execute(NAMES)]


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Containers]:
    database = f"contained-{uuid4().hex}"  # a name that has to be quoted
    administer(f'CREATE DATABASE "{database}"')
    try:
        found = Containers(tmp_path, database)
        found.execute("CREATE TABLE people (name text)", "INSERT INTO people VALUES ('Alice')")
        yield found
    finally:
        for name in (database, "restored_meanwhile", "replaced_meanwhile"):
            administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def test_it_restores_what_was_backed_up_whoever_is_connected(containers: Containers, tmp_path: Path) -> None:
    file = tmp_path / "habits.dump"
    told = containers.run("backup.sh", file)
    assert told.returncode == 0, told.stderr
    assert file.stat().st_mode & 0o077 == 0
    containers.execute("INSERT INTO people VALUES ('Bob')")
    with psycopg.connect(address_of(containers.database)):
        told = containers.run("restore.sh", file)
    assert told.returncode == 0, told.stderr
    assert containers.people() == ["Alice"]
    assert containers.asked() == ["stop web worker beat bot", "up -d"]


def test_a_file_that_breaks_off_changes_nothing_and_the_service_goes_on(containers: Containers, tmp_path: Path) -> None:
    file = tmp_path / "habits.dump"
    containers.run("backup.sh", file)
    file.write_bytes(file.read_bytes()[:-200])
    told = containers.run("restore.sh", file)
    assert told.returncode != 0
    assert "Nothing was restored" in told.stderr
    assert containers.people() == ["Alice"]
    assert containers.asked() == ["stop web worker beat bot", "start web worker beat bot"]


def test_a_restore_that_cannot_take_the_databases_place_says_so_and_loses_nothing(
    containers: Containers, tmp_path: Path
) -> None:
    file = tmp_path / "habits.dump"
    containers.run("backup.sh", file)
    # A template can be given another name, and not be dropped.
    administer("CREATE DATABASE replaced_meanwhile IS_TEMPLATE true")
    try:
        told = containers.run("restore.sh", file)
    finally:
        administer("ALTER DATABASE replaced_meanwhile IS_TEMPLATE false")
    assert told.returncode != 0
    assert "Nothing was restored" in told.stderr
    assert containers.people() == ["Alice"]
    assert containers.asked()[-1] == "start web worker beat bot"
