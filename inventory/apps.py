from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = _("Catalogue")

    def ready(self):
        from django.db.models.signals import post_migrate, pre_migrate

        pre_migrate.connect(_drop_triggers, sender=self)
        post_migrate.connect(_make_triggers, sender=self)


def _drop_triggers(using, plan=(), **_rest):
    """Before our own tables are altered; SQLite rebuilds them, and stumbles over triggers that speak of the old one."""
    from django.db import connections

    from . import triggers

    if any(migration.app_label == "inventory" for migration, _is_backward in plan):
        triggers.remove(connections[using])


def _make_triggers(using, **_rest):
    from django.db import connections, transaction

    from . import triggers

    connection = connections[using]
    if triggers.is_possible(connection):
        with transaction.atomic(using=using):
            if triggers.install(connection):
                triggers.note_everything(connection)
