import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.test import Client

from accounts import services
from accounts.models import Person, Session
from accounts.signals import person_erasing
from habits.models import Habit
from tests.accounts.flows import Caller
from tests.conftest import PASSWORD
from tests.people import bearer

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)


def own_habits(person: Person, count: int) -> None:
    """`count` pleasant habits, and as many useful ones that point at them, in the opposite order."""
    common = {"owner": person, "starts_on": NOW.date(), "created_at": NOW, "updated_at": NOW}
    prizes = Habit.objects.bulk_create(
        Habit(action=f"prize {number}", is_pleasant=True, **common) for number in range(count)
    )
    Habit.objects.bulk_create(
        Habit(
            action=f"habit {number}",
            place="home",
            time=dt.time(7),
            every_days=1,
            related_habit=prizes[-1 - number],
            **common,
        )
        for number in range(count)
    )


@pytest.mark.django_db(transaction=True)
def test_it_erases_a_person_with_hundreds_of_habits_that_point_at_each_other(alice: Person, bob: Person) -> None:
    own_habits(alice, 300)
    own_habits(bob, 2)
    headers, tab = bearer(alice), Caller()
    tab.sign_in("alice@example.org", PASSWORD)
    assert Client().delete("/api/v1/me", headers=headers).status_code == 204
    assert list(Person.objects.all()) == [bob]
    assert Habit.objects.count() == 4
    assert not Session.objects.exists()
    assert not EmailAddress.objects.exists()
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    assert tab("GET", "/api/v1/me").status_code == 401
    assert tab("POST", "tokens/refresh", {"refresh_token": tab.refresh_token}).status_code == 400
    assert tab("GET", "auth/session").status_code in {401, 410}


@pytest.mark.django_db(transaction=True)
def test_it_leaves_no_table_that_still_names_the_person(alice: Person) -> None:
    own_habits(alice, 1)
    bearer(alice)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, a.attname FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
            "WHERE c.contype = 'f' AND c.confrelid = 'accounts_person'::regclass"
        )
        references = [*cursor.fetchall(), ("accounts_session", "person_id")]
        assert ("habits_habit", "owner_id") in references
        services.erase(person=alice)
        for table, column in references:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608
            assert cursor.fetchone() == (0,), table


@pytest.mark.django_db(transaction=True)
def test_it_erases_all_or_nothing(alice: Person) -> None:
    own_habits(alice, 1)
    with transaction.atomic():
        services.erase(person=alice)
        transaction.set_rollback(True)
    assert Habit.objects.count() == 2
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_lets_the_rooms_above_lock_their_rows_before_anything_is_deleted(alice: Person) -> None:
    own_habits(alice, 1)
    seen: list[int] = []

    def look(person: Person, **_: object) -> None:
        assert connection.in_atomic_block
        seen.append(person.habits.count())

    person_erasing.connect(look)
    try:
        services.erase(person=alice)
    finally:
        person_erasing.disconnect(look)
    assert seen == [2]


@pytest.mark.django_db(transaction=True)
def test_it_may_be_asked_twice(alice: Person) -> None:
    again = Person.objects.get()
    services.erase(person=alice)
    services.erase(person=again)
    assert not Person.objects.exists()
