"""Locks in the database, taken and looked at from outside the product."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

    from .world import World


@contextmanager
def sqlite_writer(world: World, seconds: float = 20.0) -> Iterator[sqlite3.Connection]:
    """The only one who may write, for as long as this lasts."""
    path = world.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=seconds, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")


def postgres() -> psycopg.Connection:
    """A connection beside Django's, in a transaction of its own."""
    import psycopg

    return psycopg.connect(os.environ["DATABASE_URL"].partition("&")[0])


def nobody_is_locked_out(world: World) -> bool:
    """Could others write what every run writes?"""
    if world.vendor == "sqlite":
        try:
            with sqlite_writer(world, 0.3):
                return True
        except sqlite3.OperationalError:
            return False
    import psycopg

    try:
        with postgres() as connection:
            for table in (
                "zoho_sync_syncrun",
                "zoho_sync_ratebucket",
                "zoho_sync_webhookinbox",
                "inventory_organization",
            ):
                connection.execute(f"SELECT 1 FROM {table} FOR UPDATE NOWAIT")  # noqa: S608
            connection.rollback()
            waiting = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    except psycopg.Error:
        return False
    return waiting is not None and waiting[0] == 0
