"""The documents of the source for every role; staff's notes on them and files of them for operators."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

NOTED = (
    "adjustment", "bill", "creditnote", "customerpayment", "invoice", "package", "productgroup", "purchaseorder",
    "salesorder", "salesreturn", "transferorder", "vendor", "vendorcredit",
)  # fmt: skip
OTHERS = ("composite", "currency", "sourceuser", "tax")
PARTS = (
    "adjustmentline", "billline", "compositepart", "creditnoteline", "invoiceline", "packageline", "paymentallocation",
    "purchaseorderline", "salesorderline", "salesreturnline", "transferorderline", "vendorcreditline",
)  # fmt: skip


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("inventory"), verbosity=0, using=using)
    found = apps.get_model("auth", "Permission").objects.using(using)
    of_models = found.filter(
        content_type__app_label="inventory", content_type__model__in=(*NOTED, *OTHERS, *PARTS)
    )
    noted = [f"change_{model}" for model in NOTED]
    groups = apps.get_model("auth", "Group").objects.using(using)
    rights = {
        "Viewer": of_models.filter(codename__startswith="view_"),
        "Operator": of_models.filter(codename__startswith="view_")
        | of_models.filter(codename__startswith="export_")
        | of_models.filter(codename__in=noted),
        "Administrator": of_models,
    }
    for name, permissions in rights.items():
        group, _made = groups.get_or_create(name=name)
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0008_let_roles_decide_findings"),
        ("inventory", "0008_documents"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
