import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contract.constraints
import habits.weekdays


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("habits", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LastDeed",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="last_deed",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("kind", models.CharField(choices=[("answer", "Answer"), ("deletion", "Deletion")], max_length=8)),
                ("done_at", models.DateTimeField()),
                ("content", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["done_at"], name="last_deeds_by_age")],
                "constraints": [
                    contract.constraints.check(
                        condition=models.Q(("kind__in", ["answer", "deletion"])), name="last_deed_kind_is_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="date")),
                (
                    "status",
                    models.CharField(
                        choices=[("done", "done"), ("skipped", "skipped")], max_length=7, verbose_name="status"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, null=True, verbose_name="note")),
                (
                    "source",
                    models.CharField(
                        choices=[("api", "over the API"), ("bot", "in the bot"), ("admin", "by an administrator")],
                        max_length=5,
                        verbose_name="source",
                    ),
                ),
                ("answered_at", models.DateTimeField(verbose_name="answered at")),
                (
                    "habit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="check_ins",
                        to="habits.habit",
                        verbose_name="habit",
                    ),
                ),
            ],
            options={
                "verbose_name": "check-in",
                "verbose_name_plural": "check-ins",
                "constraints": [
                    models.UniqueConstraint(fields=("habit", "date"), name="one_check_in_for_a_habit_and_date"),
                    contract.constraints.check(
                        condition=models.Q(("status__in", ["done", "skipped"])), name="check_in_status_is_known"
                    ),
                    contract.constraints.check(
                        condition=models.Q(("source__in", ["api", "bot", "admin"])), name="check_in_source_is_known"
                    ),
                    contract.constraints.check(
                        condition=models.Q(
                            ("note__isnull", True), models.Q(("note", ""), _negated=True), _connector="OR"
                        ),
                        name="check_in_note_is_null_when_absent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Phase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts", models.DateField()),
                ("ends", models.DateField(null=True)),
                ("every_days", models.PositiveSmallIntegerField(null=True)),
                ("weekdays", habits.weekdays.WeekdaysField(null=True)),
                ("counted_from", models.DateField()),
                ("time", models.TimeField()),
                ("timezone", models.CharField(max_length=64)),
                (
                    "habit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="phases",
                        to="habits.habit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("habit", "starts"), name="one_phase_of_a_habit_starts_on_a_date"),
                    contract.constraints.check(
                        condition=models.Q(("ends__isnull", True), ("ends__gt", models.F("starts")), _connector="OR"),
                        name="phase_ends_after_it_starts",
                    ),
                    contract.constraints.check(
                        condition=models.Q(
                            models.Q(("every_days__isnull", False), ("weekdays__isnull", True)),
                            models.Q(("every_days__isnull", True), ("weekdays__isnull", False)),
                            _connector="OR",
                        ),
                        name="phase_is_every_days_or_weekdays",
                    ),
                    contract.constraints.check(
                        condition=models.Q(("every_days__gte", 1), ("every_days__lte", 7)),
                        name="phase_every_days_is_1_to_7",
                    ),
                    contract.constraints.check(
                        condition=models.Q(("weekdays__gte", 1), ("weekdays__lte", 127)),
                        name="phase_weekdays_are_a_non_empty_set",
                    ),
                ],
            },
        ),
    ]
