"""The admin's pages about reminders, where there may be tens of millions."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from reminders.planner import plan
from tests.people import make_person
from tests.reminders.conftest import DUE, due_habit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("model", "rows"), [("reminder", "reminders"), ("envelope", "envelopes")])
def test_no_page_counts_all_rows(
    client: Client, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch, model: str, rows: str
) -> None:
    monkeypatch.setattr("reminders.admin.FURTHEST", 2)
    for person in (alice, bob, make_person("P")):
        due_habit(person)
    plan(now=DUE)
    operator = make_person("Operator", is_staff=True, is_superuser=True)
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse(f"admin:reminders_{model}_changelist"), headers={"Accept-Language": "en"})
    assert f"2 {rows}" in page.content.decode()
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"] and f"reminders_{model}" in query["sql"]]
    assert counts
    assert all("LIMIT 2" in sql for sql in counts)
