import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models
import contract.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name="e-mail"),
                ),
                (
                    "display_name",
                    models.CharField(blank=True, max_length=60, null=True, verbose_name="display name"),
                ),
                (
                    "timezone",
                    models.CharField(
                        default=accounts.models.default_time_zone, max_length=64, verbose_name="time zone"
                    ),
                ),
                ("timezone_told", models.BooleanField(default=False, verbose_name="time zone was told")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("ru", "Русский")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "telegram_username",
                    models.CharField(blank=True, max_length=32, null=True, verbose_name="Telegram username"),
                ),
                ("paused_until", models.DateField(blank=True, null=True, verbose_name="paused until")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_staff", models.BooleanField(default=False, verbose_name="may use the admin")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created at"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "indexes": [
                    models.Index(
                        condition=models.Q(("telegram_username__isnull", False)),
                        fields=["telegram_username"],
                        name="person_by_telegram_username",
                    )
                ],
                "constraints": [
                    contract.constraints.check(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="email_is_lower_case",
                    ),
                    contract.constraints.check(
                        condition=models.Q(("email", ""), _negated=True), name="email_is_null_when_absent"
                    ),
                    contract.constraints.check(
                        condition=models.Q(("display_name", ""), _negated=True),
                        name="display_name_is_null_when_absent",
                    ),
                    contract.constraints.check(
                        condition=models.Q(("language__in", ["en", "ru"])), name="language_is_en_or_ru"
                    ),
                    contract.constraints.check(
                        condition=models.Q(("telegram_username__regex", r"^[a-z](?!.*__)[a-z0-9_]{2,30}[a-z0-9]$")),
                        name="telegram_username_is_normalized",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
    ]
