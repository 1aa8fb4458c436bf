"""What runs have changed, for every role that sees runs."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = ("Viewer", "Operator", "Administrator")


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("zoho_sync"), verbosity=0, using=using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    seen = permissions.filter(content_type__app_label="zoho_sync", codename="view_runchange")
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name in ROLES:
        group, _made = groups.get_or_create(name=name)
        group.permissions.add(*seen)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_let_roles_export"),
        ("zoho_sync", "0006_keep_plans_and_changes"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
