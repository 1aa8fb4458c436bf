"""The one clock of every process and host: the database's. On SQLite all processes share this machine's own."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """Aware UTC. On PostgreSQL the real time of the server, also inside a transaction."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return told(cursor.fetchone()[0])


def sql() -> str:
    """An expression for a statement that asks for something else as well; `told` makes the time of its value."""
    return "clock_timestamp()" if connection.vendor == "postgresql" else "0"


def told(value: datetime | int) -> datetime:
    """Aware UTC; SQLite has told nothing."""
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.now(UTC)
