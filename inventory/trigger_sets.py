"""Triggers of ours in either database: made where they are missing, dropped where they are of an older release.

A set is known by the prefix of its names. A name ends in a digest of what its trigger does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, %s) = %s",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND left(tgname, %s) = %s",
}


def named(name: str, sql: str) -> tuple[str, str]:
    """(the name with its digest, the SQL with that name in the place of @name)."""
    full = f"{name}_{hashlib.blake2b(sql.encode(), digest_size=4).hexdigest()}"
    return full, sql.replace("@name", full)


def is_installed(connection: Any, prefix: str, wanted: Mapping[str, str]) -> bool:
    return set(wanted) == _installed(connection, prefix)


def install(connection: Any, prefix: str, wanted: Mapping[str, str]) -> None:
    """Exactly these; wanted: {name: what makes it}."""
    remove(connection, prefix)
    with connection.cursor() as cursor:
        for sql in wanted.values():
            cursor.execute(sql)


def remove(connection: Any, prefix: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _installed(connection, prefix):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            cursor.execute("SELECT proname FROM pg_proc WHERE starts_with(proname, %s)", [prefix])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")  # its triggers along with it


def _installed(connection: Any, prefix: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMES[connection.vendor], [len(prefix), prefix])
        return {name for (name,) in cursor.fetchall()}
