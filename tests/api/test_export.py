"""Everything that a person has, and nothing of another's: no table and no column is forgotten."""

import datetime as dt
import json
import tracemalloc
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Session
from bot.models import Draft
from config.export import LEFT_OUT, SECTIONS
from habits.models import Habit
from habits.moderation import report_habit
from habits.services import create_habit, delete_habit
from reminders.models import Reminder
from telegram.models import Chat, LinkToken
from tests.people import bearer
from tracking.models import CheckIn
from tracking.services import check_in

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
TODAY = NOW.date()
YESTERDAY = TODAY - dt.timedelta(days=1)  # everywhere it has come already
EXPORT = "/api/v1/me/export"
SECRET = "5" * 64

pytestmark = pytest.mark.django_db


def habit_of(person: Person, action: str, **fields: Any) -> Habit:
    told = {"place": "home", "time": dt.time(7), "reward": "tea"} | fields
    return create_habit(person=person, now=NOW, action=action, **told)  # type: ignore[arg-type]


def exported(person: Person, **headers: str) -> Any:
    response: Any = Client().get(EXPORT, headers=bearer(person) | headers)
    assert response.status_code == 200
    return json.loads(response.getvalue())


@pytest.fixture
def rich(alice: Person, bob: Person) -> Person:
    """Alice has something in every table."""
    for person, word in ((alice, "swim"), (bob, "bobs-secret")):
        habit = habit_of(person, word, is_public=True)
        check_in(
            person=person,
            habit_id=habit.pk,
            date=YESTERDAY,
            status="done",
            note=f"note of {word}",
            source=CheckIn.Source.API,
            now=NOW,
        )
        Reminder.objects.create(habit=habit, due_at=NOW, date=TODAY, state="sent", settled_at=NOW, message_id=7)
        chat = Chat.objects.create(chat_id=person.pk, person=person, linked_at=NOW, seen_at=NOW, username=word[:4])
        Draft.objects.create(chat=chat, key=1, heard=1, step="time", content={"action": word}, updated_at=NOW)
        person.emailaddress_set.create(email=person.email, verified=True, primary=True)  # type: ignore[attr-defined]
    report_habit(person=alice, habit_id=bob.habits.get().pk, reason="an advertisement", now=NOW)
    delete_habit(person=alice, habit_id=habit_of(alice, "a habit that went").pk, now=NOW)
    LinkToken.objects.create(digest=SECRET, person=alice, expires_at=NOW)
    return alice


def test_it_holds_all_that_a_person_has_and_nothing_of_anothers(rich: Person, bob: Person) -> None:
    found = exported(rich)
    assert [name for name, value in found.items() if not value] == []
    assert found["profile"]["email"] == "alice@example.org"
    assert found["email_addresses"] == [{"email": "alice@example.org", "verified": True, "primary": True}]
    (habit,) = found["habits"]
    assert (habit["action"], habit["time"], habit["reward"]) == ("swim", "07:00", "tea")
    (answer,) = found["check_ins"]
    assert (answer["habit"], answer["date"], answer["note"]) == (habit["id"], YESTERDAY.isoformat(), "note of swim")
    assert found["phases"][0]["habit"] == habit["id"]
    assert found["reminders"][0]["message_id"] == 7
    assert found["telegram_chat"]["chat_id"] == rich.pk
    assert found["draft"]["content"] == {"action": "swim"}
    assert found["reports"] == [
        {
            "habit": bob.habits.get().pk,
            "reason": "an advertisement",
            "created_at": NOW.isoformat().replace("+00:00", "Z"),
        }
    ]
    assert found["last_deed"]["content"]["habit"]["action"] == "a habit that went"
    told = json.dumps(found, ensure_ascii=False)
    session = Session.objects.filter(person=rich).first()
    assert session is not None
    for secret in ("bob", rich.password, SECRET, session.session_key, session.session_data):
        assert secret not in told, secret


def test_who_has_nothing_gets_an_export_all_the_same(bob: Person) -> None:
    found = exported(bob)
    assert found["profile"]["display_name"] == "Bob"
    assert (found["habits"], found["check_ins"], found["telegram_chat"]) == ([], [], None)


def test_it_is_what_the_document_says(rich: Person) -> None:
    document: Any = Client().get("/api/openapi.json").json()
    answer = document["paths"][EXPORT]["get"]["responses"]["200"]
    assert "Content-Disposition" in answer["headers"]
    schema = answer["content"]["application/json"]["schema"] | {"components": document["components"]}
    jsonschema.validate(exported(rich), schema)


def test_it_is_a_file(bob: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        response: Any = Client().get(EXPORT, headers=bearer(bob))
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == f'attachment; filename="habits-{NOW:%Y-%m-%d}.json"'
    assert int(response["Content-Length"]) == len(response.getvalue())


def test_asking_for_it_again_and_again_is_limited(bob: Person, settings: Any) -> None:
    token = bearer(bob)
    statuses = [Client().get(EXPORT, headers=token).status_code for _ in range(2 * settings.EXPORTS_A_MINUTE + 1)]
    assert statuses[: settings.EXPORTS_A_MINUTE] == [200] * settings.EXPORTS_A_MINUTE
    assert 429 in statuses


def years_of_answers(habit: Habit, days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tracking_checkin (habit_id, date, status, note, source, answered_at)"
            " SELECT %s, day, 'done', 'as on every day', 'api', day"
            " FROM generate_series(%s::date - %s + 1, %s::date, '1 day') AS day",
            [habit.pk, TODAY, days, TODAY],
        )


def test_ten_years_of_daily_answers_take_the_same_queries_and_little_memory(bob: Person) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            exported(bob)
        return len(queries)

    few = asked()
    for number in range(5):
        years_of_answers(habit_of(bob, f"habit {number}"), 3650)
    assert asked() == few
    token = bearer(bob)
    tracemalloc.start()
    try:
        response: Any = Client().get(EXPORT, headers=token)
        size = sum(len(part) for part in response.streaming_content)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 2_000_000
    assert most < 6_000_000


def leads_to_a_person(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> bool:
    if model is Person:
        return True
    targets = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
    return any(
        leads_to_a_person(target, seen | {model})
        for target in targets
        if isinstance(target, type) and target not in seen
    )


PERSONAL = [model for model in apps.get_models(include_auto_created=True) if leads_to_a_person(model)]


def test_every_table_that_leads_to_a_person_is_exported_or_left_out_for_a_reason() -> None:
    assert len(PERSONAL) > 15
    shown = [section.model for section in SECTIONS]
    assert {model._meta.label for model in PERSONAL} == {model._meta.label for model in [*shown, *LEFT_OUT]}
    assert not set(shown) & set(LEFT_OUT)
    assert all(LEFT_OUT.values())
    assert len({section.name for section in SECTIONS}) == len(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_every_column_is_exported_or_left_out_for_a_reason(section: Any) -> None:
    fields = [*section.model._meta.concrete_fields, *section.model._meta.many_to_many]
    columns = {getattr(field, "attname", field.name): field.name for field in fields}
    assert set(section.columns) <= set(columns)
    shown = {columns[column] for column in section.columns}
    assert shown | set(section.left_out) == set(columns.values())
    assert not shown & set(section.left_out)
    assert all(section.left_out.values())
