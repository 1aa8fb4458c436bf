"""The groups Viewer, Operator and Administrator, with the permissions that there are by now.

On a fresh database permissions come only after all migrations; they are made here, as they would be then. A model that
comes later needs a migration like this one, with that model alone; a test compares the groups with roles.py.
"""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

MIRRORS = {
    "inventory": (
        "customer", "organization", "pricechange", "pricelist", "pricelistitem", "product", "stockchange",
        "stockcheck", "stocklevel", "warehouse",
    ),
    "zoho_sync": (
        "apiusage", "callslot", "doorbeat", "event", "filterverdict", "oauthtoken", "plannedchange", "ratebucket",
        "recorderror", "runpage", "synccheckpoint", "syncrun", "webhookdelivery", "webhookexpectation", "webhookgap",
        "webhookinbox", "webhooksecret", "workerbeat",
    ),
}
SETTINGS = {"access": ("apitoken",), "auth": ("group", "user"), "django_q": ("schedule",)}
REPAIRS = {
    "inventory": ("change_customer", "change_pricelist", "change_product", "change_warehouse"),
    "zoho_sync": ("approve_syncrun", "replay_webhookdelivery", "retry_recorderror", "start_syncrun"),
}


def make_groups(apps, schema_editor):
    using = schema_editor.connection.alias
    for app in (*MIRRORS, *SETTINGS):
        create_permissions(installed.get_app_config(app), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using)
    seen, repaired, configured = set(), set(), set()
    for app, models in MIRRORS.items():
        of_app = found.filter(content_type__app_label=app, content_type__model__in=models)
        seen |= set(of_app.filter(codename__startswith="view_"))
        repaired |= set(of_app.filter(codename__in=REPAIRS[app]))
        configured |= set(of_app)
    for app, models in SETTINGS.items():
        configured |= set(found.filter(content_type__app_label=app, content_type__model__in=models))
    own = set(found.filter(content_type__app_label="access", codename="own_apitoken"))
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name, granted in (
        ("Viewer", seen | own),
        ("Operator", seen | own | repaired),
        ("Administrator", configured),
    ):
        group, _made = groups.get_or_create(name=name)
        group.permissions.add(*granted)  # one of that name, made by hand before, keeps what it had


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_add_tokens"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
