"""`manage.py bot` as a process: polling, the webhook, and how it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings as chosen
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.acceptance.stack import wait_for
from tests.bot.conftest import ALICE, SECRET
from tests.bot_api import Control
from tests.bot_api.fixtures import TOKEN

pytestmark = pytest.mark.long

ENDED_WITHIN = 300.0  # seconds

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(bot_api: Control) -> Iterator[Start]:
    processes: list[subprocess.Popen[str]] = []

    def starting(**environment: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "manage.py", "bot"],
            cwd=chosen.BASE_DIR,
            env={**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": bot_api.url, **environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield starting
    for process in processes:
        process.kill()
        process.communicate()


def end(process: "subprocess.Popen[str]", how: signal.Signals) -> tuple[int, str]:
    process.send_signal(how)
    _out, said = process.communicate(timeout=ENDED_WITHIN)
    return process.returncode, said


def test_a_kill_loses_no_update(bot_api: Control, start: Start, fresh_database: str) -> None:
    """Killed while the answer is on its way; the next process finds the update unacknowledged."""
    bot_api.fail("sendMessage", hang=True)
    bot_api.write(ALICE, "/start")
    first = start(DATABASE_URL=fresh_database)
    wait_for(lambda: bot_api.calls("sendMessage"), what="the first process answers")
    code, _said = end(first, signal.SIGKILL)
    assert code == -signal.SIGKILL
    second = start(DATABASE_URL=fresh_database)
    wait_for(lambda: len(bot_api.said(ALICE)) == 2, what="the second process answers")
    code, said = end(second, signal.SIGTERM)
    assert code == 0, said
    assert TOKEN not in said
    with psycopg.connect(fresh_database) as connection:
        found = connection.execute("SELECT count(*), count(done_at) FROM bot_handledupdate").fetchone()
    assert found == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_with_a_webhook_the_web_answers(
    bot_api: Control, start: Start, live_server: LiveServer, settings: Settings
) -> None:
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    process = start(TELEGRAM_WEBHOOK_URL=live_server.url, TELEGRAM_WEBHOOK_SECRET=SECRET)
    wait_for(lambda: bot_api.calls("setWebhook"), what="the webhook is set")
    bot_api.write(ALICE, "/start")
    wait_for(lambda: bot_api.said(ALICE), what="the web answers")
    assert len(bot_api.said(ALICE)) == 1
    bot_api.calls("setMyCommands", at_least=2)
    code, said = end(process, signal.SIGINT)
    assert code == 0, said
    webhook: dict[str, Any] = bot_api.state()["webhook"]
    assert webhook["url"] == f"{live_server.url}/api/v1/telegram/webhook"
    assert webhook["secret_token"] == SECRET


def test_without_a_token_it_says_so_and_ends(start: Start) -> None:
    process = start(TELEGRAM_BOT_TOKEN="")
    _out, said = process.communicate(timeout=ENDED_WITHIN)
    assert process.returncode == 0
    assert said.startswith("Without TELEGRAM_BOT_TOKEN there is no bot to run")
    assert len(said.splitlines()) == 1
