"""What Django cannot say: rows that vanish with their habit in the database itself, and phases that never overlap."""

from django.db import migrations


class Migration(migrations.Migration):
    while_serving = "no release came before it: its tables are new"

    dependencies = [("tracking", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE tracking_checkin
                ADD CONSTRAINT check_in_is_of_a_habit
                FOREIGN KEY (habit_id) REFERENCES habits_habit ON DELETE CASCADE;
            ALTER TABLE tracking_phase
                ADD CONSTRAINT phase_is_of_a_habit
                FOREIGN KEY (habit_id) REFERENCES habits_habit ON DELETE CASCADE;
            """,
            """
            ALTER TABLE tracking_checkin DROP CONSTRAINT check_in_is_of_a_habit;
            ALTER TABLE tracking_phase DROP CONSTRAINT phase_is_of_a_habit;
            """,
        ),
        # A range of one id has GiST at hand; a bare number would need the extension btree_gist.
        migrations.RunSQL(
            """
            ALTER TABLE tracking_phase
                ADD CONSTRAINT phases_of_a_habit_do_not_overlap
                EXCLUDE USING gist (int8range(habit_id, habit_id, '[]') WITH &&, daterange(starts, ends) WITH &&);
            """,
            "ALTER TABLE tracking_phase DROP CONSTRAINT phases_of_a_habit_do_not_overlap;",
        ),
    ]
