"""`python -m benchmarks [--size small] [--only planner]`."""

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from benchmarks import machine, page
from benchmarks.ground import Ground, prepared
from benchmarks.section import Section
from benchmarks.size import SIZES, Size
from devservices import Trouble
from devservices.processes import Launcher, Stopped, stoppable

# Each a module with `run`, imported once the settings are there. In the order of the page.
PARTS = ["planner", "delivery", "limit", "lateness", "periodic", "morning", "stats", "api"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given again")
    options = parser.parse_args()
    console = Console()
    with stoppable(), tempfile.TemporaryDirectory(prefix="habits-bench-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o711)  # `nobody` may have to pass through
        with suppress(Stopped), Launcher() as launcher:
            measure(launcher, folder, console, SIZES[options.size], options.only or PARTS)
            return 0
    return 130


def measure(launcher: Launcher, folder: Path, console: Console, size: Size, parts: list[str]) -> None:
    began = time.monotonic()
    with prepared(launcher, folder, console) as ground:
        told = machine.described(ground.variables["DATABASE_URL"], ground.variables["REDIS_URL"])
        for name in parts:
            run: Callable[[Ground, Size], Section] = importlib.import_module(f"benchmarks.{name}").run
            section = run(ground, size)
            page.show(console, section)
            page.write(name, section, order=PARTS, size=size.name, machine=told)
    console.print(f"{told}. It took {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(str(trouble))
