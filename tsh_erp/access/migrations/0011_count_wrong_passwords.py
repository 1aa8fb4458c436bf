"""Wrong passwords are counted, and where people log in from is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0010_let_roles_see_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LoginLock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pair", "one user from one address"),
                            ("address", "one address, whoever is tried"),
                            ("user", "one user, from new addresses"),
                            ("code", "second factor of one user"),
                        ],
                        max_length=8,
                        verbose_name="counted against",
                    ),
                ),
                ("username", models.CharField(blank=True, default="", max_length=150, verbose_name="user")),
                ("network", models.CharField(blank=True, default="", max_length=64, verbose_name="address")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="wrong")),
                ("begun_at", models.DateTimeField(db_index=True, verbose_name="since")),
                ("locked_until", models.DateTimeField(null=True, verbose_name="refused until")),
            ],
            options={
                "verbose_name": "login lock",
                "verbose_name_plural": "login locks",
                "ordering": ["-locked_until", "-pk"],
                "permissions": [("lift_loginlock", "Can let people log in again")],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="LoginPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=64)),
                ("last_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("user", "network"), name="login_place_once")],
            },
        ),
    ]
