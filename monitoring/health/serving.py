"""What a visitor needs to be served at all: the database, its tables, and room on the disk."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from . import pulse
from .findings import Finding, Health

_MEGABYTE = 1024 * 1024


def probe_database() -> Finding:
    """Raises DatabaseError when it does not answer."""
    milliseconds = 1000 * pulse.feel()
    figure = _("%(milliseconds)s ms") % {"milliseconds": f"{milliseconds:.1f}"}
    return Finding("database", Health.OK, figure=figure)


def probe_tables() -> Finding:
    missing = _migrations() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        return Finding(
            "tables",
            Health.DOWN,
            _("The tables are older than the program. Run `manage.py migrate`."),
            what_to_do=_("Run `manage.py migrate`, then start the program again."),
        )
    return Finding("tables", Health.OK)


@lru_cache(maxsize=1)
def _migrations() -> frozenset[tuple[str, str]]:
    """Those that this program brings; they do not change while it runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def probe_disk() -> Finding:
    """Of PostgreSQL's disk nothing can be known from here."""
    names = {"data": Path(settings.DATA_DIR)}
    if connection.vendor == "sqlite":
        names["database"] = Path(str(connection.settings_dict["NAME"])).parent
    free = {name: shutil.disk_usage(_existing(folder)).free // _MEGABYTE for name, folder in names.items()}
    least = min(free.values())
    figure = _("%(free)s MB free") % {"free": f"{least:,}"}
    if least >= settings.HEALTH["DISK_LOW_MB"]:
        return Finding("disk", Health.OK, figure=figure)
    is_full = free.get("database", settings.HEALTH["DISK_FULL_MB"]) < settings.HEALTH["DISK_FULL_MB"]
    return Finding(
        "disk",
        Health.DOWN if is_full else Health.DEGRADED,
        _("The disk is full: the database can store nothing.") if is_full else _("The disk is nearly full."),
        figure=figure,
        what_to_do=_("Make room on the disk: old logs and backups first. Nothing that was stored is lost."),
    )


def _existing(folder: Path) -> Path:
    return next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))
