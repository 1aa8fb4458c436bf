"""The rows that every page of a run leaves behind, in SQL: the ORM takes several times as long to build such a
statement as to run it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection, models


def inserting(model: type[models.Model], **values: Any) -> tuple[str, list[Any]]:
    """The statement that inserts one row of our own bookkeeping, and what it is given.

    values: attname → value, of every column but the key.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in values]
    told = [field.get_db_prep_save(values[field.attname], connection) for field in fields]
    return _statement(model, tuple(values)), told


@cache
def _statement(model: type[models.Model], names: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    listed = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {quote(model._meta.db_table)} ({listed}) VALUES ({marks})"  # noqa: S608 (our own tables)
