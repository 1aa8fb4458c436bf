"""The database itself refuses to change a line of the audit trail, and to delete one before its time.

No part of a migration, for the reasons that inventory/triggers.py gives, and because the time is a setting
(AUDIT_KEEP_DAYS): the names end in a digest of what they do. They are dropped before a migration of this app, and
before a backup is put back; and made after every `migrate`, after a restore, and before old lines are pruned.

They stand against accidents and against whoever comes in through the program. Who rules the database can drop them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from .models import AuditLine

PREFIX = "audit_keep_"
TABLE = AuditLine._meta.db_table
REFUSAL = "The audit trail cannot be changed; lines go by themselves after AUDIT_KEEP_DAYS."


def install(connection: Any) -> None:
    """Make what is missing, drop what is older. Does nothing where the table is not there."""
    wanted = dict(_statements(connection.vendor, settings.AUDIT_KEEP_DAYS))
    if set(wanted) == _installed(connection) or TABLE not in connection.introspection.table_names():
        return
    remove(connection)
    with connection.cursor() as cursor:
        for sql in wanted.values():
            cursor.execute(sql)


def remove(connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _installed(connection):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            cursor.execute("SELECT proname FROM pg_proc WHERE starts_with(proname, %s)", [PREFIX])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")  # its triggers along with it


def _installed(connection: Any) -> set[str]:
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, %s) = %s",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND left(tgname, %s) = %s",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor], [len(PREFIX), PREFIX])
        return {name for (name,) in cursor.fetchall()}


def _statements(vendor: str, days: int) -> Iterator[tuple[str, str]]:
    """(trigger's name, what makes it)."""
    make = _on_sqlite if vendor == "sqlite" else _on_postgresql
    for event, condition in _events(vendor, days):
        sql = make(event, condition)
        digest = hashlib.blake2b(sql.encode(), digest_size=4).hexdigest()
        name = f"{PREFIX}{event.lower()}_{digest}"
        yield name, sql.replace("@name", name)


def _events(vendor: str, days: int) -> Iterator[tuple[str, str]]:
    """(event, when it is refused)."""
    if vendor == "sqlite":
        yield "UPDATE", ""
        yield "DELETE", f"WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-{days} days')"
        # INSERT OR REPLACE would delete a line without asking the trigger of DELETE.
        yield "INSERT", f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)"  # noqa: S608
    else:
        yield "UPDATE", ""
        yield "DELETE", f"WHEN (OLD.at > statement_timestamp() - interval '{days} days')"
        yield "TRUNCATE", ""


def _on_sqlite(event: str, condition: str) -> str:
    refuse = f"SELECT RAISE(ABORT, '{REFUSAL}');"
    return f"CREATE TRIGGER @name BEFORE {event} ON {TABLE} {condition} BEGIN {refuse} END"


def _on_postgresql(event: str, condition: str) -> str:
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    refuse = f"RAISE EXCEPTION USING MESSAGE = '{REFUSAL}', ERRCODE = 'restrict_violation';"
    return (
        f"CREATE FUNCTION @name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse} END $$; "
        f"CREATE TRIGGER @name BEFORE {event} ON {TABLE} FOR EACH {each} {condition} EXECUTE FUNCTION @name()"
    )
