"""Pictures of products: every role sees them, operators and administrators take their list out."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

SEES, EXPORTS = {"view_productpicture"}, {"export_productpicture"}
REST = {"add_productpicture", "change_productpicture", "delete_productpicture"}
GRANTED = {"Viewer": SEES, "Operator": SEES | EXPORTS, "Administrator": SEES | EXPORTS | REST}


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("inventory"), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using).filter(content_type__app_label="inventory")
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name, codenames in GRANTED.items():
        group, _made = groups.get_or_create(name=name)
        group.permissions.add(*found.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_let_roles_look_up"),
        ("inventory", "0006_keep_pictures"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
