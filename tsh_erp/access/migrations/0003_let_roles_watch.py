"""What was added to watch over the mirror, for the groups that 0002 has made."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

SEEN = {
    "monitoring": (
        "alert", "alertchannel", "alertdelivery", "alertevent", "alertrule", "metricsample", "watch",
    ),
    "zoho_sync": ("repair", "truthcheck"),
}
REPAIRS = ("handle_alert",)


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    for app in SEEN:
        create_permissions(installed.get_app_config(app), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using)
    groups = apps.get_model("auth", "Group").objects.using(using)
    for app, models in SEEN.items():
        of_app = found.filter(content_type__app_label=app, content_type__model__in=models)
        seen = set(of_app.filter(codename__startswith="view_"))
        repaired = set(of_app.filter(codename__in=REPAIRS))
        for name, granted in (
            ("Viewer", seen),
            ("Operator", seen | repaired),
            ("Administrator", set(of_app)),
        ):
            group, _made = groups.get_or_create(name=name)
            group.permissions.add(*granted)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_make_roles"),
        ("monitoring", "0001_initial"),
        ("zoho_sync", "0004_watch_over_the_mirror"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
