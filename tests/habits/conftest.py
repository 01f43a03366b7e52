"""A habit that breaks no rule, and a caller of the API."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from tests.people import bearer

NOW = dt.datetime(2026, 1, 30, 22, 30, tzinfo=dt.UTC)  # already 31 January in Moscow, still the 30th in New York

USEFUL: dict[str, Any] = {"action": "run", "time": dt.time(7), "place": "the park", "reward": "a cup of coffee"}
USEFUL_JSON = USEFUL | {"time": "07:00"}


class Caller:
    """The API as one person (None: a stranger) sees it; answers in English unless told otherwise."""

    def __init__(self, person: Person | None, language: str | None = "en") -> None:
        self.client = Client()
        self.headers = bearer(person) if person else {}
        if language:
            self.headers["Accept-Language"] = language

    def __call__(self, method: str, path: str, body: object = None, **extra: Any) -> Any:
        """The response of a call under /api/v1."""
        if body is not None:
            extra |= {"data": body, "content_type": "application/json"}
        return self.client.generic(method, f"/api/v1{path}", **self._encoded(extra), headers=self.headers)

    def get(self, path: str) -> Any:
        return self("GET", path)

    def post(self, path: str, body: object) -> Any:
        return self("POST", path, body)

    def patch(self, path: str, body: object) -> Any:
        return self("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self("DELETE", path)

    def _encoded(self, extra: dict[str, Any]) -> dict[str, Any]:
        data = extra.get("data")
        if data is not None and not isinstance(data, bytes):
            extra["data"] = self.client._encode_json(data, "application/json")  # type: ignore[attr-defined]
        return extra


@pytest.fixture
def call() -> Callable[..., Caller]:
    return Caller


@pytest.fixture
def useful(alice: Person) -> Habit:
    return create_habit(person=alice, now=NOW, **USEFUL)


@pytest.fixture
def pleasant(alice: Person) -> Habit:
    return create_habit(person=alice, now=NOW, action="drink tea", is_pleasant=True)


@pytest.fixture
def foreign(bob: Person) -> Habit:
    """Bob's pleasant habit, private."""
    return create_habit(person=bob, now=NOW, action="listen to a record", is_pleasant=True)


def errors_of(response: Any) -> set[str | None]:
    """The fields that a problem document names."""
    return {error["field"] for error in response.json()["errors"]}


def form_of(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as a browser sends them: nothing for false, text for the rest."""
    no_inline = {f"{name}-{what}_FORMS": "0" for name in ("schedule", "reports") for what in ("TOTAL", "INITIAL")}
    return no_inline | {name: value for name, value in fields.items() if value is not None and value is not False}


@pytest.fixture
def admin(db: None) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(Person.objects.create_superuser("root@example.org"))
    return client


FORM = {"duration": 60, "every_days": 1, **USEFUL_JSON}
