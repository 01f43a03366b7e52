"""`python -m devservices.reload COMMAND...`: runs a command, and anew whenever code below this folder changes.

For development in containers (compose.override.example.yaml), whose workers do not watch their code themselves.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SUFFIXES = {".py", ".mo", ".html", ".txt"}
LEFT_OUT = {"var", "venv", "staticfiles", "node_modules", "__pycache__"}
LOOK_EVERY_SECONDS = 0.5
PATIENCE_SECONDS = 20.0


def files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in LEFT_OUT or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from files(path)
        elif path.suffix in SUFFIXES:
            yield path


def state(folder: Path) -> dict[Path, tuple[int, int]]:
    """When each file was changed last, and its size."""
    found = {}
    for path in files(folder):
        with suppress(FileNotFoundError):  # editors replace files
            seen = path.stat()
            found[path] = (seen.st_mtime_ns, seen.st_size)
    return found


def stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def main(command: list[str], folder: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    before = state(folder)
    child = subprocess.Popen(command)
    try:
        while True:
            time.sleep(LOOK_EVERY_SECONDS)
            now = state(folder)
            if now == before:
                continue
            changed = sorted(str(path.relative_to(folder)) for path, _ in now.items() ^ before.items())
            print(f"Changed: {changed[0]}. Starting anew: {' '.join(command)}", flush=True)
            stop(child)
            before, child = now, subprocess.Popen(command)
    except KeyboardInterrupt:
        pass
    finally:
        stop(child)


if __name__ == "__main__":
    main(sys.argv[1:], Path.cwd())
