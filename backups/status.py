"""What is true of backups, in plain values: the window through which monitoring looks."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, Min

from .models import MadeBackup
from .saving import Backup

log = logging.getLogger(__name__)

_KEPT = 100  # rows


@dataclass(frozen=True)
class LastBackup:
    """made_at: of the newest good one; None when none was made here. born_at: of the database, by its first migration.

    A database that was restored knows of none: its backups are of the time before.
    """

    made_at: datetime | None
    born_at: datetime | None

    @property
    def since(self) -> datetime | None:
        """Since when there is no newer backup than what is there now."""
        return self.made_at or self.born_at


def last_backup() -> LastBackup:
    """Two small queries. Raises DatabaseError."""
    made = MadeBackup.objects.aggregate(at=Max("made_at"))["at"]
    born = MigrationRecorder.Migration.objects.aggregate(at=Min("applied"))["at"]
    return LastBackup(made, born)


def note(backup: Backup) -> None:
    """Remember a good one. A database that only lets itself be read is backed up all the same."""
    try:
        with transaction.atomic():
            MadeBackup.objects.create(
                made_at=datetime.fromisoformat(backup.about["made_at"]),
                file=str(backup.path)[-500:],
                byte_count=backup.path.stat().st_size,
                is_sealed=backup.path.suffix == ".sealed",
            )
            newest = MadeBackup.objects.order_by("-pk").values_list("pk", flat=True)[:_KEPT]
            MadeBackup.objects.exclude(pk__in=list(newest)).delete()
    except DatabaseError:
        log.warning("the backup %s is good, but could not be noted in the database", backup.path)
