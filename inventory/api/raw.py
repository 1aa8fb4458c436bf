"""Values as the driver gives them, turned into what is told without a detour through Python's own types.

A page has thousands of values. Making a Decimal and a datetime of each only to write it as text again costs more than
all the rest, so times and JSON stay text, and equal figures are turned once. Both databases tell the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, models
from django.db.models import Func, TextField
from django.db.models.functions import Cast
from django.db.models.sql.constants import MULTI

from .rendering import decimal_text

Turn = Callable[[Any], Any]


class _TextInUtc(Func):
    """A time as ISO text, whatever the server's settings of zone and date style."""

    template = """to_char(timezone('UTC', %(expressions)s), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = TextField()


def field_of(model: type[models.Model], path: str) -> models.Field:
    """The column at the end of a path such as "organization__currency_code"."""
    *parents, last = path.split("__")
    for name in parents:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    if last == "pk":
        return model._meta.pk
    return model._meta.get_field(last)  # type: ignore[return-value]


def wanted(field: models.Field, path: str) -> Any:
    """What to select for it."""
    if not isinstance(field, models.DateTimeField):
        return path
    return _TextInUtc(path) if connection.vendor == "postgresql" else Cast(path, TextField())


def turn_of(field: models.Field) -> Turn | None:
    """From the driver's value to the told one; None where they are the same."""
    if isinstance(field, models.DateTimeField):
        return _time_text
    if isinstance(field, models.JSONField):
        return _as_it_is
    if isinstance(field, models.DecimalField):
        return decimal_text if connection.vendor == "postgresql" else _figure_of(field.decimal_places)
    return None


def select(model: type[models.Model], wanted: Sequence[Any]) -> str:
    """SELECT … FROM …, to which `by_keys` adds the condition."""
    sql, params = model._default_manager.order_by().values_list(*wanted).query.sql_with_params()
    if params:
        raise ValueError("a column with parameters cannot be told")
    return sql


def by_keys(model: type[models.Model], sql: str, keys: Sequence[int]) -> list[tuple[Any, ...]]:
    """The rows with these keys, in no order; the keys are one parameter, however many."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            among = "IN (SELECT value FROM json_each(%s))"
            cursor.execute(f"{sql} WHERE {table}.id {among}", [json.dumps(list(keys))])
        else:
            cursor.execute(f"{sql} WHERE {table}.id = ANY(%s)", [list(keys)])
        return cursor.fetchall()


def stream(queryset: models.QuerySet, chunk_size: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a values_list queryset, chunk by chunk, without holding them all."""
    compiler = queryset.query.get_compiler(connection=connection)
    return compiler.execute_sql(MULTI, chunked_fetch=True, chunk_size=chunk_size) or iter(())


@lru_cache(maxsize=4096)
def _time_text(value: str | None) -> str | None:
    """ "2026-11-20T09:00:00.250000Z": of the fraction all six digits or, when it is 0, none."""
    if value is None:
        return None
    day, clock = value[:10], value[11:].removesuffix("Z")
    seconds, _, fraction = clock.partition(".")
    fraction = fraction.ljust(6, "0")
    return f"{day}T{seconds}Z" if fraction == "000000" else f"{day}T{seconds}.{fraction}Z"


def _as_it_is(value: str | None) -> Any:
    return None if value is None else orjson.Fragment(value)


@lru_cache
def _figure_of(decimal_places: int) -> Turn:
    """SQLite keeps numbers as binary fractions; Django's own way to read them is exact for 15 digits."""
    from django.db.models.expressions import Col

    sample: Any = models.DecimalField(max_digits=24, decimal_places=decimal_places)
    column = Col("", sample)
    convert = connection.ops.get_decimalfield_converter(column)

    @lru_cache(maxsize=4096)
    def turn(value: Any) -> str | None:
        return None if value is None else decimal_text(convert(value, column, connection))

    return turn
