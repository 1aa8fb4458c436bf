"""What happens to the database: locks that are held, deadlocks, cut connections, a crash, a restart."""

from __future__ import annotations

import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .faults import add
from .keeper import send
from .locks import postgres, sqlite_writer

if TYPE_CHECKING:
    from .world import World

LOCKED_SECONDS = 3.0
TABLES = {
    "runs": "zoho_sync_syncrun",
    "products": "inventory_product",
    "stock": "inventory_stocklevel",
    "customers": "inventory_customer",
    "inbox": "zoho_sync_webhookdelivery",
    "limits": "zoho_sync_ratebucket",
    "token": "zoho_sync_oauthtoken",
    "queue": "django_q_ormq",
}


def _slow(world: World, dice: random.Random) -> None:
    world.sandbox.settings(latency_ms=40)


# --- SQLite: one writer at a time ------------------------------------------------------------------


def _write_lock(seconds: float):
    def strike(world: World, dice: random.Random) -> None:
        time.sleep(dice.uniform(0.1, 0.6))
        with sqlite_writer(world):
            time.sleep(seconds)

    return strike


for _name, _seconds in {"short": 3.0, "longer-than-patience": 23.0}.items():
    add(
        name=f"write-lock-{_name}", group="database", vendor="sqlite", apply=_slow, strike=_write_lock(_seconds),
        hurts_database=True, is_lonely=_seconds > 20, is_slow=_seconds > 20,
    )  # fmt: skip


def _many_locks(world: World, dice: random.Random) -> None:
    for _ in range(20):
        with sqlite_writer(world):
            time.sleep(dice.uniform(0.02, 0.15))
        time.sleep(dice.uniform(0.0, 0.05))


add(name="write-locks-in-a-row", group="database", vendor="sqlite", strike=_many_locks, hurts_database=True)


# --- PostgreSQL --------------------------------------------------------------------------------------


def _lock_table(table: str):
    def strike(world: World, dice: random.Random) -> None:
        time.sleep(dice.uniform(0.1, 0.6))
        with postgres() as connection:
            connection.execute("SET lock_timeout = '8s'")
            with suppress(Exception):  # it was never free: somebody works on it all the time
                connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                time.sleep(LOCKED_SECONDS)
            connection.rollback()

    return strike


for _name, _table in TABLES.items():
    add(
        name=f"table-locked-{_name}", group="database", vendor="postgresql", apply=_slow,
        strike=_lock_table(_table), hurts_database=True,
    )  # fmt: skip


def _deadlock(world: World, dice: random.Random) -> None:
    """One row is taken, then, when a writer waits for it in mid-statement, all others: one of the two must give way."""
    import psycopg

    for each in world.sandbox.ids("items"):
        world.sandbox.change("items", each, rate=dice.randrange(1, 999))
    with postgres() as connection, suppress(psycopg.Error):
        connection.execute("SELECT 1 FROM inventory_product ORDER BY id DESC LIMIT 3 FOR UPDATE")
        deadline = time.monotonic() + 8.0
        while time.monotonic() < deadline and not _somebody_waits():
            time.sleep(0.02)
        connection.execute("SELECT 1 FROM inventory_product ORDER BY id FOR UPDATE")
        connection.rollback()


def _somebody_waits() -> bool:
    with postgres() as connection:
        told = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return told is not None and told[0] > 0


def _cut_connections(world: World, dice: random.Random) -> None:
    for _ in range(3):
        time.sleep(dice.uniform(0.1, 0.5))
        with postgres() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _kill_backend(world: World, dice: random.Random) -> None:
    """One dies hard; the server throws everybody out and recovers from its log."""
    with postgres() as connection:
        told = connection.execute(
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid"
        ).fetchall()
    if told:
        send(dice.choice(told)[0], signal.SIGKILL)


def _stop_server(number: signal.Signals):
    """The guardian of the tests' server starts it again, as a service manager would."""

    def strike(world: World, dice: random.Random) -> None:
        time.sleep(dice.uniform(0.1, 1.0))
        with suppress(OSError, ValueError, IndexError):
            pid = int(Path(world.server_folder, "pg", "postmaster.pid").read_text().split()[0])
            send(pid, number)
            time.sleep(1.0)

    return strike


for _name, _strike in {
    "deadlock": _deadlock,
    "connections-cut": _cut_connections,
    "backend-killed": _kill_backend,
    "server-restarted": _stop_server(signal.SIGINT),
    "server-crashed": _stop_server(signal.SIGQUIT),
}.items():
    add(
        name=_name, group="database", vendor="postgresql", mode="full", apply=_slow, strike=_strike,
        hurts_database=True,
    )  # fmt: skip
