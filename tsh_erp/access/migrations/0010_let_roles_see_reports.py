"""Reports for every role; files of them for those who take files out."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("inventory"), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using)
    of_reports = found.filter(content_type__app_label="inventory", content_type__model="keptreport")
    seen = of_reports.filter(codename__startswith="view_")
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name, permissions in (("Viewer", seen), ("Operator", of_reports), ("Administrator", of_reports)):
        group, _made = groups.get_or_create(name=name)
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0009_let_roles_see_documents"),
        ("inventory", "0010_reports"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
