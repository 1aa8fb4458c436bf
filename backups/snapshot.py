"""The database as it is at one moment, read row by row while others go on writing.

PostgreSQL: one REPEATABLE READ transaction, and a cursor on the server. SQLite: one read transaction, which in WAL
mode neither waits for a writer nor makes one wait. Both on a connection of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from .schema import Table
from .values import from_database

_AT_ONCE = 200  # rows fetched together: some of them carry long raw records
_numbers = itertools.count(1)


@contextmanager
def beside(purpose: str, settings: dict[str, Any]) -> Iterator[Any]:
    """A further connection with these settings of Django's, under an alias of its own."""
    alias = f"{purpose} {next(_numbers)}"
    connections.databases[alias] = settings
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]


@contextmanager
def reading(alias: str = DEFAULT_DB_ALIAS) -> Iterator[Any]:
    """A connection that sees one moment, whatever others commit meanwhile; it cannot write."""
    original = connections[alias]
    settings = original.settings_dict | {
        "OPTIONS": dict(original.settings_dict["OPTIONS"]),
        "CONN_MAX_AGE": 0,
    }
    if original.vendor == "sqlite":
        settings["OPTIONS"]["transaction_mode"] = "DEFERRED"  # IMMEDIATE would keep every writer waiting
    with beside("snapshot", settings) as connection, transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute(
                    "SET LOCAL idle_in_transaction_session_timeout = 0"
                )  # a slow disk is no frozen process
                cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT count(*) FROM django_migrations")  # the moment is that of the first look
        yield connection


def rows(connection: Any, table: Table) -> Iterator[list[Any]]:
    """The table in the order of its key, each row as JSON tells it, in the order of its columns."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.name) for column in table.columns)
    tell = from_database(connection, table.columns)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {quote(table.name)} ORDER BY {quote(table.key)}")  # noqa: S608
        while found := cursor.fetchmany(_AT_ONCE):
            yield from map(tell, found)


def last_key(connection: Any, table: Table) -> int | None:
    """The last key that the database gave out, though its row may be gone: no other row may ever get it."""
    if not table.counts_up:
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "pg_get_serial_sequence(%s, %s)::regclass"
            cursor.execute(f"SELECT pg_sequence_last_value({sequence})", [table.name, table.key])
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        found = cursor.fetchone()
    return found[0] if found else None
