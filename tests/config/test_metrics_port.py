"""Processes that serve one port together: who shows the numbers, and what becomes of those who are gone."""

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from devservices.servers import free_port

BEGIN = """
import multiprocessing, os, signal, sys, time, urllib.request
from contract.metrics import Counter, Gauge
import django
django.setup()
from django.conf import settings
from contract import metrics_port
DONE, HELD = Counter("habits_done_total", "Done."), Gauge("habits_held", "Held.")

def seen(name):
    address = f"http://127.0.0.1:{settings.METRICS_PORT}/"
    lines = urllib.request.urlopen(address, timeout=10).read().decode().splitlines()
    return [float(line.split()[1]) for line in lines if line.split()[0] == name]

def until(condition):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError("not within 30 s")
"""


def run(script: str, folder: Path, **variables: str) -> str:
    """What a process of its own says that runs the script with these variables and temporary folder."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + textwrap.dedent(script)],
        env={**os.environ, "DEBUG": "1", "TMPDIR": str(folder), **variables},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    with tempfile.TemporaryDirectory(dir=tmp_path) as found:
        yield Path(found)


def test_without_a_port_nothing_is_kept_and_not_even_the_library_imported(folder: Path) -> None:
    said = run(
        """
        metrics_port.serve()
        DONE.inc()
        print("imported" if "prometheus_client" in sys.modules else "not imported", DONE.kept)
        """,
        folder,
        METRICS_PORT="",
    )
    assert said == "not imported None\n"
    assert not list(folder.iterdir())


def test_forked_children_are_added_up_and_what_the_dead_held_is_taken_away(folder: Path) -> None:
    run(
        """
        metrics_port.serve()
        children = []
        for number in range(3):
            child = os.fork()
            if not child:
                DONE.inc(10)
                HELD.set(5)
                signal.pause()
            children.append(child)
        DONE.inc()
        until(lambda: seen("habits_done_total") == [31] and seen("habits_held") == [15])
        os.kill(children[0], signal.SIGKILL)
        os.waitpid(children[0], 0)
        until(lambda: seen("habits_held") == [10])
        assert seen("habits_done_total") == [31]
        for child in children[1:]:
            os.kill(child, signal.SIGKILL)
        """,
        folder,
        METRICS_PORT=str(free_port()),
    )


def test_of_workers_that_one_process_started_one_serves_and_another_follows_it(folder: Path) -> None:
    said = run(
        """
        def work(number, order):
            metrics_port.serve()
            DONE.inc(number)
            order.put(os.getpid())
            signal.pause()

        fork = multiprocessing.get_context("fork")
        order = fork.Queue()
        workers = []
        for number in (1, 2):
            workers.append(fork.Process(target=work, args=(number, order)))
            workers[-1].start()
            order.get()
        until(lambda: seen("habits_done_total") == [3])
        workers[0].kill()
        workers[0].join()
        until(lambda: seen("habits_done_total") == [3])
        workers[1].kill()
        """,
        folder,
        METRICS_PORT=str(free_port()),
    )
    assert said.count("Metrics are shown on port") == 2
    assert "cannot be served" not in said


def test_a_folder_that_nobody_lives_in_goes_with_the_next_start_and_ones_own_at_the_end(folder: Path) -> None:
    left = folder / f"habits-metrics-{os.getuid()}-999999"
    left.mkdir()
    (left / "lives").touch()
    (left / "counter_999999.db").touch()
    run(
        "metrics_port.serve()\nDONE.inc()\nassert seen('habits_done_total') == [1]",
        folder,
        METRICS_PORT=str(free_port()),
    )
    assert not list(folder.iterdir())


def test_where_there_is_no_folder_to_count_in_the_work_goes_on(folder: Path) -> None:
    said = run(
        """
        import pathlib, tempfile
        mine = pathlib.Path(tempfile.gettempdir()) / f"habits-metrics-{os.getuid()}-{os.getpid()}"
        mine.symlink_to("/")
        metrics_port.serve()
        DONE.inc()
        print("works on")
        """,
        folder,
        METRICS_PORT=str(free_port()),
    )
    assert "METRICS_PORT is of no use, there is no folder to count in" in said
    assert said.endswith("works on\n")


def test_a_source_that_cannot_be_read_takes_nothing_else_away(folder: Path) -> None:
    said = run(
        """
        def broken():
            raise RuntimeError("the database is away")
            yield

        metrics_port.serve(broken)
        DONE.inc()
        assert seen("habits_done_total") == [1]
        """,
        folder,
        METRICS_PORT=str(free_port()),
    )
    assert "The system's numbers cannot be read: the database is away" in said
