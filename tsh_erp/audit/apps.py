from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "tsh_erp.audit"
    label = "audit"
    verbose_name = _("Audit trail")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, pre_migrate

        from zoho_sync.signals import tidied

        from . import pruning, receivers

        receivers.connect()
        tidied.connect(pruning.prune, dispatch_uid="audit")
        pre_migrate.connect(_drop_triggers, sender=self)
        post_migrate.connect(_make_triggers, sender=self)


def _drop_triggers(using: str, plan: Any = (), is_restore: bool = False, **_rest: Any) -> None:
    """Before the table is altered (SQLite rebuilds it), and before a backup takes the place of everything."""
    from django.db import connections

    from . import triggers

    if is_restore or any(migration.app_label == "audit" for migration, _is_backward in plan):
        triggers.remove(connections[using])


def _make_triggers(using: str, is_restore: bool = False, **_rest: Any) -> None:
    from django.db import connections, transaction

    from . import doors, triggers
    from .models import AuditLine
    from .writing import write

    with transaction.atomic(using=using):
        triggers.install(connections[using])
        if is_restore and doors.is_command():  # the trail is that of the backup now; this line says so
            write(AuditLine.What.RESTORED, AuditLine, using=using)
