"""A pool of PostgreSQL connections for processes that do not fork once they are connected: those of the web server.

The queue's processes must never have one. They fork out of each other, and two processes that talk through the same
socket get each other's answers.
"""

from __future__ import annotations

from typing import Any

WAIT_SECONDS = 5  # for a free connection, or for a database that is away; then the visitor is told
IDLE_SECONDS = 60  # so long a connection stays that nobody needs


def use_pool(database: dict[str, Any], most: int) -> None:
    """Let Django's dictionary of a database share `most` connections among the threads of a process; 0 leaves it."""
    if not most:
        return
    options = {"min_size": 1, "max_size": most, "timeout": WAIT_SECONDS, "max_idle": IDLE_SECONDS}
    database["OPTIONS"] = database.get("OPTIONS", {}) | {"pool": options}
    database["CONN_MAX_AGE"] = 0  # a request gives its own back; which ones live on is the pool's affair
