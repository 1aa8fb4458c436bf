"""What PostgreSQL's planner knows of tables that are just being filled.

It takes a new table for nearly empty until autovacuum has looked at it, a minute later or more. Until then each look-up
of a page's ids reads every row of the organisation: a page costs the more the more pages there are.

Only of the tables that grow, and of the columns by which rows are looked up: to look at everything took a fifth of what
a first full sync costs the server. Autovacuum looks at the rest.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, models

from inventory.models import RowChange

_FIRST, _TIMES = 1_000, 4  # rows created before the first look, and how many times as many before the next


class Statistics:
    """Renews them as a slice creates rows: a few times, however many there are."""

    def __init__(self) -> None:
        self._created, self._due = 0, _FIRST

    def note(self, created: int, tables: Iterable[type[models.Model]]) -> None:
        """So many records have been created and committed since the last call. tables: of which the last were; not
        looked at before there are enough of them."""
        self._created += created
        if self._created >= self._due:
            self._due = self._created * _TIMES
            _renew({*tables, RowChange})


def _renew(tables: set[type[models.Model]]) -> None:
    if connection.vendor == "postgresql":
        told = sorted(f"{model._meta.db_table} ({', '.join(_columns(model))})" for model in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(told)}")


def _columns(model: type[models.Model]) -> list[str]:
    """Those that an index or a key names; the others do not decide how a row is found."""
    meta = model._meta
    named = {name.lstrip("-") for index in meta.indexes for name in index.fields}
    named |= {name for each in meta.constraints for name in getattr(each, "fields", ())}
    return [
        str(field.column)
        for field in meta.concrete_fields
        if field.name in named or field.primary_key or field.db_index or field.unique
    ]
