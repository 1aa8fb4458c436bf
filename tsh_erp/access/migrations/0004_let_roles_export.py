"""Files of the catalogue's lists for operators and administrators; shared views of lists for administrators."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

EXPORTED = ("customer", "pricelist", "pricelistitem", "product", "stocklevel", "warehouse")


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("inventory"), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using).filter(content_type__app_label="inventory")
    exports = set(found.filter(codename__in=[f"export_{name}" for name in EXPORTED]))
    shares = set(found.filter(codename="share_savedview"))
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name, granted in (("Operator", exports), ("Administrator", exports | shares)):
        group, _made = groups.get_or_create(name=name)
        group.permissions.add(*granted)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_let_roles_watch"),
        ("inventory", "0003_search_and_keep_lists"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
