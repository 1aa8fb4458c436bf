"""Processes that stand still, as on a machine that is suspended."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

_STILL = "TtZX"  # stopped, traced, or dead


def stop_still(*pids: int) -> None:
    """Stop them, and return when every thread stands still: one in the middle of taking a lock takes it first, however
    long a busy machine lets it wait for that. Raises ProcessLookupError where one is gone already."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    while not all(map(_stands_still, pids)):
        time.sleep(0.002)


def _stands_still(pid: int) -> bool:
    try:
        states = [
            each.read_text().rpartition(")")[2].split()[0]
            for each in Path(f"/proc/{pid}/task").glob("*/stat")
        ]
    except (FileNotFoundError, ProcessLookupError):  # a thread has ended meanwhile
        return False
    return all(state in _STILL for state in states)
