"""Every operation of the OpenAPI document against everyone: nobody reads or changes what is another's.

The table names each operation and what comes of it for a stranger, another person, the owner and a member of staff, who
is nobody special outside the admin. An operation that is not in the table fails the test, so that none is forgotten.
"""

import datetime as dt
import functools
import json
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Person
from config.api import api
from habits.services import create_habit
from tests.conftest import PASSWORD
from tests.people import bearer
from tracking.models import CheckIn
from tracking.services import check_in

Who = Literal["stranger", "other", "owner", "staff"]
EVERYONE: tuple[Who, ...] = ("stranger", "other", "owner", "staff")
AUTH = "/api/auth/app/v1"
# Words that are Alice's alone; nobody else may ever get one of them.
PRIVATE = "pilates in the attic"
NOTE = "the knee hurts"
EMAIL = "alice@example.org"
HABIT = {"action": "swim", "time": "07:00", "place": "the lake", "reward": "tea"}
TODAY = dt.datetime.now(dt.UTC).date()


@dataclass(frozen=True)
class Operation:
    """What an operation answers a stranger, another person (staff included), and the owner; `subject` is Alice's."""

    stranger: int
    other: int
    owner: int
    subject: str = ""
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    # It shows words of Alice's to those who may see them.
    tells: dict[Who, str] = field(default_factory=dict)


own = Operation
# What concerns the caller alone: there is no subject to choose.
TABLE: dict[str, Operation] = {
    "showProfile": own(401, 200, 200, tells={"owner": EMAIL}),
    "updateProfile": own(401, 200, 200, body={"language": "en"}, tells={"owner": EMAIL}),
    "eraseProfile": own(401, 204, 204),
    "exportProfile": own(401, 200, 200, tells={"owner": NOTE}),
    "listHabits": own(401, 200, 200, tells={"owner": PRIVATE}),
    "createHabit": own(401, 201, 201, body=HABIT),
    "showHabit": own(401, 404, 200, "private", tells={"owner": PRIVATE}),
    "updateHabit": own(401, 404, 200, "private", {"duration": 90}, tells={"owner": PRIVATE}),
    "deleteHabit": own(401, 404, 204, "private"),
    "listCheckIns": own(401, 404, 200, "private", tells={"owner": NOTE}),
    "checkIn": own(401, 404, 200, "private", {"status": "done"}),
    "takeBackCheckIn": own(401, 404, 204, "private"),
    "showStats": own(401, 404, 200, "private"),
    "listPublicHabits": own(200, 200, 200),
    "showPublicHabit": own(404, 404, 404, "private"),
    "copyPublicHabit": own(401, 404, 404, "private", {}),
    "reportPublicHabit": own(401, 404, 404, "private", {"reason": "rude"}),
    "showTelegramLink": own(401, 200, 200),
    "deleteTelegramLink": own(401, 204, 204),
    "createTelegramLink": own(401, 503, 503),  # no bot is configured here
    "signInByTelegram": own(422, 422, 422, body={"code": "ABCD-EFGH"}),
    "takeTelegramUpdate": own(401, 401, 401, body={"update_id": 1}),
    "askInChat": own(503, 503, 503, "person"),
    "askInChatWithSlash": own(503, 503, 503, "person"),
    "isAlive": own(200, 200, 200),
    "isReady": own(503, 503, 503),  # no beat, no worker
    "signUp": own(200, 409, 409, body={"email": "new@example.org", "password": PASSWORD}),
    "signIn": own(400, 400, 400, body={"email": EMAIL, "password": "a wrong one"}),
    "showSession": own(401, 200, 200, tells={"owner": EMAIL}),
    "signOut": own(401, 401, 401),
    "refreshToken": own(400, 400, 400, body={"refresh_token": "x"}),
    "showVerification": own(409, 409, 409, headers={"X-Email-Verification-Key": "ABCDEF"}),
    "verifyEmail": own(409, 409, 409, body={"key": "ABCDEF"}),
    "resendVerification": own(409, 409, 409),
    "requestPasswordReset": own(401, 200, 200, body={"email": EMAIL}),
    "showPasswordReset": own(409, 409, 409, headers={"X-Password-Reset-Key": "ABCDEF"}),
    "resetPassword": own(409, 409, 409, body={"key": "ABCDEF", "password": "another-river-77"}),
    "reauthenticate": own(401, 400, 400, body={"password": "a wrong one"}),
    "changePassword": own(401, 400, 400, body={"current_password": "a wrong one", "new_password": "another-river-77"}),
    "listEmails": own(401, 200, 200),
    "changeEmail": own(409, 400, 400, body={"email": EMAIL}),
    "requestVerification": own(401, 400, 400, body={"email": "nobody@example.org"}),
    "makeEmailPrimary": own(401, 400, 400, body={"email": "nobody@example.org", "primary": True}),
    "removeEmail": own(401, 400, 400, body={"email": "nobody@example.org"}),
    "showAuthConfig": own(200, 200, 200),
}


@functools.cache
def operations() -> dict[str, tuple[str, str]]:
    """Method and path of every operation in the document, by its id."""
    return {
        operation["operationId"]: (method.upper(), path)
        for path, item in api.get_openapi_schema()["paths"].items()
        for method, operation in item.items()
    }


def test_the_table_names_every_operation_and_no_other() -> None:
    assert set(TABLE) == set(operations())


@dataclass
class Scene:
    people: dict[Who, Person | None]
    ids: dict[str, int]

    def call(self, who: Who, name: str) -> Any:
        method, path = operations()[name]
        wanted = TABLE[name]
        path = path.format(habit_id=self.ids[wanted.subject or "private"], pk=self.ids["person"], date=TODAY)
        person = self.people[who]
        headers = {"Accept": "application/json", "Accept-Language": "en"} | wanted.headers
        headers |= bearer(person) if person else {}
        # Bearer and the session's own token are the same right.
        if person and path.startswith(AUTH) and name not in {"signUp", "signIn"}:
            headers["X-Session-Token"] = session_of(person)
        body = b"" if wanted.body is None else json.dumps(wanted.body).encode()
        return Client().generic(method, path, body, "application/json", headers=headers)


def session_of(person: Person) -> str:
    login = {"email": person.email, "password": PASSWORD}
    meta = Client().post(f"{AUTH}/auth/login", login, "application/json").json()["meta"]
    return str(meta["session_token"])


@pytest.fixture
def scene(alice: Person, bob: Person, charlie: Person) -> Scene:
    now = dt.datetime.now(dt.UTC)
    charlie.is_staff = charlie.is_superuser = True
    charlie.save()
    habit = {"place": "home", "time": dt.time(7), "reward": "tea"}
    private = create_habit(person=alice, now=now, action=PRIVATE, **habit)  # type: ignore[arg-type]
    check_in(
        person=alice, habit_id=private.pk, date=TODAY, status="done", note=NOTE, source=CheckIn.Source.API, now=now
    )
    people: dict[Who, Person | None] = {"stranger": None, "other": bob, "owner": alice, "staff": charlie}
    return Scene(people, {"private": private.pk, "person": alice.pk})


def of_alice() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of Alice's that somebody else could touch."""
    tables = {
        "accounts_person": "email = 'alice@example.org'",
        "habits_habit": f"action = '{PRIVATE}'",
        "habits_report": "true",
        "tracking_checkin": "true",
    }
    with connection.cursor() as cursor:
        found = {}
        for table, which in tables.items():
            cursor.execute(f"SELECT * FROM {table} WHERE {which}")  # noqa: S608 (constants)
            found[table] = cursor.fetchall()
    return found


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("name", sorted(TABLE))
def test_everyone_gets_what_the_table_says_and_nothing_of_anothers(scene: Scene, name: str, who: Who) -> None:
    wanted = TABLE[name]
    before = of_alice()
    response = scene.call(who, name)
    expected = {"stranger": wanted.stranger, "owner": wanted.owner}.get(who, wanted.other)
    said = response.getvalue().decode()
    assert response.status_code == expected, said
    if who in wanted.tells:
        assert wanted.tells[who] in said
    if who != "owner":
        assert of_alice() == before
        # Nobody is told more of what is Alice's than they sent themselves.
        sent = json.dumps(wanted.body or {})
        for secret in (PRIVATE, NOTE, EMAIL):
            assert secret not in said or secret in sent, secret


@pytest.mark.parametrize("who", ["stranger", "other", "staff"])
@pytest.mark.parametrize("name", sorted(name for name, wanted in TABLE.items() if wanted.subject == "private"))
def test_anothers_habit_looks_like_one_that_does_not_exist(scene: Scene, name: str, who: Who) -> None:
    there = scene.call(who, name)
    scene.ids["private"] = 2**40
    nowhere = scene.call(who, name)
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)


def test_an_address_that_is_taken_looks_to_a_stranger_like_any_other(scene: Scene) -> None:
    method, path = operations()["changeEmail"]
    answers = [
        Client().generic(method, path, json.dumps({"email": email}).encode(), "application/json")
        for email in (EMAIL, "nobody@example.org")
    ]
    assert answers[0].content == answers[1].content


ADMIN = [
    "/admin/",
    "/admin/habits/habit/",
    "/admin/accounts/person/",
    "/admin/reminders/reminder/",
    "/admin/admin/logentry/",
]


@pytest.mark.parametrize("who", ["other", "owner", "staff"])
@pytest.mark.parametrize("path", ADMIN)
def test_the_admin_is_for_staff(scene: Scene, path: str, who: Who) -> None:
    client = Client()
    person = scene.people[who]
    assert person is not None
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == (200 if who == "staff" else 302)
    assert Client(headers=bearer(person)).get(path).status_code == 302  # tokens are for the API
