"""Which writes change what a reader is told: triggers that keep the journal of changes (models/changes.py).

They are no part of a migration, because SQLite rebuilds a table to alter it, and its triggers are lost then: they are
dropped before a migration of ours and made again after it (apps.py). Their names end in a digest of what they do, so
that those of an older release are recognised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import trigger_sets
from .models import RowChange
from .noted import ALONG, KINDS, Along

PREFIX = "inventory_note_"
_JOURNAL = RowChange._meta.db_table
_COLUMNS = "kind, row_id, version, noted_at"


def install(connection: Any) -> bool:
    """Make what is missing, drop what is older. True when something was missing: rows may have been written unseen."""
    wanted = dict(_statements(connection.vendor))
    if trigger_sets.is_installed(connection, PREFIX, wanted):
        return False
    trigger_sets.install(connection, PREFIX, wanted)
    return True


def remove(connection: Any) -> None:
    trigger_sets.remove(connection, PREFIX)


def is_possible(connection: Any) -> bool:
    """Are all the tables there? Not in the middle of their history."""
    tables = set(connection.introspection.table_names())
    return {_JOURNAL, *(model._meta.db_table for model in {*KINDS.values(), *ALONG})} <= tables


def note_everything(connection: Any) -> None:
    """Let every row pass for changed: whoever follows reads all of them again."""
    with connection.cursor() as cursor:
        for kind, model in KINDS.items():
            version, moment = _stamp(connection.vendor, kind)
            cursor.execute(
                f"INSERT INTO {_JOURNAL} ({_COLUMNS}) "  # noqa: S608 (our own tables)
                f"SELECT '{kind}', id, {version}, {moment} FROM {model._meta.db_table} ORDER BY id"
            )


def _stamp(vendor: str, kind: str) -> tuple[str, str]:
    """(version, time) of an entry that is made now, in SQL. inventory.changes says why."""
    if vendor == "postgresql":
        return "pg_current_xact_id()::text::bigint", "clock_timestamp()"
    newest = f"(SELECT coalesce(max(version), 0) + 1 FROM {_JOURNAL} WHERE kind = '{kind}')"  # noqa: S608
    return newest, "strftime('%Y-%m-%d %H:%M:%f', 'now')"


def _statements(vendor: str) -> Iterator[tuple[str, str]]:
    """(trigger's name, what makes it)."""
    own = {model: kind for kind, model in KINDS.items()}
    body = _for_each_row if vendor == "sqlite" else _for_each_statement
    for model in dict.fromkeys([*own, *ALONG]):
        for event in ("INSERT", "UPDATE"):
            along = [each for each in ALONG.get(model, ()) if event == "UPDATE" or each.from_birth]
            if model in own or along:
                sql = body(model._meta.db_table, event, own.get(model), along)
                yield trigger_sets.named(f"{PREFIX}{model._meta.model_name}_{event.lower()}", sql)


def _for_each_row(table: str, event: str, kind: str | None, along: list[Along]) -> str:
    """SQLite: a trigger fires for each row."""
    entries = [_entry("sqlite", kind, "SELECT NEW.id AS id")] if kind else []
    for each in along:
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in each.columns)
        condition = f"({changed})" if event == "UPDATE" else "true"
        if each.model is None:
            keys = f"SELECT NEW.{each.key} AS id WHERE {condition}"
        else:
            keys = (
                f"SELECT DISTINCT told.{each.key} AS id FROM {each.model._meta.db_table} told "  # noqa: S608
                f"WHERE told.{each.theirs} = NEW.id AND {condition}"
            )
        entries.append(_entry("sqlite", each.kind, keys))
    return f"CREATE TRIGGER @name AFTER {event} ON {table} BEGIN {' '.join(entries)} END"


def _for_each_statement(table: str, event: str, kind: str | None, along: list[Along]) -> str:
    """PostgreSQL: a trigger fires once for all rows of a statement.

    What changed is found by EXCEPT, which compares NULLs as equal and is never planned as each row with each, as a join
    of the two would be by whoever planned it for an upsert without updates. What hangs on it is planned when it comes
    to that (EXECUTE), since a plan made while the tables were empty would stay.
    """
    entries = [_entry("postgresql", kind, "SELECT id FROM new_rows")] if kind else []
    for each in along:
        own = each.key if each.model is None else "id"
        told = ", ".join(dict.fromkeys(["id", own, *each.columns]))
        before = f" EXCEPT SELECT {told} FROM old_rows" if event == "UPDATE" else ""  # noqa: S608
        rows = f"SELECT {told} FROM new_rows{before}"  # noqa: S608
        if each.model is None:
            keys = f"SELECT DISTINCT changed.{own} AS id FROM ({rows}) changed"  # noqa: S608
            entries.append(_entry("postgresql", each.kind, keys))
            continue
        keys = (
            f"SELECT DISTINCT told.{each.key} AS id FROM {each.model._meta.db_table} told "  # noqa: S608
            f"WHERE told.{each.theirs} IN (SELECT changed.id FROM ({rows}) changed)"
        )
        entry = _entry("postgresql", each.kind, keys)
        entries.append(f"IF EXISTS ({rows}) THEN EXECUTE $entry${entry}$entry$; END IF;")
    rows = "NEW TABLE AS new_rows" + (" OLD TABLE AS old_rows" if event == "UPDATE" else "")
    body = f"BEGIN {' '.join(entries)} RETURN NULL; END"
    return (
        f"CREATE FUNCTION @name() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$; "
        f"CREATE TRIGGER @name AFTER {event} ON {table} REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION @name()"
    )


def _entry(vendor: str, kind: str, keys: str) -> str:
    version, moment = _stamp(vendor, kind)
    told = f"SELECT '{kind}', found.id, {version}, {moment} FROM ({keys}) found"  # noqa: S608 (our own tables)
    return f"INSERT INTO {_JOURNAL} ({_COLUMNS}) {told};"
