"""The tables as they were, after a test that has committed: only those are emptied that hold anything.

Django's own way empties all of them and makes content types and permissions anew, each time: that is most of what a
small test costs. Those two kinds of rows come with the program and stay.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.test import TransactionTestCase

STAYS = {"django_content_type", "auth_permission", "django_migrations"}
LAST = "inventory_rowchange"  # triggers note in it what is deleted elsewhere


def empty(connection: Any) -> None:
    from tsh_erp.audit import triggers

    tables = sorted(set(connection.introspection.django_table_names(only_existing=False)) - STAYS)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        name = connection.ops.quote_name
        looks = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name(table)})" for table in tables]
        cursor.execute(" UNION ALL ".join(looks))
        filled = [row[0] for row in cursor.fetchall()]
        if not filled:
            return
        deletions = [
            f"DELETE FROM {name(table)}" for table in [*(each for each in filled if each != LAST), LAST]
        ]
        if connection.vendor == "postgresql":  # neither triggers nor keys have anything to say here
            cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *deletions]))
            return
        triggers.remove(connection)  # which refuse that lines of the audit trail are deleted
        for deletion in deletions:
            cursor.execute(deletion)
        triggers.install(connection)


def _after_a_test(test: TransactionTestCase) -> None:
    empty(connections[DEFAULT_DB_ALIAS])


def install() -> None:
    TransactionTestCase._fixture_teardown = _after_a_test  # type: ignore[method-assign]
