"""What may not be done to a table that the version before still reads and writes."""

from typing import Any

import pytest
from django.contrib.postgres import operations as postgres
from django.db import migrations, models
from django.db.migrations import operations

from contract.constraints import check
from devservices.migrations import main, troubles

A_CHECK: Any = check("positive", models.Q(x__gt=0))
INDEX = models.Index(fields=["x"], name="by_x")
UNIQUE = models.UniqueConstraint(fields=["x"], name="only_x")
A_TABLE = operations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))])

SAFE = [
    operations.AddField("habit", "x", models.IntegerField(null=True)),
    postgres.AddIndexConcurrently("habit", INDEX),
    postgres.RemoveIndexConcurrently("habit", "by_x"),
    postgres.AddConstraintNotValid("habit", A_CHECK),
    postgres.ValidateConstraint("habit", "positive"),
    operations.AlterModelOptions("habit", {"ordering": ["x"]}),
    operations.RemoveConstraint("habit", "positive"),
    A_TABLE,
]
UNSAFE = [
    operations.AddField("habit", "x", models.IntegerField(default=0)),
    operations.AddField("habit", "x", models.IntegerField(null=True, db_index=True)),
    operations.AddField("habit", "x", models.ForeignKey("habit", models.CASCADE, null=True)),
    operations.RemoveField("habit", "x"),
    operations.RenameField("habit", "x", "y"),
    operations.AlterField("habit", "x", models.TextField()),
    operations.AddIndex("habit", INDEX),
    operations.AddConstraint("habit", A_CHECK),
    operations.AddConstraint("habit", UNIQUE),
    operations.RenameModel("Habit", "Custom"),
    operations.DeleteModel("Habit"),
    operations.RunSQL("UPDATE habits_habit SET x = 1"),
    operations.RunPython(operations.RunPython.noop),
]


def named(operation: operations.base.Operation) -> str:
    return operation.describe()


def migration(*done: operations.base.Operation, **marks: Any) -> migrations.Migration:
    kind: Any = type("Migration", (migrations.Migration,), {"operations": [*done], **marks})
    made: migrations.Migration = kind("0009_x", "habits")
    return made


@pytest.mark.parametrize("operation", SAFE, ids=named)
def test_what_the_version_before_does_not_notice_passes(operation: Any) -> None:
    assert list(troubles(migration(operation))) == []


@pytest.mark.parametrize("operation", UNSAFE, ids=named)
def test_what_would_lock_or_break_it_is_named(operation: Any) -> None:
    (told,) = troubles(migration(operation))
    assert told.startswith(operation.describe())
    assert list(troubles(migration(operation, while_serving="the table is empty"))) == []
    assert list(troubles(migration(operation, initial=True))) == []


def test_a_new_table_may_be_anything() -> None:
    assert list(troubles(migration(A_TABLE, operations.AddIndex("new", INDEX)))) == []


def test_every_migration_of_this_project_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0, capsys.readouterr().out
