"""Fixtures for every room: the cast, Redis, and fresh databases for tests that start real processes."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
import redis
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from xdist.scheduler import LoadScopeScheduling

from accounts.models import Person

# Some property tests count their own cases, by the profile's name.
SLOW_MACHINES = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
hypothesis.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=SLOW_MACHINES)
hypothesis.register_profile("ci", max_examples=100, deadline=None, suppress_health_check=SLOW_MACHINES)
hypothesis.register_profile("soak", max_examples=20_000, deadline=None, suppress_health_check=SLOW_MACHINES)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

# Long enough for every rule about passwords.
PASSWORD = "correct horse battery staple"


def member(email: str, **fields: Any) -> Person:
    return Person.objects.create(email=email, password=make_password(PASSWORD), **fields)


@pytest.fixture
def alice(db: None) -> Person:
    """She speaks Russian, in Moscow."""
    return member(
        "alice@example.org", display_name="Алиса", timezone="Europe/Moscow", timezone_told=True, language="ru"
    )


@pytest.fixture
def bob(db: None) -> Person:
    """He speaks English, in New York."""
    return member("bob@example.org", display_name="Bob", timezone="America/New_York", timezone_told=True)


@pytest.fixture
def charlie(db: None) -> Person:
    """The outsider, who never told a time zone."""
    return member("charlie@example.org", display_name="Charlie")


def pytest_xdist_auto_num_workers() -> int:
    """More than processors: a few tests wait most of their time for a minute to be full."""
    return (os.cpu_count() or 1) + 2


# Modules whose tests share what takes long to make (processes, a million rows) or has one name (databases).
TOGETHER = (
    "tests/acceptance/",
    "tests/devservices/test_run.py",
    "tests/reminders/test_plans_at_a_million.py",
    "tests/devservices/test_restore_in_containers.py",
)


class ModulesTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist's schedulers are untyped
    """One worker runs all tests of such a module, any other test goes to any. (xdist's groups need an older pytest.)"""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ModulesTogether | None:
    return ModulesTogether(config, log) if config.getoption("dist") == "load" else None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests have counted and measured, as they told it by `record_property("figure", ...)`."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    told = [value for one in reports if one.when == "call" for name, value in one.user_properties if name == "figure"]
    if told:
        terminalreporter.section("Figures")
    for value in told:
        terminalreporter.write_line(value)


@pytest.fixture(autouse=True)
def empty_redis(request: pytest.FixtureRequest) -> None:
    """What one test left in Redis (limits, cached counts, messages) must not meet the next one."""
    if request.node.get_closest_marker("django_db") or {"db", "transactional_db", "valkey"} & set(request.fixturenames):
        cache.clear()


@pytest.fixture
def within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute of our limits (`contract.throttle`) ends while the test runs."""
    moment = time.time()
    monkeypatch.setattr("contract.throttle.time", SimpleNamespace(time=lambda: moment))


@pytest.fixture
def valkey() -> Iterator["redis.Redis"]:
    """This worker's own Redis database, empty."""
    with redis.Redis.from_url(settings.REDIS_URL) as connection:
        connection.flushdb()
        yield connection
        connection.flushdb()


def address_of(database: str) -> str:
    """The DATABASE_URL of another database on the suite's server."""
    chosen = settings.DATABASES["default"]
    who = ":".join(quote(str(chosen[key]), safe="") for key in ("USER", "PASSWORD"))
    return f"postgres://{who}@{chosen['HOST']}:{chosen['PORT'] or 5432}/{database}"


def administer(*statements: str) -> None:
    with psycopg.connect(address_of("postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def migrated_template() -> Iterator[str]:
    """A database that has been migrated and that nobody is connected to: a copy of it takes a tenth of a second."""
    name = f"template_{uuid4().hex}"
    administer(f"CREATE DATABASE {name}")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env={**os.environ, "DATABASE_URL": address_of(name)},
        cwd=settings.BASE_DIR,
        check=True,
    )
    yield name
    administer(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def fresh_copy(template: str) -> Iterator[str]:
    """The DATABASE_URL of a copy of `template`, for as long as the block lasts."""
    name = f"fresh_{uuid4().hex}"
    administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield address_of(name)
    administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_database(migrated_template: str) -> Iterator[str]:
    """The DATABASE_URL of a migrated, empty database of this test's own, for the real processes that it starts."""
    with fresh_copy(migrated_template) as address:
        yield address
