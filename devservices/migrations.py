"""Migrations run while the version before still serves: what would lock it out or break it, by what each one does.

`python -m devservices.migrations` names every operation that is not safe so. A migration that is safe all the same
says why in its class: `while_serving = "no release came before it"`. New tables may be anything, so the first migration
of a room, and the tables that another makes, are passed over. Nothing here connects to a database.
"""

import os
import sys
from collections.abc import Iterator
from typing import Any, Final

import django
from django.apps import apps
from django.contrib.postgres import operations as postgres
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import CheckConstraint

from config.environment import BASE_DIR

GOING: Final = "the version before still reads and writes it: stop using it in one release, remove it in the next"
RENAMED: Final = "the version before knows the old name: add the new one, move over, remove the old one later"
LOCKED: Final = "it locks the table while it reads all of it: "
REMOVALS: Final = (operations.RemoveField, operations.DeleteModel)
RENAMES: Final = (operations.RenameField, operations.RenameModel, operations.AlterModelTable)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    rooms = {app.label for app in apps.get_app_configs() if str(app.path).startswith(f"{BASE_DIR}/{app.label}")}
    loader = MigrationLoader(None)
    found = [
        f"{room}/{name}: {trouble}"
        for (room, name), migration in sorted(loader.disk_migrations.items())
        if room in rooms
        for trouble in troubles(migration)
    ]
    print("\n".join(found) or "Every migration can run while the version before serves")
    return bool(found)


def troubles(migration: Migration) -> Iterator[str]:
    """What is not safe in it while the version before serves."""
    if migration.initial or vars(type(migration)).get("while_serving"):
        return
    new = {one.name_lower for one in migration.operations if isinstance(one, operations.CreateModel)}
    for operation in migration.operations:
        on_table = str(getattr(operation, "model_name", None) or "")
        if on_table.lower() in new:
            continue
        why = unsafe(operation)
        if why:
            yield f"{operation.describe()}: {why}"


def unsafe(operation: Operation) -> str | None:
    """Why an operation on a table with rows in it, read and written meanwhile, is not safe; None where it is."""
    if isinstance(operation, REMOVALS):
        return GOING
    if isinstance(operation, RENAMES):
        return RENAMED
    if isinstance(operation, operations.AddField):
        field: Any = operation.field
        if not field.null and not field.many_to_many and not _has_database_default(operation):
            return "the version before inserts without it, and Django keeps no default in the database: make it NULL"
        if field.many_to_one and field.db_constraint:
            return LOCKED + "add the column, then the foreign key NOT VALID, then validate it"
        return LOCKED + "add the column, then the index concurrently" if field.db_index or field.unique else None
    if isinstance(operation, operations.AlterField):
        return "it may rewrite or lock the table: say in `while_serving` why it does not"
    if isinstance(operation, postgres.AddIndexConcurrently | postgres.RemoveIndexConcurrently):
        return None
    if isinstance(operation, operations.AddIndex | operations.RemoveIndex):
        return LOCKED + "take AddIndexConcurrently, RemoveIndexConcurrently, and atomic = False"
    if isinstance(operation, postgres.AddConstraintNotValid | postgres.ValidateConstraint):
        return None
    if isinstance(operation, operations.AddConstraint):
        is_check = isinstance(operation.constraint, CheckConstraint)
        return LOCKED + ("AddConstraintNotValid, then ValidateConstraint" if is_check else "index concurrently first")
    if isinstance(operation, operations.RunSQL | operations.RunPython):
        return "nobody can tell: say in `while_serving` why it is safe"
    return None


def _has_database_default(operation: operations.AddField) -> bool:
    return hasattr(operation.field, "has_db_default") and operation.field.has_db_default()


if __name__ == "__main__":
    sys.exit(main())
