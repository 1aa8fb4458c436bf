"""PostgreSQL counts the transactions of all its databases in one row: tests beside this one hold the horizon up."""

from __future__ import annotations

import time

from inventory import changes
from inventory.triggers import KINDS


def settle() -> None:
    """Wait until every transaction that began before now has ended, whoever's it is."""
    deadline = time.monotonic() + 60
    while not all(changes.horizon(kind).is_settled for kind in KINDS):
        assert time.monotonic() < deadline, "some transaction does not end"
        time.sleep(0.01)
