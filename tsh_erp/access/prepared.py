"""A row that every request asks for, by one unique column: its SQL is made once in each thread.

To make it anew takes the ORM several times as long as the database needs to answer. Nothing that was found is kept, so
that a revoked token, an ended session or a right that was taken away counts from the next request on.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import query as queries

_populators: Any = queries.get_related_populators  # the stubs know that of another release


class Prepared:
    """One model's rows by one unique column, each with the rows that its keys `beside` lead to, or that lead to it.

    without: columns that stay in the database until somebody asks for them.
    """

    def __init__(self, model: type[models.Model], column: str, *beside: str, without: tuple[str, ...] = ()):
        connection = connections[DEFAULT_DB_ALIAS]
        query = model._base_manager.filter(**{column: "0"}).select_related(*beside).defer(*without).query
        self._model, self._connection = model, connection
        self._compiler = query.get_compiler(connection=connection)
        sql, _zero = self._compiler.as_sql()
        self._sql = sql.replace(
            "%s", "%(wanted)s"
        )  # found much sooner than one without a name (inventory.api.raw)
        places = self._compiler.klass_info["select_fields"]
        self._own = slice(places[0], places[-1] + 1)
        self._names = [column.target.attname for column, *_ in self._compiler.select[self._own]]
        self._beside = _populators(self._compiler.klass_info, self._compiler.select, connection.alias)
        self._converters = self._compiler.get_converters(column for column, *_ in self._compiler.select)

    def get(self, value: Any) -> Any | None:
        with self._connection.cursor() as cursor:
            cursor.execute(self._sql, {"wanted": value})
            found = cursor.fetchall()
        for row in self._compiler.apply_converters(found, self._converters):
            instance = self._model.from_db(self._connection.alias, self._names, row[self._own])
            for related in self._beside:
                related.populate(row, instance)
            return instance
        return None

    def fits(self) -> bool:
        """Is the thread's connection still the one that this was made for?"""
        return connections[DEFAULT_DB_ALIAS] is self._connection


_made = threading.local()


def prepared(model: type[models.Model], column: str, *beside: str, without: tuple[str, ...] = ()) -> Prepared:
    """This thread's own."""
    key = f"{model._meta.label} {column}"
    known = _made.__dict__.get(key)
    if known is None or not known.fits():
        known = _made.__dict__[key] = Prepared(model, column, *beside, without=without)
    return known
