"""What Django's own foreign keys cannot say: rows that vanish with their habit or person in the database itself.

Erasing a person then never gathers thousands of reminders in Python, and a reminder that is planned at that very
moment cannot be left behind. An envelope with reminders waiting in it cannot be deleted.
"""

from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    while_serving = "no release came before it: its tables are new"

    dependencies = [
        ("reminders", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE reminders_envelope
                ADD CONSTRAINT envelope_is_for_a_person
                FOREIGN KEY (person_id) REFERENCES accounts_person ON DELETE CASCADE;
            ALTER TABLE reminders_reminder
                ADD CONSTRAINT reminder_is_of_a_habit
                FOREIGN KEY (habit_id) REFERENCES habits_habit ON DELETE CASCADE,
                ADD CONSTRAINT reminder_is_in_an_envelope
                FOREIGN KEY (envelope_id) REFERENCES reminders_envelope;
            """,
            """
            ALTER TABLE reminders_envelope DROP CONSTRAINT envelope_is_for_a_person;
            ALTER TABLE reminders_reminder
                DROP CONSTRAINT reminder_is_of_a_habit, DROP CONSTRAINT reminder_is_in_an_envelope;
            """,
        ),
        # Every row of an envelope dies within seconds of its birth: vacuum by count, not by share of a table that a
        # peak has blown up, and without pausing, or the partial indexes fill with dead entries during the peak.
        # The emptied table keeps its pages: a session that looked at it without any would go on checking the foreign
        # key of each reminder by reading the whole table, which a peak makes seven times slower and more.
        migrations.RunSQL(
            """
            ALTER TABLE reminders_envelope SET (
                autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
                autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false
            );
            """,
            """
            ALTER TABLE reminders_envelope RESET (
                autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay,
                vacuum_truncate
            );
            """,
        ),
    ]
