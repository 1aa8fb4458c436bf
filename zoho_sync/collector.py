"""Python's collector of reference cycles, told what a sync, and an answer of the web server, are like."""

from __future__ import annotations

import gc
from functools import cache


@cache
def let_collector_rest() -> None:
    """Once per process: what is loaded by now stays, and need not be looked through again and again for cycles.

    A page makes thousands of rows that die by themselves; the passes over all of Django's objects that they provoked
    cost a seventh of a first sync's CPU. It is not looked through before: to load the program leaves no cycles behind
    (none of 136,000 objects), and looking takes 80 ms of each worker.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
