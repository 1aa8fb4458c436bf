"""What PostgreSQL's planner knows of tables that are just being filled.

It takes a new table for nearly empty until autovacuum has looked at it, a minute later or more. Until then each look-up
of a page's ids reads every row of the organisation: a page costs the more the more pages there are.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection

_FIRST, _TIMES = 1_000, 4  # rows created before the first look, and how many times as many before the next


class Statistics:
    """Renews them as a slice creates rows: a few times, however many there are."""

    def __init__(self) -> None:
        self._created, self._due = 0, _FIRST

    def note(self, created: int) -> None:
        """So many records have been created and committed since the last call."""
        self._created += created
        if self._created >= self._due:
            self._due = self._created * _TIMES
            _renew()


def _renew() -> None:
    if connection.vendor == "postgresql":
        tables = [model._meta.db_table for model in apps.get_app_config("inventory").get_models()]
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")
