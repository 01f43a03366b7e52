"""A whole installation from its backup: accounts, sessions and habits, and what fell due since the backup was made."""

import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from tests.acceptance.stack import FrontEnd, running_stack, wait_for
from tests.conftest import PASSWORD, address_of, administer

pytestmark = pytest.mark.long

PARTS = ("web", "worker", "beat")
# As if the backup were that old when it is restored.
AGE = dt.timedelta(days=3)
AGED = "UPDATE habits_schedule SET next_at = next_at - %s"
STATES = """
SELECT h.action, r.state, count(*) FROM reminders_reminder r JOIN habits_habit h ON h.id = r.habit_id GROUP BY 1, 2
"""
LEFT = "SELECT count(*) FROM habits_schedule WHERE next_at <= now()"
UNSETTLED = "SELECT count(*) FROM reminders_envelope"


def devservices(*arguments: str, database: str) -> None:
    environment = {**os.environ, "DATABASE_URL": database}
    subprocess.run(
        [sys.executable, "-m", "devservices", *arguments], cwd=settings.BASE_DIR, env=environment, check=True
    )


def habit(person: FrontEnd, action: str, *, due_ago: dt.timedelta) -> dict[str, Any]:
    """Daily, at the time of day that was so long ago."""
    now = dt.datetime.now(dt.UTC)
    data = {
        "action": action,
        "time": f"{now - due_ago:%H:%M}",
        "place": "the hall",
        "reward": "tea",
        "starts_on": f"{now - 10 * AGE:%Y-%m-%d}",
    }
    created: dict[str, Any] = person.expect(201, "POST", "/api/v1/habits", data)
    return created


def test_it_comes_back_and_tells_late_what_still_makes_sense(fresh_database: str, tmp_path: Path) -> None:
    file, restored = tmp_path / "habits.dump", f"restored_{uuid4().hex}"
    with running_stack(fresh_database, tmp_path, *PARTS, TELEGRAM_BOT_TOKEN="") as stack:
        alice = stack.front_end()
        alice.sign_up("alice@example.org", timezone="UTC")
        stretch = habit(alice, "stretch", due_ago=dt.timedelta(minutes=20))
        habit(alice, "read", due_ago=dt.timedelta(hours=3))
        habits = alice.expect(200, "GET", "/api/v1/habits")
    with psycopg.connect(fresh_database) as connection:
        connection.execute(AGED, [AGE])
    devservices("backup", str(file), database=fresh_database)

    administer(f"CREATE DATABASE {restored}")
    address = address_of(restored)
    try:
        devservices("restore", str(file), database=address)
        with running_stack(address, tmp_path, *PARTS, TELEGRAM_BOT_TOKEN="") as stack:
            alice.port = stack.port
            # Her session is still hers; so is her password.
            found = alice.expect(200, "GET", "/api/v1/habits")
            assert [one["id"] for one in found["results"]] == [one["id"] for one in habits["results"]]
            again = {"email": "alice@example.org", "password": PASSWORD}
            stack.front_end().expect(200, "POST", "/api/auth/app/v1/auth/login", again)

            with psycopg.connect(address, autocommit=True) as connection:
                wait_for(lambda: connection.execute(LEFT).fetchone() == (0,), what="everything planned")
                wait_for(lambda: "stretch" in stack.log("worker"), what="a late reminder")
                # It is on the terminal before it is settled.
                wait_for(lambda: connection.execute(UNSETTLED).fetchone() == (0,), what="everything settled")
                states = Counter({(action, state): number for action, state, number in connection.execute(STATES)})
            # One late reminder of what was due within the hour; whatever is older is recorded, and told no more.
            assert states["stretch", "sent"] == 1
            assert states["stretch", "missed"] >= 1
            assert states["read", "missed"] >= 1
            assert {state for _, state in states} == {"sent", "missed"}
            assert ("read", "sent") not in states
            assert stack.log("worker").count("stretch") == 1
            now = dt.datetime.now(dt.UTC)
            shown = alice.expect(200, "GET", f"/api/v1/habits/{stretch['id']}")["next_reminder_at"]
            assert now < dt.datetime.fromisoformat(shown) <= now + dt.timedelta(days=1)
    finally:
        administer(f"DROP DATABASE {restored} WITH (FORCE)")
