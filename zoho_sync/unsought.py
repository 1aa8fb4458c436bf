"""`organization__unsought=1`, `removed_at__unsought__isnull=True`: it counts, but no index of SQLite is chosen for it.

Nobody tells SQLite how its tables grow. It takes "of this organisation" and "live" for rare, and goes through all such
rows where a page of ids or a state would have found a few: 23 ms for each page at 20,000 products, so 1; half a second
for each webhook that came after 60,000 others. On PostgreSQL these are the plain comparisons.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.lookups import Exact


@models.CharField.register_lookup
@models.DateTimeField.register_lookup
class Unsought(models.Transform):
    """The column itself."""

    lookup_name = "unsought"
    template = "%(expressions)s"

    def as_sqlite(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, template="+%(expressions)s", **more)


@models.ForeignKey.register_lookup
class UnsoughtKey(Exact):
    """The right side is the other row, or its key."""

    lookup_name = "unsought"

    def __init__(self, lhs: Any, rhs: Any):
        super().__init__(lhs, rhs.pk if isinstance(rhs, models.Model) else rhs)

    def get_rhs_op(self, connection, rhs):
        return f"= {rhs}"

    def as_sqlite(self, compiler, connection):
        sql, params = self.as_sql(compiler, connection)
        return f"+{sql}", params
