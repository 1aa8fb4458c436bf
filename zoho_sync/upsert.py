"""Write many rows of one table in one go: COPY into a temporary table and merge on PostgreSQL, executemany on SQLite.

Both are several times quicker than bulk_create(update_conflicts=True), which spends its time in Python (`make bench`).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import msgspec
from django.db import connection, models

Values = Sequence[Any]  # one row's values, in the order of the columns


def upsert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Values],
    *,
    key: Sequence[str],
    keep: frozenset[str] = frozenset(),
    newer: tuple[str, ...] = (),
    are_new: bool = False,
) -> None:
    """Insert `rows`, or update those whose `key` is there already.

    names: field attnames ("product_id"), in the order of the values. keep: names that an update leaves alone.
    newer: time columns; a row stored with a later time in one of them is left as it is. are_new: none of them was there
    a moment ago, so that they need no merge; should one be there by now, the database refuses all (IntegrityError).
    Runs in the caller's transaction. Raises django.db.DatabaseError when the database refuses a row; then nothing is
    written.
    """
    if not rows:
        return
    on_postgresql = _copy if are_new else _copy_and_merge
    write = on_postgresql if connection.vendor == "postgresql" else _execute_many
    write(model, tuple(names), rows, tuple(key), keep, newer)


def _copy(model, names, rows, key, keep, newer) -> None:
    quote = connection.ops.quote_name
    listed = ", ".join(quote(model._meta.get_field(name).column) for name in names)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        _put(cursor, f"COPY {quote(model._meta.db_table)} ({listed}) FROM STDIN", model, names, rows)


def _put(cursor, copying: str, model, names, rows) -> None:
    with cursor.copy(copying) as copy:
        for row in _adapted(model, names, rows):
            copy.write_row(row)


def _copy_and_merge(model, names, rows, key, keep, newer) -> None:
    begin, copying, merge = _copy_statements(model, names, key, keep, newer)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
    ):  # copy() is the driver's own, unwrapped
        cursor.execute(begin)
        _put(cursor, copying, model, names, rows)
        cursor.execute(merge)


@cache
def _copy_statements(model, names, key, keep, newer) -> tuple[str, str, str]:
    """(prepare the staging table, COPY into it, merge it)."""
    quote, table = connection.ops.quote_name, model._meta.db_table
    columns = [model._meta.get_field(name).column for name in names]
    staging = quote(f"load_{zlib.crc32(repr(columns).encode()):08x}_{table}"[:60])
    listed = ", ".join(map(quote, columns))
    # Made once per connection and emptied by each commit: cheaper than a table per page.
    begin = (
        f"CREATE TEMP TABLE IF NOT EXISTS {staging} ON COMMIT DELETE ROWS AS "  # noqa: S608 (names of our own models)
        f"SELECT {listed} FROM {quote(table)} WITH NO DATA; DELETE FROM {staging}"
    )
    merge = (
        f"INSERT INTO {quote(table)} AS stored ({listed}) SELECT {listed} FROM {staging} "  # noqa: S608
        + _on_conflict(model, names, key, keep, newer)
    )
    return begin, f"COPY {staging} ({listed}) FROM STDIN", merge


def _execute_many(model, names, rows, key, keep, newer) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_insert_statement(model, names, key, keep, newer), _adapted(model, names, rows))


@cache
def _insert_statement(model, names, key, keep, newer) -> str:
    quote = connection.ops.quote_name
    listed = ", ".join(quote(model._meta.get_field(name).column) for name in names)
    marks = ", ".join(["%s"] * len(names))
    return (
        f"INSERT INTO {quote(model._meta.db_table)} AS stored ({listed}) VALUES ({marks}) "  # noqa: S608
        + _on_conflict(model, names, key, keep, newer)
    )


def _on_conflict(model, names, key, keep, newer) -> str:
    quote = connection.ops.quote_name

    def column(name: str) -> str:
        return quote(model._meta.get_field(name).column)

    target = ", ".join(column(name) for name in key)
    changed = [name for name in names if name not in key and name not in keep]
    if not changed:
        return f"ON CONFLICT ({target}) DO NOTHING"
    assigned = ", ".join(f"{column(name)} = excluded.{column(name)}" for name in changed)
    guards = " AND ".join(
        f"(stored.{stamp} IS NULL OR excluded.{stamp} IS NULL OR excluded.{stamp} >= stored.{stamp})"
        for stamp in map(column, newer)
    )
    return f"ON CONFLICT ({target}) DO UPDATE SET {assigned}" + (f" WHERE {guards}" if guards else "")


def _adapted(model, names, rows: Sequence[Values]) -> Sequence[Values]:
    """The rows as the driver takes them; column by column, as most columns need nothing."""
    adapters = _adapters(model, names, connection.vendor)
    if not adapters:
        return rows
    columns = list(zip(*rows, strict=True))
    for index, adapt in adapters:
        columns[index] = tuple(map(adapt, columns[index]))
    return list(zip(*columns, strict=True))


@cache
def _adapters(model, names: tuple[str, ...], vendor: str) -> list[tuple[int, Callable[[Any], Any]]]:
    """(position, adapter) of the columns whose Python values the driver does not take as they are."""
    adapters = [(index, _adapter(model._meta.get_field(name), vendor)) for index, name in enumerate(names)]
    return [(index, adapt) for index, adapt in adapters if adapt is not None]


def _adapter(field: models.Field, vendor: str) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _json
    if vendor == "postgresql":  # which takes all else, times at twice the cost of their text
        return _time_text if isinstance(field, models.DateTimeField) else None
    if isinstance(field, models.DecimalField):
        return _decimal_text
    if isinstance(field, models.DateTimeField):
        return _naive_utc
    if isinstance(field, models.DateField):
        return _day_text
    return None


_encode = msgspec.json.Encoder().encode


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return _encode(value).decode() if value else _EMPTY.get(type(value)) or _encode(value).decode()


_EMPTY: dict[type, str] = {list: "[]", dict: "{}"}  # the most of them


# A page writes the same moments and many of the same figures again and again: remembering them halves this work. Equal
# figures of another scale are equal here, as the column keeps a number.
@lru_cache(maxsize=4096)
def _decimal_text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


@lru_cache(maxsize=1024)
def _day_text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


@lru_cache(maxsize=1024)
def _time_text(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


@lru_cache(maxsize=1024)
def _naive_utc(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
