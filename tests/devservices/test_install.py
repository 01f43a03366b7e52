import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.devservices.conftest import bare_environment

pytestmark = pytest.mark.long

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-django42.txt")


def install(lock: Path, venv: Path, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run install.py; `before` is Python that is carried out first in its process."""
    script = settings.BASE_DIR / "devservices" / "install.py"
    run = f"import runpy, sys; sys.argv = ['install.py', {str(venv)!r}, {str(lock)!r}]; {before}\n"
    run += f"runpy.run_path({str(script)!r}, run_name='__main__')"
    python = sys._base_executable  # type: ignore[attr-defined]
    return subprocess.run([python, "-c", run], env=bare_environment(), capture_output=True, text=True, check=False)


def refused(lock: Path, venv: Path, *, before: str = "") -> str:
    told = install(lock, venv, before=before)
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1, told.stderr
    return told.stderr.strip()


@pytest.fixture
def lock(folder: Path) -> Path:
    """A lock that installs nothing."""
    path = folder / "lock.txt"
    path.write_text("# nothing\n")
    return path


def test_it_installs_once_and_again_when_the_lock_changed(folder: Path, lock: Path) -> None:
    first, second = install(lock, folder / "venv"), install(lock, folder / "venv")
    lock.write_text("# nothing new\n")
    third = install(lock, folder / "venv")
    assert [told.returncode for told in (first, second, third)] == [0, 0, 0]
    assert ["Installing" in told.stdout for told in (first, second, third)] == [True, False, True]
    assert (folder / "venv" / "bin" / "python").exists()


def test_it_mends_an_environment_whose_python_has_gone(folder: Path, lock: Path) -> None:
    assert install(lock, folder / "venv").returncode == 0
    (folder / "venv" / "bin" / "python").unlink()
    assert install(lock, folder / "venv").returncode == 0
    assert subprocess.run([folder / "venv" / "bin" / "python", "-c", "import pip"], check=False).returncode == 0


def test_it_says_what_to_do_without_the_venv_module(folder: Path, lock: Path) -> None:
    said = refused(lock, folder / "venv", before="sys.modules['ensurepip'] = None")
    assert re.fullmatch(r"Cannot install: Python's venv module is missing: .* `apt install python3\.\d+-venv`\.", said)


def test_it_says_that_room_is_missing(folder: Path, lock: Path) -> None:
    full = "import shutil; shutil.disk_usage = lambda path: type('Full', (), {'free': 5 * 2**20})"
    said = refused(lock, folder / "venv", before=full)
    assert said == f"Cannot install: {folder} has 5 MB free and needs 900: make room."


def test_it_says_where_it_cannot_write(folder: Path, lock: Path) -> None:
    (folder / "file").touch()
    said = refused(lock, folder / "file" / "venv")
    assert said.startswith(f"Cannot install: {folder / 'file' / 'venv'}: Not a directory")


def test_it_says_what_pip_says(folder: Path, lock: Path) -> None:
    wrong_hash = "0" * 64
    lock.write_text(f"Django==0.0.1 --hash=sha256:{wrong_hash}\n")
    offline = "import os; os.environ |= {'PIP_NO_INDEX': '1', 'PIP_FIND_LINKS': '/nonexistent'}"
    said = refused(lock, folder / "venv", before=offline)
    assert re.fullmatch(r"Cannot install: .*Django==0\.0\.1.* \(all of it: .*/install\.log\)", said), said


def test_make_says_that_there_is_no_python_that_is_new_enough(folder: Path) -> None:
    programs = folder / "bin"
    programs.mkdir()
    for name in ("sh", "make", "env", "git"):
        found = shutil.which(name)
        if found:
            (programs / name).symlink_to(found)
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)
    told = subprocess.run(
        ["make", "run"],
        cwd=settings.BASE_DIR,
        env=bare_environment(PATH=str(programs)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode != 0
    assert "No Python 3.11 or newer here: install one, or name it, as in make PYTHON=" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_pinned_with_hashes_and_no_index_is_named(name: str) -> None:
    text = (settings.BASE_DIR / name).read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) > 40
    assert [
        entry for entry in entries if not re.match(r"[a-z0-9_.-]+(\[[a-z,-]+\])?==\S+ ", entry, re.IGNORECASE)
    ] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_locks_agree() -> None:
    runtime, development = (
        dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (settings.BASE_DIR / name).read_text(), re.MULTILINE))
        for name in LOCKS[:2]
    )
    assert {name: development.get(name) for name in runtime} == runtime
    assert "pytest" not in runtime
