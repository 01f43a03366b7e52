"""When the tables that every reminder passes through are vacuumed. PostgreSQL's own setting waits for a fifth of a table.

What it is about are the partial indexes: each reminder leaves dead entries in them (none of these updates can be HOT:
they change what an index is about), and of a month's reminders a fifth would be millions.
"""

from django.db import migrations


class Migration(migrations.Migration):
    while_serving = "no release came before it: its tables are new"

    dependencies = [
        ("reminders", "0002_foreign_keys"),
        ("habits", "0001_initial"),
    ]

    operations = [
        # Every habit that is due moves its entry in `schedules_due`, and the tick looks for what is due where the dead
        # ones are: vacuum after 5,000 and one in a hundred. (A fillfactor gains nothing: measured at 80 and at 100.)
        migrations.RunSQL(
            """
            ALTER TABLE habits_schedule SET (
                autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000
            );
            """,
            """
            ALTER TABLE habits_schedule RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
            """,
        ),
        # A reminder is written twice and deleted once, and is in `reminders_in_envelopes` in between. Each vacuum
        # reads all indexes of a month, so not too often: with a million a day, three or four times a day.
        migrations.RunSQL(
            """
            ALTER TABLE reminders_reminder SET (
                autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000
            );
            """,
            """
            ALTER TABLE reminders_reminder RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
            """,
        ),
    ]
