"""A headless Chromium, the service, and front ends on origins of their own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.sinks import served
from tests.acceptance.stack import Stack, running_stack
from tests.conftest import fresh_copy

if TYPE_CHECKING:  # only `make test-browser` installs it
    from playwright.sync_api import Browser, BrowserContext, Page

FRONT_END = Path(__file__).parent / "front_end"
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ZONE = "Asia/Tokyo"


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def static_server() -> ThreadingHTTPServer:
    return ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(FRONT_END)))


@dataclass
class Origins:
    """Where the same front end is served: the service lets the first origin in, the second one it does not know."""

    allowed: str
    foreign: str


@pytest.fixture(scope="session")
def origins() -> Iterator[Origins]:
    with ExitStack() as both:
        servers = [static_server() for _ in range(2)]
        for server in servers:
            both.enter_context(served(server))
        yield Origins(*(f"http://127.0.0.1:{server.server_address[1]}" for server in servers))


@pytest.fixture(scope="session")
def stack(migrated_template: str, origins: Origins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """As in production: not in debug mode, where any port of localhost is let in."""
    logs = tmp_path_factory.mktemp("browser")
    parts = ("web", "worker", "beat")
    with (
        fresh_copy(migrated_template) as address,
        running_stack(address, logs, *parts, CORS_ALLOWED_ORIGINS=origins.allowed, DEBUG="false") as stack,
    ):
        yield stack


@pytest.fixture(scope="session")
def service(stack: Stack) -> str:
    return f"http://127.0.0.1:{stack.port}"


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.fail("Playwright is not installed: run `make test-browser`.", pytrace=False)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail("No Chromium here: on Debian and Ubuntu, run `apt install chromium`.", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Told:
    """What a browser has to say of its pages, and the hosts that have answered them."""

    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def listen(self, page: "Page") -> None:
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", lambda response: self.hosts.add("/".join(response.url.split("/")[:3])))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def context(browser: "Browser", told: Told) -> Iterator["BrowserContext"]:
    """One person's browser, with nothing in it yet."""
    context = browser.new_context(timezone_id=ZONE, locale="en-GB", viewport={"width": 1280, "height": 1600})
    context.on("page", told.listen)
    yield context
    context.close()


@pytest.fixture
def tab(context: "BrowserContext", origins: Origins, service: str) -> Callable[..., "Page"]:
    """Opens the front end in a tab, from the origin that is allowed where no other is named."""

    def open_tab(origin: str = "") -> "Page":
        page = context.new_page()
        page.goto(f"{origin or origins.allowed}/?service={service}")
        return page

    return open_tab
