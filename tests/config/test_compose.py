"""compose.yaml, as each generation of compose reads it; what it does when it runs is deploy/check.sh's to show."""

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.settings import FROM_OUTSIDE

PASSWORD = """pa@ss#wo/rd $HO%ME" \\ +"""
ENV = f"POSTGRES_DB=habits\nPOSTGRES_USER=habits\nPOSTGRES_PASSWORD='{PASSWORD}'\n"
LONG_RUNNING = {"web", "worker", "beat", "bot", "db", "redis"}
EXTRAS = ("compose.override.example.yaml", "deploy/compose.caddy.yaml", "deploy/compose.prometheus.yaml")


def installed() -> list[list[str]]:
    """The compose commands of this machine: docker-compose 1.29.2, `docker compose`."""
    commands = [["docker-compose"]] if shutil.which("docker-compose") else []
    if shutil.which("docker"):
        asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        commands += [["docker", "compose"]] if asked.returncode == 0 else []
    return commands


def services(path: str = "compose.yaml") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / path).read_text())["services"]
    return found


def test_every_service_is_bounded_and_closed() -> None:
    for name, service in services().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert {"mem_limit", "cpus", "pids_limit"} <= set(service), name
        assert {"max-size", "max-file"} == set(service["logging"]["options"]), name
        assert service["restart"] == ("unless-stopped" if name in LONG_RUNNING else "no"), name
        assert ("ports" in service) is (name == "web"), name
        assert ("healthcheck" in service) is (name in LONG_RUNNING), name
    assert set(services()) == LONG_RUNNING | {"migrate"}


def test_every_variable_of_the_contract_reaches_the_service() -> None:
    own = {"PORT"}  # where the host publishes it
    passed = set(services()["web"]["environment"])
    assert set(FROM_OUTSIDE.split()) - own <= passed
    for name in ("worker", "beat", "bot", "migrate"):
        assert set(services()[name]["environment"]) == passed, name


@pytest.mark.parametrize(
    "told", [{}, {"CSRF_TRUSTED_ORIGINS": "https://habits.example.org", "TRUSTED_PROXIES": "172.30.84.2"}], ids=str
)
def test_djangos_checks_for_deployment_find_nothing(told: dict[str, str]) -> None:
    of_compose = dict.fromkeys(services()["web"]["environment"], "")
    own = {"SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": "localhost,127.0.0.1", "PATH": os.environ["PATH"]}
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=of_compose | own | told,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files that compose reads, with a `.env` of three lines."""
    (tmp_path / "deploy").mkdir()
    for path in ("compose.yaml", *EXTRAS):
        shutil.copy(settings.BASE_DIR / path, tmp_path / path)
    (tmp_path / ".env").write_text(ENV)
    return tmp_path


def read(command: list[str], project: Path, *arguments: str, **variables: str) -> dict[str, Any]:
    """The configuration as a compose command understands it."""
    told = subprocess.run(
        [*command, *arguments, "config"],
        cwd=project,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(project), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = yaml.safe_load(told.stdout)
    return found


@pytest.mark.skipif(not installed(), reason="there is no docker-compose and no docker compose here")
@pytest.mark.parametrize("command", installed(), ids=" ".join)
def test_three_lines_are_enough_and_a_password_may_hold_anything(command: list[str], project: Path) -> None:
    found = read(command, project)["services"]
    for name in ("web", "worker", "beat", "bot", "migrate", "db"):
        # What is printed can be read again, so a dollar is written twice.
        assert found[name]["environment"]["POSTGRES_PASSWORD"].replace("$$", "$") == PASSWORD, name
    assert {name for name, service in found.items() if service.get("mem_limit")} == set(found)
    assert {float(service["cpus"]) for service in found.values()} == {1.0}
    (port,) = found["web"]["ports"]
    if not isinstance(port, str):  # the newer generation spells it out
        port = f"{port['host_ip']}:{port['published']}:{port['target']}/{port['protocol']}"
    assert port == "127.0.0.1:8000:8000/tcp"


@pytest.mark.skipif(not installed(), reason="there is no docker-compose and no docker compose here")
@pytest.mark.parametrize("command", installed(), ids=" ".join)
@pytest.mark.parametrize("extra", EXTRAS)
def test_the_examples_fit_on_top(command: list[str], project: Path, extra: str) -> None:
    variables = {"SITE": "habits.example.org", "CPU_LIMIT": "0.5"}
    found = read(command, project, "-f", "compose.yaml", "-f", extra, **variables)["services"]
    plain = read(command, project)["services"]
    changed = {name for name in found if name != "migrate" and found[name] != {**plain.get(name, {}), "cpus": 0.5}}
    assert changed, "it changes something"
    assert found["web"]["environment"]["POSTGRES_PASSWORD"] == plain["web"]["environment"]["POSTGRES_PASSWORD"]
    assert {float(service["cpus"]) for service in found.values()} == {0.5}
    if "caddy" in extra:
        assert found["web"]["environment"]["TRUSTED_PROXIES"] == found["caddy"]["networks"]["front"]["ipv4_address"]
        assert set(found["web"]["networks"]) == {"inside", "outside", "front"}
        assert found["worker"]["environment"] == plain["worker"]["environment"]


def test_the_image_holds_the_service_and_nothing_else() -> None:
    """What is not named stays out, such as a backup in this folder; of what is named, everything is needed."""
    first, *lines = [
        line for line in (settings.BASE_DIR / ".dockerignore").read_text().splitlines() if not line.startswith("#")
    ]
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    rooms = {app.partition(".")[0] for app in settings.INSTALLED_APPS if (settings.BASE_DIR / app).is_dir()}
    assert first == "*"
    assert let_in == rooms - {"tests"} | {"config", "contract", "manage.py", "requirements.txt", "LICENSE"}


def test_git_passes_over_backups_and_keys() -> None:
    """Where docs/operations.md has them written, a hasty `git add` would publish them."""
    ignored = (settings.BASE_DIR / ".gitignore").read_text().splitlines()
    assert {"*.dump", "*.dump.part", "secret_key", ".env"} <= set(ignored)
