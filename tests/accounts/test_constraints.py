"""What the database holds of a person, whoever writes to it."""

from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.models import Person


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("email", "Alice@example.org", "email_is_lower_case"),
        ("email", "", "email_is_null_when_absent"),
        ("email", "bob@example.org", "accounts_person_email_key"),
        ("display_name", "", "display_name_is_null_when_absent"),
        ("language", "de", "language_is_en_or_ru"),
        ("telegram_username", "@alice", "telegram_username_is_normalized"),
        ("telegram_username", "Alice", "telegram_username_is_normalized"),
        ("telegram_username", "al__ice", "telegram_username_is_normalized"),
        ("telegram_username", "alice_", "telegram_username_is_normalized"),
        ("telegram_username", "a" * 3, "telegram_username_is_normalized"),
    ],
)
@pytest.mark.django_db
def test_it_refuses_by_a_constraint_that_reads_as_the_rule(
    alice: Person, bob: Person, column: str, value: Any, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_person SET {column} = %s WHERE id = %s", [value, alice.pk])  # noqa: S608


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["abcd", "a" * 32, "a_b_c_d", "alice2"])
def test_it_takes_every_name_that_telegram_gives(alice: Person, name: str) -> None:
    Person.objects.filter(pk=alice.pk).update(telegram_username=name)
    assert Person.objects.get().telegram_username == name
