"""How SQLite would answer: nobody tells it how its tables grow, and it goes through all rows where it thinks them few.

PostgreSQL's planner knows its tables, so that tests with these run on SQLite alone.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection

on_sqlite = pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="PostgreSQL's planner knows its tables"
)

_WHOLE = re.compile(
    r"SCAN (?!json_each)|USING (?:COVERING )?INDEX (?!sqlite_autoindex)\w+ \(organization_id=\?"
)


def plan(sql: str) -> list[str]:
    """The steps of SQLite's plan."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [step for *_numbers, step in cursor.fetchall()]


def through_all(sql: str) -> list[str]:
    """Those that go through a table, or through all rows of an organisation."""
    return [step for step in plan(sql) if _WHOLE.search(step)]
