"""The compiled client against the real processes: every operation of the document answers it as its types have it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from devservices.servers import free_port
from tests.acceptance.sinks import Mails, served
from tests.acceptance.stack import FrontEnd, Stack, running_stack
from tests.client.program import CLIENT, run
from tests.conftest import fresh_copy

pytestmark = [pytest.mark.client, pytest.mark.usefixtures("compiled")]
CHAT = 1001
ANSWERED = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S+) (\d{3})")


@pytest.fixture(scope="module")
def mails() -> Iterator[Mails]:
    mails = Mails()
    with served(mails):
        yield mails


@pytest.fixture(scope="module")
def stack(migrated_template: str, tmp_path_factory: pytest.TempPathFactory, mails: Mails) -> Iterator[Stack]:
    logs = tmp_path_factory.mktemp("client")
    with fresh_copy(migrated_template) as address, running_stack(address, logs, EMAIL_URL=mails.url) as stack:
        yield stack


@dataclass
class Outside:
    """Whoever reads the mails and writes to the bot while the tour waits for a line."""

    stack: Stack
    mails: Mails
    mails_read: int = 0
    said: list[str] = field(default_factory=list)

    def answer(self, question: str) -> str:
        if question.startswith("The code from the mail to "):
            self.mails_read += 1
            return self.mails.code(self.mails_read)
        if found := re.search(r"https://t\.me/\S+(?=,)", question):
            (token,) = parse_qs(urlsplit(found[0]).query)["start"]
            self.write(f"/start {token}")
            return ""
        assert "/login" in question, question
        return self.write("/login").split()[0]

    def write(self, text: str) -> str:
        """The bot's next message after that."""
        bot_api = self.stack.bot_api
        before = len(bot_api.said(CHAT))
        bot_api.write(CHAT, text, language="en")
        return bot_api.said(CHAT, at_least=before + 1)[before]


def node(stack: Stack, module: str, errors: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["node", str(CLIENT / "build" / module), f"http://127.0.0.1:{stack.port}"],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors.open("w"),
    )


@pytest.fixture(scope="module")
def answered(stack: Stack, mails: Mails, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], set[int]]:
    """The statuses of every operation that the tour has called. It fails with what the tour said last."""
    outside = Outside(stack, mails)
    errors = tmp_path_factory.mktemp("tour") / "errors"
    found: dict[tuple[str, str], set[int]] = {}
    with node(stack, "tour/main.js", errors) as tour:
        assert tour.stdin
        assert tour.stdout
        try:
            for line in map(str.strip, tour.stdout):
                if told := ANSWERED.fullmatch(line):
                    found.setdefault((told[1], told[2]), set()).add(int(told[3]))
                else:
                    tour.stdin.write(outside.answer(line) + "\n")
                    tour.stdin.flush()
        except BaseException:
            tour.kill()
            raise
    assert tour.returncode == 0, errors.read_text()
    return found


def test_it_calls_every_operation_of_the_document(
    stack: Stack, answered: dict[tuple[str, str], set[int]], record_property: Any
) -> None:
    document = stack.front_end().expect(200, "GET", "/api/openapi.json")
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == answered.keys()
    record_property("figure", f"the TypeScript client called all {len(described)} operations of the document")


def test_it_meets_statuses_that_the_document_names(stack: Stack, answered: dict[tuple[str, str], set[int]]) -> None:
    document = stack.front_end().expect(200, "GET", "/api/openapi.json")
    for (method, path), statuses in answered.items():
        named = document["paths"][path][method.lower()]["responses"]
        assert {str(status) for status in statuses} <= named.keys(), (method, path)


def test_a_first_habit_is_made_as_the_guide_has_it(stack: Stack, tmp_path: Path) -> None:
    """On a web process without a mail server, beside the other one, as `make run` has it."""
    beside = replace(stack, port=free_port(), variables={**stack.variables, "EMAIL_URL": ""}, parts={})
    beside.start("web")
    try:
        beside.wait_until_ready()
        person = FrontEnd(beside.port)
        with node(beside, "first_habit.js", tmp_path / "errors") as program:
            said, _ = program.communicate(timeout=60)
        assert said == "I will stretch at 07:30 in the kitchen\n", (tmp_path / "errors").read_text()
        assert person.call("GET", "/api/v1/me").status == 401
    finally:
        beside.stop("web")


def test_types_are_generated_from_the_running_service(stack: Stack, tmp_path: Path) -> None:
    """As the guide has it, and they are those that were generated from docs/openapi.json."""
    address = f"http://127.0.0.1:{stack.port}/api/openapi.json"
    generated = tmp_path / "schema.d.ts"
    outcome = run("openapi-typescript", address, "--output", str(generated))
    assert outcome.returncode == 0, outcome.stdout
    assert generated.read_text() == (CLIENT / "src" / "schema.d.ts").read_text()


SPOILED = """
import { connect, type Habit, inMemory } from "./client.js";
const api = connect("", inMemory());
export const habit: Habit = { id: 7 };
void api.POST("/api/v1/habbits", {});
void api.PATCH("/api/v1/me", { body: { timezone: 3 } });
export const first: number = [1][0];
export const loose: any = await api.GET("/api/v1/me");
"""


@pytest.mark.parametrize(("script", "complaints"), [("build", {4, 5, 6, 7}), ("no-any", {8})])
def test_what_is_wrong_does_not_pass(tmp_path: Path, script: str, complaints: set[int]) -> None:
    """The checks of `make client`, on a copy with a wrong module more, by the lines that they complain of."""
    copy = tmp_path / "client"
    shutil.copytree(CLIENT, copy, ignore=shutil.ignore_patterns("node_modules", "build"))
    (copy / "node_modules").symlink_to(CLIENT / "node_modules")
    (copy / "src" / "spoiled.ts").write_text(SPOILED)
    command = json.loads((CLIENT / "package.json").read_text())["scripts"][script].split()
    outcome = run(*command, folder=copy)
    assert outcome.returncode != 0
    assert {int(line) for line in re.findall(r"spoiled\.ts[(:](\d+)", outcome.stdout)} == complaints, outcome.stdout
