"""Put a backup back: in one transaction, so that a restore that is interrupted leaves the database as it was.

A backup of this release goes straight into the tables. An older one is first put into a throw-away database at its own
state, migrated there, and taken over from there. Whatever was in the tables before is gone, also what no backup holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils.translation import gettext as _

from inventory import changes, triggers

from . import archive, keys, loading, pictures, schema, snapshot, staging
from .errors import Damaged, NotEmpty
from .schema import Table

# What `migrate` and `setup_schedules` fill by themselves: a database that holds nothing else is empty.
BORN_FILLED = {
    "contenttypes.contenttype", "auth.permission", "auth.group", "auth.group_permissions", "monitoring.alertrule",
    "monitoring.alertrule_channels", "django_q.schedule", "audit.auditline",
}  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """row_counts: by table. was_older: it was brought up to this release. missing_keys: sentences."""

    made_at: str
    row_counts: dict[str, int]
    file_count: int
    was_older: bool
    missing_keys: list[str] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        return sum(self.row_counts.values())


def restore(
    path: Path, *, passphrase: str = "", replace: bool = False, alias: str = DEFAULT_DB_ALIAS
) -> Restored:
    """Raises BackupError, NotEmpty when the database holds data and `replace` does not say that it may go."""
    connection = connections[alias]
    schema.refuse_unmigrated(connection)
    if not replace:
        refuse_filled(connection)
    with archive.opened(path, passphrase) as reader:
        schema.refuse_newer(reader.about["migrations"])
        is_older = reader.about["migrations"] != schema.known()
        with _brought_up(reader, connection) if is_older else _as_it_is(reader) as source:
            return _take_over(connection, source, reader, replace=replace, is_older=is_older)


def refuse_filled(connection: Any) -> None:
    """Raises NotEmpty, naming tables that hold rows."""
    for table in schema.tables(schema.known()):
        if table.label not in BORN_FILLED and (rows := loading.count(connection, table)):
            raise NotEmpty(
                _(
                    "The database holds data (%(rows)s rows in %(name)s, for one); nothing was changed. With --replace "
                    "everything in it goes, and the backup takes its place."
                )
                % {"rows": f"{rows:,}", "name": table.name}
            )


class _Source(Protocol):
    """Where the rows come from: the file itself, or the throw-away database that it went through."""

    def fill(self, connection: Any, tables: list[Table]) -> None: ...

    def last_key(self, table: Table, manifest: dict[str, Any]) -> int | None: ...

    def expected(self, table: Table, manifest: dict[str, Any]) -> int: ...


class _File:
    def __init__(self, reader: archive.Reader):
        self._reader = reader

    def fill(self, connection: Any, tables: list[Table]) -> None:
        staging.fill_all(connection, tables, self._reader)

    def last_key(self, table: Table, manifest: dict[str, Any]) -> int | None:
        return manifest["tables"][table.name]["last_key"]

    def expected(self, table: Table, manifest: dict[str, Any]) -> int:
        return manifest["tables"][table.name]["rows"]


class _Staged:
    def __init__(self, staged: Any):
        self._staged = staged

    def fill(self, connection: Any, tables: list[Table]) -> None:
        for table in tables:
            if table.label not in schema.LEFT_OUT:
                names = [column.name for column in table.columns]
                loading.fill(connection, table, names, snapshot.rows(self._staged, table))

    def last_key(self, table: Table, manifest: dict[str, Any]) -> int | None:
        ours = snapshot.last_key(self._staged, table) or 0
        return max(ours, manifest["tables"].get(table.name, {}).get("last_key") or 0)

    def expected(self, table: Table, manifest: dict[str, Any]) -> int:
        return loading.count(self._staged, table)


@contextmanager
def _as_it_is(reader: archive.Reader) -> Iterator[_Source]:
    yield _File(reader)


@contextmanager
def _brought_up(reader: archive.Reader, connection: Any) -> Iterator[_Source]:
    with staging.throw_away_like(connection) as staged:
        staging.migrate(staged, reader.about["migrations"])
        staging.take(staged, reader)
        staging.migrate(staged, schema.known())
        yield _Staged(staged)


def _take_over(
    connection: Any, source: _Source, reader: archive.Reader, *, replace: bool, is_older: bool
) -> Restored:
    everything = schema.every_table(schema.known())
    kept = [table for table in everything if table.label not in schema.LEFT_OUT]
    with transaction.atomic(using=connection.alias):
        if not replace:
            refuse_filled(connection)
        triggers.remove(connection)
        # Other apps lift their guards, and have them again when `_wake` tells that everything is there.
        emit_pre_migrate_signal(
            verbosity=0, interactive=False, db=connection.alias, apps=apps, plan=[], is_restore=True
        )
        loading.empty(connection, everything)
        source.fill(connection, everything)
        for name, content in reader.media():
            pictures.put_back(name, content)
        manifest = reader.finish()
        loading.check_references(connection)
        counts = {table.name: loading.count(connection, table) for table in kept}
        for table in kept:
            if counts[table.name] != source.expected(table, manifest):
                raise Damaged(_("The table %(name)s did not arrive as a whole.") % {"name": table.name})
            loading.go_on_after(connection, table, source.last_key(table, manifest))
        _wake(connection)
    return Restored(
        made_at=reader.about["made_at"],
        row_counts=counts,
        file_count=manifest["media"]["files"],
        was_older=is_older,
        missing_keys=list(keys.missing(reader.about["keys"])),
    )


def _wake(connection: Any) -> None:
    """What comes with the program (kinds of content, permissions, triggers), and a journal that begins anew."""
    ContentType.objects.clear_cache()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # triggers are made only where no check is pending
    emit_post_migrate_signal(
        verbosity=0, interactive=False, db=connection.alias, apps=apps, plan=[], is_restore=True
    )
    changes.begin_anew(connection)
