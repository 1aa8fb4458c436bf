"""How SQLite answers: nobody tells it how its tables grow, and it goes through all rows where it thinks them few.

PostgreSQL's planner knows its tables, so that tests with these run on SQLite alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's planner knows its tables")

_WHOLE = re.compile(r"SCAN (?!json_each|CONSTANT)|\(organization_id=\?(?: AND removed_at=\?)?\)")


@dataclass(frozen=True)
class Asked:
    """A statement as it was run, and the steps of its plan: with its parameters, as a plan without them is another."""

    sql: str
    params: tuple
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.sql[:300]} …: {'; '.join(self.through_all)}"

    def is_about(self, table: str, values: Collection[str]) -> bool:
        """Does it speak of this table and of one of these values?"""
        return f'"{table}"' in self.sql and bool(set(map(str, values)) & set(map(str, self.params)))

    @property
    def through_all(self) -> list[str]:
        """The steps that go through a table, or through all rows of an organisation."""
        return [step for step in self.steps if _WHOLE.search(step)]


@contextmanager
def explained() -> Iterator[list[Asked]]:
    """Every SELECT, UPDATE and DELETE that this thread runs in the block."""
    asked: list[Asked] = []

    def explain(execute, sql, params, many, context):
        if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            cursor, written = connection.connection.cursor(), re.sub(r"%\((\w+)\)s", r":\1", sql)
            cursor.execute(
                "EXPLAIN QUERY PLAN " + written.replace("%s", "?").replace("%%", "%"), params or ()
            )
            asked.append(
                Asked(sql, tuple(params or ()), tuple(step for *_numbers, step in cursor.fetchall()))
            )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield asked
