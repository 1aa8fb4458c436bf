"""The trail is for administrators: to read, and to take out as a file."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("audit"), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using)
    group, _made = apps.get_model("auth", "Group").objects.using(using).get_or_create(name="Administrator")
    group.permissions.add(*found.filter(content_type__app_label="audit"))


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0014_let_administrators_reset_factors"),
        ("audit", "0001_initial"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
