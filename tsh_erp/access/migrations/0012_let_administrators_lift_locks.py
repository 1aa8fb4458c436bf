"""Who is kept out of the login: seen, and let in again, by administrators."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("access"), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using)
    group, _made = apps.get_model("auth", "Group").objects.using(using).get_or_create(name="Administrator")
    group.permissions.add(
        *found.filter(content_type__app_label="access", content_type__model="loginlock")
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0011_count_wrong_passwords")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
