"""Write many rows of one table in one go: COPY into a temporary table and merge on PostgreSQL, executemany on SQLite.

Both are several times quicker than bulk_create(update_conflicts=True), which spends its time in Python (`make bench`).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, models

Values = Sequence[Any]  # one row's values, in the order of the columns


def upsert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Values],
    *,
    key: Sequence[str],
    keep: frozenset[str] = frozenset(),
    newer: str = "",
) -> None:
    """Insert `rows`, or update those whose `key` is there already.

    names: field attnames ("product_id"), in the order of the values. keep: names that an update leaves alone.
    newer: a time column; a row stored with a later time than the incoming one is left as it is. Runs in the caller's
    transaction. Raises django.db.DatabaseError when the database refuses a row; then nothing is written.
    """
    if not rows:
        return
    write = _copy_and_merge if connection.vendor == "postgresql" else _execute_many
    write(model, tuple(names), rows, tuple(key), keep, newer)


def _copy_and_merge(model, names, rows, key, keep, newer) -> None:
    table = model._meta.db_table
    columns = [model._meta.get_field(name).column for name in names]
    staging = connection.ops.quote_name(f"load_{zlib.crc32(repr(columns).encode()):08x}_{table}"[:60])
    listed = ", ".join(map(connection.ops.quote_name, columns))
    adapters = _adapters(model, names, "postgresql")
    with connection.cursor() as cursor:
        # Made once per connection and emptied by each commit: cheaper than a table per page.
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {staging} ON COMMIT DELETE ROWS AS "  # noqa: S608 (names of our own models)
            f"SELECT {listed} FROM {connection.ops.quote_name(table)} WITH NO DATA"
        )
        cursor.execute(f"DELETE FROM {staging}")  # noqa: S608
        with cursor.copy(f"COPY {staging} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(
                    [
                        value if adapt is None else adapt(value)
                        for adapt, value in zip(adapters, row, strict=True)
                    ]
                )
        cursor.execute(
            f"INSERT INTO {connection.ops.quote_name(table)} AS stored ({listed}) SELECT {listed} FROM {staging} "  # noqa: S608
            + _on_conflict(model, names, key, keep, newer)
        )


def _execute_many(model, names, rows, key, keep, newer) -> None:
    quote = connection.ops.quote_name
    listed = ", ".join(quote(model._meta.get_field(name).column) for name in names)
    marks = ", ".join(["%s"] * len(names))
    adapters = _adapters(model, names, "sqlite")
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} AS stored ({listed}) VALUES ({marks}) "  # noqa: S608
        + _on_conflict(model, names, key, keep, newer)
    )
    adapted = [
        [value if adapt is None else adapt(value) for adapt, value in zip(adapters, row, strict=True)]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, adapted)


def _on_conflict(model, names, key, keep, newer) -> str:
    quote = connection.ops.quote_name

    def column(name: str) -> str:
        return quote(model._meta.get_field(name).column)

    target = ", ".join(column(name) for name in key)
    changed = [name for name in names if name not in key and name not in keep]
    if not changed:
        return f"ON CONFLICT ({target}) DO NOTHING"
    assigned = ", ".join(f"{column(name)} = excluded.{column(name)}" for name in changed)
    guard = ""
    if newer:
        stamp = column(newer)
        guard = (
            f" WHERE stored.{stamp} IS NULL OR excluded.{stamp} IS NULL OR excluded.{stamp} >= stored.{stamp}"
        )
    return f"ON CONFLICT ({target}) DO UPDATE SET {assigned}{guard}"


@cache
def _adapters(model, names: tuple[str, ...], vendor: str) -> list[Callable[[Any], Any] | None]:
    """Per column: how its Python values become what the driver takes as it is; None where they are already."""
    return [_adapter(model._meta.get_field(name), vendor) for name in names]


def _adapter(field: models.Field, vendor: str) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _json
    if vendor == "postgresql":
        return None
    if isinstance(field, models.DecimalField):
        return _decimal_text
    if isinstance(field, models.DateTimeField):
        return _naive_utc
    return None


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _decimal_text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _naive_utc(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
