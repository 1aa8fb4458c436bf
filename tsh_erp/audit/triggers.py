"""The database itself refuses to change a line of the audit trail, and to delete one before its time.

No part of a migration, for the reasons that inventory/triggers.py gives, and because the time is a setting
(AUDIT_KEEP_DAYS): the names end in a digest of what they do. They are dropped before a migration of this app, and
before a backup is put back; and made after every `migrate`, after a restore, and before old lines are pruned.

They stand against accidents and against whoever comes in through the program. Who rules the database can drop them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from inventory import trigger_sets

from .models import AuditLine

PREFIX = "audit_keep_"
TABLE = AuditLine._meta.db_table
REFUSAL = "The audit trail cannot be changed; lines go by themselves after AUDIT_KEEP_DAYS."


def install(connection: Any) -> None:
    """Make what is missing, drop what is older. Does nothing where the table is not there."""
    wanted = dict(_statements(connection.vendor, settings.AUDIT_KEEP_DAYS))
    if trigger_sets.is_installed(connection, PREFIX, wanted):
        return
    if TABLE in connection.introspection.table_names():
        trigger_sets.install(connection, PREFIX, wanted)


def remove(connection: Any) -> None:
    trigger_sets.remove(connection, PREFIX)


def _statements(vendor: str, days: int) -> Iterator[tuple[str, str]]:
    """(trigger's name, what makes it)."""
    make = _on_sqlite if vendor == "sqlite" else _on_postgresql
    for event, condition in _events(vendor, days):
        yield trigger_sets.named(f"{PREFIX}{event.lower()}", make(event, condition))


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
