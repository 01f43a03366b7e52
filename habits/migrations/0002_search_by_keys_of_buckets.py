"""The public feed's index anew: three characters in a row whatever they are, each with the bucket of the habit."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import habits.search


class Migration(migrations.Migration):
    while_serving = "a function that nothing calls yet; indexes come and go concurrently, for the slower search alone"
    atomic = False

    dependencies = [("habits", "0001_initial")]

    operations = [
        # Dear, and PostgreSQL is told so: it shall be computed when the index is written, never for rows that are read.
        migrations.RunSQL(
            """
            CREATE FUNCTION habits_search_keys(id bigint, text text) RETURNS bigint[]
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
            RETURN ARRAY(
                SELECT DISTINCT ((id >> 12) << 32) + hashtext(substr(text, place, 3))
                FROM generate_series(1, length(text) - 2) AS place
            );
            """,
            "DROP FUNCTION habits_search_keys(bigint, text);",
        ),
        AddIndexConcurrently(
            model_name="habit",
            index=GinIndex(
                habits.search.SearchKeys(),
                condition=models.Q(("hidden_at__isnull", True), ("is_public", True)),
                fastupdate=False,
                name="public_habits_by_words",
            ),
        ),
        RemoveIndexConcurrently(model_name="habit", name="public_habits_by_text"),
    ]
