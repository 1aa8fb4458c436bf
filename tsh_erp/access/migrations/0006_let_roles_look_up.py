"""Looking up stock and prices for every role. A group of salesmen may have this permission alone."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("inventory"), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using)
    looks_up = found.filter(content_type__app_label="inventory", codename="look_up_product")
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name in ("Viewer", "Operator", "Administrator"):
        group, _made = groups.get_or_create(name=name)
        group.permissions.add(*looks_up)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_let_roles_see_changes"),
        ("inventory", "0005_look_up_products"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
