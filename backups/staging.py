"""A throw-away database, in which a backup is tried out, or brought up to this release before it is restored."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from . import loading, schema
from .archive import Reader
from .errors import BackupError
from .schema import State
from .snapshot import beside

_PREFIX = ".backup-tried-"
_SCHEMA = "tsh_erp_backup_tried"
_LEFT_SECONDS = 86_400  # older folders are of killed commands


@contextmanager
def throw_away() -> Iterator[Any]:
    """A connection to an empty SQLite in a folder of its own below DATA_DIR: on a disk, and as private as the data."""
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    _take_away_left(settings.DATA_DIR)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=settings.DATA_DIR) as folder:
        options = {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA cache_size=-16384;",
        }
        wanted = connections[DEFAULT_DB_ALIAS].settings_dict | {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(Path(folder) / "database.sqlite3"),
            "OPTIONS": options,
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": False,
        }
        with beside("throw-away", wanted) as connection:
            yield connection


@contextmanager
def throw_away_like(connection: Any) -> Iterator[Any]:
    """One of the same kind as that connection's, so that no figure loses a digit on its way through.

    On PostgreSQL a schema of its own in the same database, which is not in the search path of anybody else.
    """
    if connection.vendor != "postgresql":
        with throw_away() as staged:
            yield staged
        return
    options = dict(connection.settings_dict["OPTIONS"])
    options["options"] = f"{options.get('options', '')} -c search_path={_SCHEMA}".strip()
    wanted = connection.settings_dict | {"OPTIONS": options, "CONN_MAX_AGE": 0}
    drop = f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE"
    with beside("throw-away", wanted) as staged:
        with staged.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [_SCHEMA])
            if not cursor.fetchone()[0]:
                raise BackupError(_("Another restore into this database is under way."))
            cursor.execute(drop)  # what a killed one has left
            cursor.execute(f"CREATE SCHEMA {_SCHEMA}")
            cursor.execute("SELECT current_schema()")
            if (
                cursor.fetchone()[0] != _SCHEMA
            ):  # a pool in between may drop options: then names would mean what is in use
                raise BackupError(_("The database server does not let a connection choose its search path."))
        try:
            yield staged
        finally:
            with staged.cursor() as cursor:
                cursor.execute(drop)


def migrate(connection: Any, state: State) -> None:
    """Bring it to that state of the migrations."""
    with _as_default(connection) as stand_in:
        MigrationExecutor(stand_in).migrate(schema.leaves(state))


@contextmanager
def _as_default(connection: Any) -> Iterator[Any]:
    """In this thread the throw-away database is the default one: a migration that names no database must not write
    into the one that is in use."""
    original, stand_in = connections[DEFAULT_DB_ALIAS], connections.create_connection(connection.alias)
    stand_in.alias = DEFAULT_DB_ALIAS
    connections[DEFAULT_DB_ALIAS] = stand_in
    ContentType.objects.clear_cache()
    try:
        yield stand_in
    finally:
        connections[DEFAULT_DB_ALIAS] = original
        stand_in.close()
        ContentType.objects.clear_cache()


def take(connection: Any, reader: Reader) -> list[schema.Table]:
    """All tables of the backup, into a database at the backup's own state; returns them. The media stay unread."""
    tables = schema.every_table(reader.about["migrations"])
    with transaction.atomic(using=connection.alias):
        loading.empty(connection, tables)
        fill_all(connection, tables, reader)
        loading.check_references(connection)
    return tables


def fill_all(connection: Any, tables: list[schema.Table], reader: Reader) -> None:
    by_name = {table.name: table for table in tables if table.label not in schema.LEFT_OUT}
    for name, rows in reader.tables():
        table = by_name.get(name)
        if table is None:
            raise schema.strange_table(name)
        columns = [each["name"] for each in reader.about["tables"][name]]
        loading.fill(connection, table, columns, rows)


def _take_away_left(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - _LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
