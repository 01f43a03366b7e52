"""Makes a virtual environment and installs a lock into it: `python install.py VENV LOCK`. Standard library only.

It does nothing when that lock is what was installed last. uv (from the lock, by pip) installs in seconds; where it
cannot be had, or cannot reach what pip is configured to reach, pip does it in about a minute.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO

NEEDED_MEGABYTES = 900
# One package of a lock, with its hashes.
UV = re.compile(r"^uv==.*?\n(?=\S|\Z)", re.MULTILINE | re.DOTALL)


class CannotInstall(Exception):
    """One line that says what is in the way, and the remedy."""


def install(venv: Path, lock: Path) -> None:
    stamp = venv / "installed"
    wanted = hashlib.sha256(lock.read_bytes() + bytes(venv.resolve())).hexdigest()
    venv.mkdir(exist_ok=True)
    with (venv / "install.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # `make run` and `make test` may start side by side
        python = venv / "bin" / "python"
        if stamp.exists() and stamp.read_text() == wanted and has_pip(python):
            return
        stamp.unlink(missing_ok=True)
        free = shutil.disk_usage(venv).free // 2**20
        if free < NEEDED_MEGABYTES:
            raise CannotInstall(f"{venv.resolve().parent} has {free} MB free and needs {NEEDED_MEGABYTES}: make room.")
        print(f"Installing {lock} into {venv}", flush=True)
        with (venv / "install.log").open("w") as log:
            if not has_pip(python):
                make_venv(venv, log)
            packages(python, lock, log)
        stamp.write_text(wanted)


def has_pip(python: Path) -> bool:
    """Whether the environment is whole: the Python that it was made from may have gone."""
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_venv(venv: Path, log: TextIO) -> None:
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        remedy = f"on Debian and Ubuntu, run `apt install python{version}-venv`."
        raise CannotInstall(f"Python's venv module is missing: {remedy}") from None
    for name in ("bin", "include", "lib", "lib64"):
        leftover = venv / name
        if leftover.is_symlink():
            leftover.unlink()
        elif leftover.exists():
            shutil.rmtree(leftover)
    call([sys.executable, "-m", "venv", venv], log)


def packages(python: Path, lock: Path, log: TextIO) -> None:
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
    text = lock.read_text()
    part = python.parent.parent / "part.txt"
    found = UV.search(text)
    if found:
        part.write_text(found[0])
        try:
            call([*pip, part], log)
            call([python, "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock], log)
        except CannotInstall:
            print("uv is not to be had here, so pip installs (about a minute)", flush=True)
        else:
            return
    part.write_text(UV.sub("", text))
    call([*pip, part], log)


def call(command: list[str | Path], log: TextIO) -> None:
    # uv has certificates of its own, unless told to trust the machine's as pip does.
    environment = {**os.environ, "UV_SYSTEM_CERTS": "1"}
    started = log.tell()
    if subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, env=environment, check=False).returncode == 0:
        return
    said = [line.strip() for line in Path(log.name).read_text()[started:].splitlines() if line.strip()]
    full = next((line for line in said if "No space left" in line), None)
    reason = full or next((line for line in reversed(said) if "error" in line.lower()), "no reason given")
    raise CannotInstall(f"{reason} (all of it: {log.name})")


if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]), Path(sys.argv[2]))
    except CannotInstall as trouble:
        sys.exit(f"Cannot install: {trouble}")
    except OSError as error:
        sys.exit(f"Cannot install: {error.filename}: {error.strerror}. Make room there, or make it yours.")
    except KeyboardInterrupt:
        sys.exit(130)
