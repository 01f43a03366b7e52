import datetime

import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contract.constraints
import habits.models
import habits.search
import habits.weekdays


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        django.contrib.postgres.operations.BtreeGinExtension(),
        migrations.CreateModel(
            name="Habit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=200, verbose_name="action")),
                ("place", models.CharField(blank=True, max_length=200, null=True, verbose_name="place")),
                ("time", models.TimeField(blank=True, null=True, verbose_name="time")),
                ("duration", models.PositiveSmallIntegerField(default=60, verbose_name="duration in seconds")),
                ("every_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="every N days")),
                ("weekdays", habits.weekdays.WeekdaysField(blank=True, null=True, verbose_name="weekdays")),
                ("starts_on", models.DateField(verbose_name="starts on")),
                ("is_pleasant", models.BooleanField(default=False, verbose_name="pleasant")),
                ("is_public", models.BooleanField(default=False, verbose_name="public")),
                ("is_paused", models.BooleanField(default=False, verbose_name="paused")),
                ("reward", models.CharField(blank=True, max_length=200, null=True, verbose_name="reward")),
                (
                    "hidden_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="hidden since"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created at")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="updated at")),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="habits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "related_habit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="useful_habits",
                        to="habits.habit",
                        verbose_name="related habit",
                    ),
                ),
            ],
            options={
                "verbose_name": "habit",
                "verbose_name_plural": "habits",
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "habit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="schedule",
                        serialize=False,
                        to="habits.habit",
                    ),
                ),
                ("time", models.TimeField()),
                ("every_days", models.PositiveSmallIntegerField(null=True)),
                ("weekdays", habits.weekdays.WeekdaysField(null=True)),
                ("starts_on", models.DateField()),
                ("timezone", models.CharField(max_length=64)),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="habit",
            index=models.Index(
                models.F("owner"), models.OrderBy(models.F("id"), descending=True), name="habits_of_owner"
            ),
        ),
        migrations.AddIndex(
            model_name="habit",
            index=models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("hidden_at__isnull", True), ("is_public", True)),
                name="public_habits",
            ),
        ),
        migrations.AddIndex(
            model_name="habit",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("id").bitrightshift(14),
                django.contrib.postgres.indexes.OpClass(habits.search.SearchText(), name="gin_trgm_ops"),
                condition=models.Q(("hidden_at__isnull", True), ("is_public", True)),
                fastupdate=False,
                name="public_habits_by_text",
            ),
        ),
        migrations.AddIndex(
            model_name="habit",
            index=models.Index(
                condition=models.Q(("related_habit__isnull", False)),
                fields=["related_habit"],
                name="habits_by_related_habit",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(
                    ("is_pleasant", True),
                    models.Q(("related_habit__isnull", True), ("reward__isnull", False)),
                    models.Q(("related_habit__isnull", False), ("reward__isnull", True)),
                    _connector="OR",
                ),
                name="useful_habit_has_exactly_one_of_reward_and_related_habit",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(
                    ("is_pleasant", False),
                    models.Q(("related_habit__isnull", True), ("reward__isnull", True)),
                    _connector="OR",
                ),
                name="pleasant_habit_has_neither_reward_nor_related_habit",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(("duration__gte", 1), ("duration__lte", 120)), name="duration_is_1_to_120_seconds"
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(("every_days__gte", 1), ("every_days__lte", 7)), name="every_days_is_1_to_7"
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(("weekdays__gte", 1), ("weekdays__lte", 127)), name="weekdays_are_a_non_empty_set"
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(("every_days__isnull", True), ("weekdays__isnull", True), _connector="OR"),
                name="frequency_is_every_days_or_weekdays_never_both",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(
                    ("is_pleasant", True),
                    models.Q(
                        ("place__isnull", False),
                        ("time__isnull", False),
                        models.Q(("every_days__isnull", False), ("weekdays__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="useful_habit_has_time_place_and_frequency",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("action", ""), _negated=True),
                    models.Q(("place__isnull", True), models.Q(("place", ""), _negated=True), _connector="OR"),
                    models.Q(("reward__isnull", True), models.Q(("reward", ""), _negated=True), _connector="OR"),
                ),
                name="what_is_absent_is_null",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(("time", habits.models.WholeMinute("time"))),
                name="time_is_a_whole_minute",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=contract.constraints.check(
                condition=models.Q(
                    ("starts_on__gte", datetime.date(1970, 1, 1)), ("starts_on__lte", datetime.date(2100, 12, 31))
                ),
                name="starts_on_is_from_1970_to_2100",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=models.UniqueConstraint(fields=("id", "owner", "is_pleasant"), name="habit_of_owner_and_kind"),
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)),
                fields=["next_at", "person", "habit"],
                name="schedules_due",
            ),
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(fields=["person"], name="schedules_of_person"),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("every_days__isnull", False), ("weekdays__isnull", True)),
                    models.Q(("every_days__isnull", True), ("weekdays__isnull", False)),
                    _connector="OR",
                ),
                name="schedule_is_every_days_or_weekdays",
            ),
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "habit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="habits.habit",
                        verbose_name="habit",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reported by",
                    ),
                ),
            ],
            options={"verbose_name": "report", "verbose_name_plural": "reports"},
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("habit", "person"), name="one_report_of_a_habit_a_person"),
        ),
        # A related habit is pleasant and belongs to the same person, and stays so while something points at it.
        # Deferred only while a whole person is erased: Django deletes in batches, each of which is checked otherwise.
        migrations.RunSQL(
            sql="""
                ALTER TABLE habits_habit
                    ADD COLUMN related_habit_is_pleasant boolean NOT NULL GENERATED ALWAYS AS (true) STORED;
                ALTER TABLE habits_habit
                    ADD CONSTRAINT related_habit_is_pleasant_and_own
                    FOREIGN KEY (related_habit_id, owner_id, related_habit_is_pleasant)
                    REFERENCES habits_habit (id, owner_id, is_pleasant)
                    DEFERRABLE INITIALLY IMMEDIATE;
            """,
            reverse_sql="""
                ALTER TABLE habits_habit DROP CONSTRAINT related_habit_is_pleasant_and_own;
                ALTER TABLE habits_habit DROP COLUMN related_habit_is_pleasant;
            """,
        ),
    ]
