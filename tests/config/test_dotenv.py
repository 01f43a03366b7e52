"""`.env` beside `manage.py`: compose reads the same file, and both must find the same in it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SHOW = "import json, os; from config import environment; print(json.dumps(dict(os.environ)))"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the module that reads the file, and nothing else."""
    (tmp_path / "config").mkdir()
    shutil.copy(settings.BASE_DIR / "config" / "environment.py", tmp_path / "config")
    return tmp_path


def read(checkout: Path, written: bytes, **variables: str) -> subprocess.CompletedProcess[str]:
    (checkout / ".env").write_bytes(written)
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        [sys.executable, "-c", SHOW], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("WORD=plain", "plain"),
        ("export WORD=plain", "plain"),
        ("WORD=", ""),
        ("WORD=redis://redis:6379/0   # the inner one", "redis://redis:6379/0"),
        ("WORD='a # b'   # a comment", "a # b"),
        ("""WORD='pa@ss#wo/rd $HO%ME" ${X} + it\\'s'""", """pa@ss#wo/rd $HO%ME" ${X} + it's"""),
        ('WORD="two words"', "two words"),
        ("WORD='Привет'\r", "Привет"),
    ],
)
def test_it_reads_values_as_compose_does(checkout: Path, line: str, value: str) -> None:
    told = read(checkout, f"# first\n{line}\nLAST=1\n".encode())
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert (found["WORD"], found["LAST"]) == (value, "1")


def test_the_environment_wins_even_where_it_is_empty(checkout: Path) -> None:
    found = json.loads(read(checkout, b"ONE=file\nTWO=file\n", ONE="environment", TWO="").stdout)
    assert (found["ONE"], found["TWO"]) == ("environment", "")


def test_the_mark_that_windows_puts_in_front_is_no_part_of_a_name(checkout: Path) -> None:
    assert json.loads(read(checkout, b"\xef\xbb\xbfWORD=one\r\n").stdout)["WORD"] == "one"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"WORD=one\nthis is no line\n", "line 2: expected NAME=value."),
        (b"WORD='one\n", "line 1: expected NAME=value."),
        ("WORD=Привет\n".encode("cp1251"), "is not in UTF-8: save it so."),
    ],
)
def test_what_cannot_be_read_stops_the_start_in_one_line(checkout: Path, written: bytes, why: str) -> None:
    told = read(checkout, written)
    assert told.returncode == 1
    assert told.stderr.strip().startswith(str(checkout / ".env"))
    assert told.stderr.strip().endswith(why)
    assert told.stderr.count("\n") == 1
