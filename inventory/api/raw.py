"""Values as the driver gives them, turned into what is told without a detour through Python's own types.

A page has thousands of values. Making a Decimal and a datetime of each only to write it as text again costs more than
all the rest, so times and JSON stay text, and equal figures are turned once. Both databases tell the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, models
from django.db.models import Func, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.db.models.sql.constants import MULTI

from .rendering import decimal_text

Turn = Callable[[Any], Any]  # None is not given to it
_EXACT_BELOW = 10**15


@dataclass(frozen=True)
class Computed:
    """A text that the database computes of each row. sql: by vendor, without parameters."""

    sqlite: str
    postgresql: str

    @property
    def sql(self) -> str:
        return self.postgresql if connection.vendor == "postgresql" else self.sqlite


class _TextInUtc(Func):
    """A time as ISO text, whatever the server's settings of zone and date style."""

    template = """to_char(timezone('UTC', %(expressions)s), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = TextField()


def field_of(model: type[models.Model], path: str | Computed) -> models.Field:
    """The column at the end of a path such as "organization__currency_code"."""
    if isinstance(path, Computed):
        return TextField()
    *parents, last = path.split("__")
    for name in parents:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    if last == "pk":
        return model._meta.pk
    return model._meta.get_field(last)  # type: ignore[return-value]


def wanted(field: models.Field, path: str | Computed) -> Any:
    """What to select for it."""
    if isinstance(path, Computed):
        return RawSQL(path.sql, (), TextField())  # noqa: S611 (ours)
    if not isinstance(field, models.DateTimeField):
        return path
    return _TextInUtc(path) if connection.vendor == "postgresql" else Cast(path, TextField())


def turn_of(field: models.Field) -> Turn | None:
    """From the driver's value to the told one; None where they are the same."""
    if isinstance(field, models.DateTimeField):
        return _time_text
    if isinstance(field, models.JSONField):
        return orjson.Fragment
    if isinstance(field, models.DecimalField):
        return decimal_text if connection.vendor == "postgresql" else _figure_of(field.decimal_places)
    return None


def select(model: type[models.Model], wanted: Sequence[Any]) -> str:
    """SELECT … FROM …, to which `by_keys` and `by_place` add the condition.

    They name their parameters: Django's connection to SQLite looks through the whole of so long a statement for those
    without names, at every call, and that takes longer than to run a small one.
    """
    sql, params = model._default_manager.order_by().values_list(*wanted).query.sql_with_params()
    if params:
        raise ValueError("a column with parameters cannot be told")
    return sql


def by_keys(model: type[models.Model], sql: str, keys: Sequence[int]) -> list[tuple[Any, ...]]:
    """The rows with these keys, in no order; the keys are one parameter, however many."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            among = "IN (SELECT value FROM json_each(%(keys)s))"
            cursor.execute(f"{sql} WHERE {table}.id {among}", {"keys": json.dumps(list(keys))})
        else:
            cursor.execute(f"{sql} WHERE {table}.id = ANY(%(keys)s)", {"keys": list(keys)})
        return cursor.fetchall()


def parts_of(model: type[models.Model], sql: str, documents: Sequence[int]) -> list[tuple[Any, ...]]:
    """The parts at the source of the documents with these keys, each document's in their order."""
    table = connection.ops.quote_name(model._meta.db_table)
    is_sqlite = connection.vendor == "sqlite"
    among = "IN (SELECT value FROM json_each(%(keys)s))" if is_sqlite else "= ANY(%(keys)s)"
    order = f"{table}.position IS NULL, {table}.position, {table}.id"
    rest = f" WHERE {table}.document_id {among} AND {table}.removed_at IS NULL ORDER BY {order}"
    keys = list(documents)
    with connection.cursor() as cursor:
        cursor.execute(sql + rest, {"keys": json.dumps(keys) if is_sqlite else keys})
        return cursor.fetchall()


def by_place(
    model: type[models.Model], sql: str, after: int | None, at_most: int, *, descending: bool
) -> list[tuple[Any, ...]]:
    """The rows of a mirrored table that have not left the source, beyond a key, in the order of keys."""
    table = connection.ops.quote_name(model._meta.db_table)
    way, order = ("<", "DESC") if descending else (">", "ASC")
    beyond = f" AND {table}.id {way} %(after)s" if after is not None else ""
    rest = f" WHERE {table}.removed_at IS NULL{beyond} ORDER BY {table}.id {order} LIMIT %(at_most)s"
    params = {"at_most": at_most} if after is None else {"at_most": at_most, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(sql + rest, params)
        return cursor.fetchall()


def stream(queryset: models.QuerySet, chunk_size: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a values_list queryset, chunk by chunk, without holding them all."""
    compiler = queryset.query.get_compiler(connection=connection)
    return compiler.execute_sql(MULTI, chunked_fetch=True, chunk_size=chunk_size) or iter(())


@lru_cache(maxsize=4096)
def _time_text(value: str) -> str:
    """ "2026-11-20T09:00:00.250000Z": of the fraction all six digits or, when it is 0, none."""
    if len(value) == 26 and not value.endswith(".000000"):  # as SQLite tells most times
        return f"{value[:10]}T{value[11:]}Z"
    if len(value) == 27 and not value.endswith(".000000Z"):  # as PostgreSQL does
        return value
    day, clock = value[:10], value[11:].removesuffix("Z")
    seconds, _, fraction = clock.partition(".")
    fraction = fraction.ljust(6, "0")
    return f"{day}T{seconds}Z" if fraction == "000000" else f"{day}T{seconds}.{fraction}Z"


@lru_cache
def _figure_of(decimal_places: int) -> Turn:
    """SQLite keeps numbers as binary fractions; Django's own way to read them is exact for 15 digits."""
    from django.db.models.expressions import Col

    sample: Any = models.DecimalField(max_digits=24, decimal_places=decimal_places)
    column = Col("", sample)
    convert = connection.ops.get_decimalfield_converter(column)

    @lru_cache(maxsize=4096)
    def turn(value: Any) -> str | None:
        if isinstance(value, int) and abs(value) < _EXACT_BELOW:
            return str(value)
        if isinstance(value, float):  # in the same 15 digits; several times as quick as by way of Decimal
            text = f"{value:.15g}"
            _whole, point, fraction = text.partition(".")
            if point and fraction.isdecimal() and len(fraction) <= decimal_places:
                return text
        return decimal_text(convert(value, column, connection))

    return turn
