"""Try a backup out: everything read, every sum compared, restored into a throw-away database, and that one migrated."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from . import archive, keys, loading, schema, staging
from .errors import Damaged


@dataclass(frozen=True)
class Verified:
    """row_counts: by table, as they were counted in the throw-away database. pending: migrations it lacks."""

    about: dict[str, Any]
    row_counts: dict[str, int]
    file_count: int
    byte_count: int
    is_sealed: bool
    pending: int
    missing_keys: list[str] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        return sum(self.row_counts.values())


def verify(path: Path, *, passphrase: str = "") -> Verified:
    """Raises BackupError when the backup could not be restored, with the reason."""
    with archive.opened(path, passphrase) as reader, staging.throw_away() as connection:
        state = reader.about["migrations"]
        schema.refuse_newer(state)
        staging.migrate(connection, state)
        tables = staging.take(connection, reader)
        for _file in reader.media():
            pass
        manifest = reader.finish()
        counts = {
            table.name: loading.count(connection, table)
            for table in tables
            if table.label not in schema.LEFT_OUT
        }
        for name, count in counts.items():
            if count != manifest["tables"][name]["rows"]:
                raise Damaged(_("The table %(name)s did not arrive as a whole.") % {"name": name})
        pending = _count(schema.known()) - _count(state)
        if pending:
            staging.migrate(connection, schema.known())
        return Verified(
            about=reader.about,
            row_counts=counts,
            file_count=manifest["media"]["files"],
            byte_count=manifest["media"]["bytes"],
            is_sealed=reader.is_sealed,
            pending=pending,
            missing_keys=list(keys.missing(reader.about["keys"])),
        )


def _count(state: schema.State) -> int:
    return sum(len(names) for names in state.values())
