from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

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
    ]
