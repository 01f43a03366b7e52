import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contract.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Chat",
            fields=[
                ("chat_id", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="chat id")),
                (
                    "username",
                    models.CharField(blank=True, max_length=32, null=True, unique=True, verbose_name="username"),
                ),
                ("language_code", models.CharField(blank=True, max_length=35, null=True, verbose_name="language code")),
                ("linked_at", models.DateTimeField(blank=True, null=True, verbose_name="linked at")),
                ("blocked_at", models.DateTimeField(blank=True, null=True, verbose_name="blocked at")),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="asked at")),
                ("seen_at", models.DateTimeField(verbose_name="seen at")),
                (
                    "person",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chat",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "chat",
                "verbose_name_plural": "chats",
            },
        ),
        migrations.CreateModel(
            name="LinkQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("accepted", models.BooleanField(blank=True, null=True, verbose_name="accepted")),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_questions",
                        to="telegram.chat",
                        verbose_name="chat",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_questions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "link question",
                "verbose_name_plural": "link questions",
            },
        ),
        migrations.CreateModel(
            name="LinkToken",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="digest")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="used at")),
                ("used_by_chat_id", models.BigIntegerField(blank=True, null=True, verbose_name="used by chat")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "link token",
                "verbose_name_plural": "link tokens",
            },
        ),
        migrations.CreateModel(
            name="LoginCode",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="digest")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("is_live", models.BooleanField(default=True, verbose_name="live")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="login_codes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in code",
                "verbose_name_plural": "sign-in codes",
                "indexes": [models.Index(fields=["created_at"], name="login_code_by_creation")],
                "constraints": [
                    contract.constraints.check(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="login_code_is_a_digest"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_live", True)),
                        fields=("person",),
                        name="one_live_login_code_a_person",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="chat",
            constraint=contract.constraints.check(condition=models.Q(("chat_id__gt", 0)), name="chat_is_private"),
        ),
        migrations.AddConstraint(
            model_name="chat",
            constraint=contract.constraints.check(
                condition=models.Q(("username__regex", "^[a-z](?!.*__)[a-z0-9_]{2,30}[a-z0-9]$")),
                name="chat_username_is_normalized",
            ),
        ),
        migrations.AddConstraint(
            model_name="chat",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("linked_at__isnull", True), ("person__isnull", True)),
                    models.Q(("linked_at__isnull", False), ("person__isnull", False)),
                    _connector="OR",
                ),
                name="chat_is_linked_since_a_moment_or_to_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="linkquestion",
            constraint=models.UniqueConstraint(fields=("person", "chat"), name="one_question_for_a_person_and_a_chat"),
        ),
        migrations.AddConstraint(
            model_name="linkquestion",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("accepted__isnull", True), ("answered_at__isnull", True)),
                    models.Q(("accepted__isnull", False), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="link_question_is_answered_at_a_moment",
            ),
        ),
        migrations.AddIndex(
            model_name="linktoken",
            index=models.Index(fields=["expires_at"], name="link_token_by_expiry"),
        ),
        migrations.AddConstraint(
            model_name="linktoken",
            constraint=contract.constraints.check(
                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="link_token_is_a_digest"
            ),
        ),
        migrations.AddConstraint(
            model_name="linktoken",
            constraint=contract.constraints.check(
                condition=models.Q(
                    models.Q(("used_at__isnull", True), ("used_by_chat_id__isnull", True)),
                    models.Q(("used_at__isnull", False), ("used_by_chat_id__isnull", False)),
                    _connector="OR",
                ),
                name="link_token_is_used_by_a_chat",
            ),
        ),
    ]
