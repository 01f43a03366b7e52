"""How many statements each operation sends to PostgreSQL at most, with few rows as with many.

Those two that tell who is asking are counted, transactions and savepoints are not.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from telegram.linking import link
from telegram.logins import create_code
from tests.api.test_who_may_what import operations
from tests.bot_api import Control
from tests.bot_api.fixtures import bot_api, bot_api_server
from tests.people import bearer
from tests.telegram.conftest import chat_of
from tracking.models import CheckIn
from tracking.services import check_in

__all__ = ["bot_api", "bot_api_server"]  # fixtures

NOW = dt.datetime.now(dt.UTC)
TODAY = NOW.date()
NEW = {"action": "swim", "time": "07:00", "place": "the lake", "reward": "tea"}
FEW, MANY = 2, 25


@dataclass(frozen=True)
class Asked:
    queries: int
    status: int = 200
    body: Any = None
    query: str = ""
    signed_in: bool = True


TABLE: dict[str, list[Asked]] = {
    "showProfile": [Asked(2)],
    "updateProfile": [Asked(3, body={"language": "ru"}), Asked(20, body={"timezone": "Asia/Tokyo"})],
    "eraseProfile": [Asked(30, 204)],
    "exportProfile": [Asked(14)],
    "listHabits": [Asked(4), Asked(4, query="?search=walk"), Asked(4, query="?is_pleasant=false")],
    "createHabit": [Asked(14, 201, NEW), Asked(7, 201, {"action": "rest", "is_pleasant": True})],
    "showHabit": [Asked(3)],
    "updateHabit": [Asked(13, body={"action": "walk fast"}), Asked(17, body={"time": "08:00"})],
    "deleteHabit": [Asked(11, 204)],
    "listCheckIns": [Asked(4)],
    "checkIn": [Asked(7, body={"status": "done"})],
    "takeBackCheckIn": [Asked(7, 204)],
    "showStats": [Asked(5)],
    "listPublicHabits": [
        Asked(1, signed_in=False),
        Asked(2, query="?search=walk", signed_in=False),
        Asked(1, query="?search=nowhere", signed_in=False),
    ],
    "showPublicHabit": [Asked(1, signed_in=False)],
    "copyPublicHabit": [Asked(16, 201, {})],
    "reportPublicHabit": [Asked(5, 204, {"reason": "rude"})],
    "showTelegramLink": [Asked(3)],
    "deleteTelegramLink": [Asked(15, 204)],
    "createTelegramLink": [Asked(5, 201)],
    "signInByTelegram": [Asked(7, signed_in=False)],
}
# What comes of an update is the bot's, and counted there.
ELSEWHERE = {"takeTelegramUpdate"}


@dataclass
class Scene:
    alice: Person
    ids: dict[str, int] = field(default_factory=dict)

    def ask(self, name: str, asked: Asked) -> tuple[int, str, list[str]]:
        """Status, body and statements."""
        method, path = operations()[name]
        path = path.format(habit_id=self.ids["public" if "public" in path else "own"], date=TODAY)
        body = asked.body
        if name == "signInByTelegram":
            body = {"code": create_code(person=self.alice, now=dt.datetime.now(dt.UTC)).text}
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Accept-Language": "en"} | (bearer(self.alice) if asked.signed_in else {})
        with CaptureQueriesContext(connection) as captured:
            response = Client().generic(method, path + asked.query, content, "application/json", headers=headers)
            said = response.getvalue().decode()
        statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        return response.status_code, said, statements


def shared(person: Person, number: int, **fields: Any) -> Habit:
    told: dict[str, Any] = {"action": f"walk {number}", "time": dt.time(7), "place": "home", "reward": "tea"}
    return create_habit(person=person, now=NOW, **told | {"is_public": True} | fields)


@pytest.fixture(params=[FEW, MANY], ids=["few", "many"])
def scene(request: pytest.FixtureRequest, alice: Person, bob: Person, bot_api: Control) -> Iterator[Scene]:
    """Alice has so many habits, of which one leads to a prize, and as many answers; Bob has as many public ones.

    The clock stands still, so that none of them falls due meanwhile.
    """
    chat_of(1, "alice_in_w")
    link(person_id=alice.pk, chat_id=1, now=NOW)
    own = shared(alice, 0, starts_on=TODAY - dt.timedelta(days=MANY))
    for number in range(request.param):
        prize = create_habit(person=alice, now=NOW, action=f"rest {number}", is_pleasant=True)
        shared(alice, number, reward=None, related_habit=prize.pk)
        CheckIn.objects.create(
            habit=own, date=TODAY - dt.timedelta(days=number + 1), status="done", source="bot", answered_at=NOW
        )
    check_in(person=alice, habit_id=own.pk, date=TODAY, status="skipped", source=CheckIn.Source.API, now=NOW)
    public = [shared(bob, number) for number in range(request.param)]
    with time_machine.travel(NOW, tick=False):
        yield Scene(alice, {"own": own.pk, "public": public[0].pk})


CASES = [(name, number) for name, asked in TABLE.items() for number in range(len(asked))]


@pytest.mark.parametrize(("name", "number"), CASES, ids=[f"{name}-{number}" for name, number in CASES])
def test_an_operation_sends_no_more_statements_than_that_whatever_there_is(
    scene: Scene, name: str, number: int
) -> None:
    wanted = TABLE[name][number]
    status, said, statements = scene.ask(name, wanted)
    assert status == wanted.status, said
    assert len(statements) <= wanted.queries, "\n".join(statements)


def test_the_table_names_every_operation_of_the_api() -> None:
    served = {name for name, (_method, path) in operations().items() if path.startswith("/api/v1/")}
    assert set(TABLE) | ELSEWHERE == served
