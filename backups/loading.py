"""Fill a database's tables from rows that JSON can tell. All of this belongs into one transaction of the caller's."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from .errors import BackupError, Damaged
from .schema import Table
from .values import into_database

_AT_ONCE = 200  # rows of one statement, on SQLite


def empty(connection: Any, tables: Sequence[Table]) -> None:
    """Take every row out of the tables, and let nobody else look or write until the transaction ends."""
    quote = connection.ops.quote_name
    names = [quote(table.name) for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL idle_in_transaction_session_timeout = 0"
            )  # a slow disk is no frozen process
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(f"TRUNCATE {', '.join(names)}")
            return
        for name in names:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 (our own tables)


def fill(connection: Any, table: Table, names: Sequence[str], rows: Iterable[list[Any]]) -> None:
    """names: of the columns, in the order of the rows. Raises Damaged and BackupError."""
    by_name = {column.name: column for column in table.columns}
    if set(names) != set(by_name) or len(names) != len(by_name):
        raise Damaged(_("The table %(name)s has other columns in the file.") % {"name": table.name})
    columns = [by_name[name] for name in names]
    prepare = into_database(connection, columns)
    quote = connection.ops.quote_name
    told = ", ".join(quote(name) for name in names)
    put = _copy if connection.vendor == "postgresql" else _insert
    try:
        put(connection, f"{quote(table.name)} ({told})", len(names), map(prepare, rows))
    except DatabaseError as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise BackupError(
            _("The table %(name)s cannot be filled: %(reason)s.") % {"name": table.name, "reason": reason}
        ) from error
    except (ValueError, TypeError, ArithmeticError) as error:
        raise Damaged(
            _("The table %(name)s holds a value in the file that is none: %(reason)s.")
            % {"name": table.name, "reason": error}
        ) from error


def _copy(connection: Any, target: str, _width: int, rows: Iterator[list[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(connection: Any, target: str, width: int, rows: Iterator[list[Any]]) -> None:
    marks = ", ".join(["%s"] * width)
    with connection.cursor() as cursor:
        while some := list(itertools.islice(rows, _AT_ONCE)):
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", some)  # noqa: S608 (our own tables)


def count(connection: Any, table: Table) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table.name)}")  # noqa: S608
        return cursor.fetchone()[0]


def go_on_after(connection: Any, table: Table, last_key: int | None) -> None:
    """Let the database give out keys behind the last one that it ever gave out, and behind the highest."""
    if not table.counts_up:
        return
    name, key = connection.ops.quote_name(table.name), connection.ops.quote_name(table.key)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({key}) FROM {name}")  # noqa: S608 (our own tables)
        last = max(cursor.fetchone()[0] or 0, last_key or 0)
        if connection.vendor == "postgresql":  # unlike setval this is undone with the transaction
            cursor.execute(f"ALTER TABLE {name} ALTER COLUMN {key} RESTART WITH {last + 1}")
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, last])


def check_references(connection: Any) -> None:
    """Raises BackupError when a row refers to one that is not there."""
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise BackupError(
            _("A row refers to one that is not there: %(reason)s.")
            % {"reason": " ".join(str(error).split()).rstrip(".")}
        ) from error
