import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contract.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("habits", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelInUse",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=20, verbose_name="channel")),
                ("moving_to", models.CharField(max_length=20, null=True, verbose_name="moving to")),
                ("moved_past", models.BigIntegerField(null=True, verbose_name="moved past habit")),
            ],
            options={
                "verbose_name": "channel in use",
                "verbose_name_plural": "channel in use",
                "constraints": [
                    contract.constraints.check(condition=models.Q(("id", 1)), name="there_is_one_channel_in_use"),
                    contract.constraints.check(
                        condition=models.Q(
                            models.Q(("moved_past__isnull", True), ("moving_to__isnull", True)),
                            models.Q(("moved_past__isnull", False), ("moving_to__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_move_to_another_channel_knows_how_far_it_is",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("available_at", models.DateTimeField(verbose_name="available at")),
                ("claim_token", models.UUIDField(null=True, verbose_name="claim token")),
                ("claimed_until", models.DateTimeField(null=True, verbose_name="claimed until")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("error", models.TextField(null=True, verbose_name="error")),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="envelopes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "envelope",
                "verbose_name_plural": "envelopes",
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled at")),
                ("message_id", models.BigIntegerField(null=True, verbose_name="message id")),
                ("date", models.DateField(verbose_name="date")),
                (
                    "kind",
                    models.CharField(
                        choices=[("occurrence", "occurrence"), ("snooze", "snooze")],
                        default="occurrence",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sent", "sent"),
                            ("missed", "missed"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("error", models.TextField(null=True, verbose_name="error")),
                (
                    "envelope",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="reminders",
                        to="reminders.envelope",
                        verbose_name="envelope",
                    ),
                ),
                (
                    "habit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="reminders",
                        to="habits.habit",
                        verbose_name="habit",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
            },
        ),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                condition=models.Q(("available_at", models.F("due_at")), ("claim_token__isnull", True)),
                fields=["available_at", "id"],
                name="envelopes_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                condition=models.Q(
                    ("claim_token__isnull", True), models.Q(("available_at", models.F("due_at")), _negated=True)
                ),
                fields=["available_at", "id"],
                name="envelopes_put_off",
            ),
        ),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                condition=models.Q(("claim_token__isnull", False)), fields=["claimed_until"], name="envelopes_claimed"
            ),
        ),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(fields=["person"], name="envelopes_of_person"),
        ),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("claim_token__isnull", True), ("claimed_until__isnull", True)),
                    models.Q(("claim_token__isnull", False), ("claimed_until__isnull", False)),
                    _connector="OR",
                ),
                name="claimed_envelope_has_token_and_lease",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("envelope__isnull", False)), fields=["envelope"], name="reminders_in_envelopes"
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("state", "failed")), fields=["-settled_at"], name="reminders_failed"
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["due_at"], name="reminders_by_age", pages_per_range=32
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("habit", "due_at"), name="one_reminder_for_a_habit_and_moment"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=contract.constraints.check(
                condition=models.Q(("state__in", ["waiting", "sent", "missed", "failed", "cancelled"])),
                name="reminder_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=contract.constraints.check(
                condition=models.Q(("kind__in", ["occurrence", "snooze"])), name="reminder_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("envelope__isnull", False), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("envelope__isnull", True)),
                    _connector="OR",
                ),
                name="waiting_reminder_travels_in_an_envelope",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="settled_reminder_has_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=contract.constraints.check(
                condition=models.Q(("state", "sent"), ("message_id__isnull", True), _connector="OR"),
                name="only_a_sent_reminder_has_a_message",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True), ("error__isnull", False), _connector="OR"
                ),
                name="failed_reminder_keeps_its_error",
            ),
        ),
    ]
