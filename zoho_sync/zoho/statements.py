"""Several statements in one journey to the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

Statement = tuple[str, Sequence[Any]]


def together(*statements: Statement) -> list[tuple[Any, ...]]:
    """Run them as one transaction, or in the one that is open; the rows of the last one.

    PostgreSQL takes them in one message, as Django's driver puts the parameters in by itself: a call's leave is asked
    for and given back in 10 journeys instead of 16, at 0.1 to 0.2 ms of CPU each.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "; ".join(sql for sql, _ in statements), [each for _, given in statements for each in given]
            )
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []
        with transaction.atomic(savepoint=False):
            for sql, given in statements:
                cursor.execute(sql, given)
            return cursor.fetchall() if cursor.description else []
