"""Findings for everybody to see, for operators to decide and export, and their checks for administrators to set."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

VIEWER = {"view_finding"}
OPERATOR = VIEWER | {"decide_finding", "export_finding"}
ADMINISTRATOR = OPERATOR | {"configure_finding"}


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("inventory"), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using).filter(content_type__app_label="inventory")
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name, granted in (("Viewer", VIEWER), ("Operator", OPERATOR), ("Administrator", ADMINISTRATOR)):
        group, _made = groups.get_or_create(name=name)
        group.permissions.add(*found.filter(codename__in=granted))


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0007_let_roles_see_pictures"),
        ("inventory", "0007_keep_findings"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
