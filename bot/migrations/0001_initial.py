import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from contract.constraints import check

STEPS = [
    "offered",
    "sentence",
    "action",
    "time",
    "place",
    "frequency",
    "duration",
    "prize",
    "pleasant",
    "made",
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [("telegram", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="HandledUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bot_id", models.BigIntegerField(verbose_name="bot")),
                ("update_id", models.BigIntegerField(verbose_name="update")),
                ("claimed_at", models.DateTimeField(verbose_name="claimed at")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done at")),
            ],
            options={
                "verbose_name": "handled update",
                "verbose_name_plural": "handled updates",
                "indexes": [models.Index(fields=["claimed_at"], name="handled_update_by_claim")],
                "constraints": [
                    models.UniqueConstraint(fields=("bot_id", "update_id"), name="an_update_is_handled_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "chat",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="telegram.chat",
                    ),
                ),
                ("key", models.BigIntegerField()),
                ("heard", models.BigIntegerField()),
                ("step", models.CharField(choices=[(step, step.title()) for step in STEPS], max_length=12)),
                ("content", models.JSONField(default=dict)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["updated_at"], name="draft_by_age")],
                "constraints": [check("draft_step_is_known", Q(step__in=STEPS))],
            },
        ),
    ]
