"""`make run`: the whole service on this machine, until Ctrl-C."""

import errno
import fcntl
import http.client
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from config import environment
from devservices import Trouble, servers
from devservices.processes import Child, Launcher, Stopped, stoppable

HOST = "127.0.0.1"
NEEDED_MEGABYTES = 300
WEB_PATIENCE_SECONDS = 300.0  # a part that ends does not let it come to that
# A web server that is told to stop while it starts does not hear it.
PART_PATIENCE_SECONDS = 5.0
COLOURS = (36, 33, 32, 35)
# Where `make backup` finds the database of a service at work.
RUNNING = "database.url"


def run() -> int:
    """Start everything and wait. Returns 0 after Ctrl-C or SIGTERM; raises Trouble when something is in the way."""
    port = environment.whole_number("PORT", default=8000, low=1, high=65535)
    data_dir = data_folder()
    if not environment.text("DEBUG"):
        os.environ["DEBUG"] = "true"
    # To read the settings is to check them: a malformed variable ends it here, in one line.
    from config import settings

    with stoppable():
        try:
            with the_only_one(data_dir), Launcher() as launcher:
                require_free(port)
                serve(launcher, data_dir, commands(port, bot=bool(settings.TELEGRAM_BOT_TOKEN)), port)
        except Stopped:
            print(f"Stopped. The data stays in {data_dir}", flush=True)
    return 0


def commands(port: int, *, bot: bool) -> dict[str, list[str]]:
    """The parts of the service, by name. The bot's process polls, or sees to the webhook where one is set."""
    python = sys.executable
    # What Celery warns root of is about pickled tasks; these are JSON.
    celery = [python, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "config"]
    granian = [python, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws"]
    parts = {
        "web": [*granian, "--blocking-threads", "4", "config.wsgi:application"],
        "worker": [*celery, "worker", "-l", "INFO", "--concurrency", "2", "--without-mingle"],
        "beat": [*celery, "beat", "-l", "WARNING", "-S", "django", "--pidfile", ""],
    }
    if bot:
        parts["bot"] = [python, "manage.py", "bot"]
    return parts


def serve(launcher: Launcher, data_dir: Path, parts: Mapping[str, list[str]], port: int) -> None:
    print(f"Starting on the data in {data_dir}", flush=True)
    variables = servers.start_missing(launcher, data_dir, throw_away=False) | {"PYTHONUNBUFFERED": "1"}
    (data_dir / RUNNING).unlink(missing_ok=True)
    if "DATABASE_URL" in variables:
        (data_dir / RUNNING).touch(mode=0o600)
        (data_dir / RUNNING).write_text(variables["DATABASE_URL"])
    manage(launcher, variables, "migrate", "--verbosity", "0")
    told = manage(launcher, variables, "demo")
    started: list[Child] = []
    try:
        for (name, command), colour in zip(parts.items(), cycle(COLOURS), strict=False):
            own = variables | metrics_port(len(started))
            child = launcher.start(name, command, environment=own, cwd=environment.BASE_DIR)
            started.append(child)
            threading.Thread(target=show, args=(child, colour), daemon=True).start()
        wait_for_web(launcher, port)
        print(banner(port, told), flush=True)
        while (ended := launcher.ended()) is None:
            time.sleep(0.2)
    finally:
        launcher.stop(started, patience_seconds=PART_PATIENCE_SECONDS)
    raise Trouble(f"{ended.name} ended by itself ({ended.ending()}), so the rest was stopped: its last lines say why.")


def metrics_port(number: int) -> dict[str, str]:
    """The parts share a machine, so they count up from METRICS_PORT: web, worker, beat, bot."""
    first = environment.whole_number("METRICS_PORT", default=0, low=0, high=65532)
    return {"METRICS_PORT": str(first + number)} if first else {}


def manage(launcher: Launcher, variables: Mapping[str, str], *arguments: str) -> str:
    """What a command of manage.py says. Raises Trouble with its last line where it fails."""
    child = launcher.start(
        arguments[0], [sys.executable, "manage.py", *arguments], environment=variables, cwd=environment.BASE_DIR
    )
    said = child.process.communicate()[0].decode(errors="replace")
    launcher.stop([child])
    if child.process.returncode:
        last_line = (said.strip() or "no reason given").splitlines()[-1]
        raise Trouble(f"manage.py {arguments[0]} failed: {last_line}")
    return said


def show(child: Child, colour: int) -> None:
    """Pass on a part's lines, each with its name."""
    name = f"{child.name:<6} |"
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        name = f"\033[{colour}m{name}\033[0m"
    for line in child.process.stdout or ():
        try:
            sys.stdout.write(f"{name} {line.decode(errors='replace').rstrip()}\n")
            sys.stdout.flush()
        except OSError:  # nobody reads any more
            os.kill(os.getpid(), signal.SIGTERM)
            return


def wait_for_web(launcher: Launcher, port: int) -> bool:
    """Whether it answers, before anything ended or patience did."""
    until = time.monotonic() + WEB_PATIENCE_SECONDS
    while launcher.ended() is None and time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def banner(port: int, told: str) -> str:
    base = f"http://{HOST}:{port}"
    lines = [
        ("API", f"{base}/api/docs (Swagger UI), {base}/api/redoc"),
        ("Admin", f"{base}/admin/"),
        *(tuple(line.split("\t", 1)) for line in told.splitlines() if "\t" in line),
        ("Stop", "Ctrl-C"),
    ]
    rule = "-" * 100
    return "\n".join(["", rule, f"  The habit tracker runs on {base}/", *(f"  {a:<8} {b}" for a, b in lines), rule, ""])


def data_folder() -> Path:
    folder = environment.BASE_DIR / environment.text("DATA_DIR", "var")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "run.lock").open("a").close()
        free = shutil.disk_usage(folder).free // 2**20
    except OSError as error:
        raise Trouble(
            f"DATA_DIR ({folder}) cannot be written ({error.strerror}): make it yours, or set another folder."
        ) from None
    if free < NEEDED_MEGABYTES:
        raise Trouble(
            f"DATA_DIR ({folder}) has {free} MB free and needs {NEEDED_MEGABYTES}: make room, or set another."
        )
    return folder.resolve()


@contextmanager
def the_only_one(data_dir: Path) -> Iterator[None]:
    with (data_dir / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"`make run` is at work on {data_dir} already: stop it, or give this one another DATA_DIR and PORT."
            ) from None
        yield


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                remedy = f"stop what listens there, or run `make run PORT={port + 1}`"
                raise Trouble(f"Port {port} is taken: {remedy}.") from None
            raise Trouble(f"Port {port} cannot be used ({error.strerror}): run `make run PORT=8000`.") from None
