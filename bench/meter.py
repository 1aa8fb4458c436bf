"""What is measured of one step, by the process that does it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

SERVER = "BENCH_DATABASE_SERVER"  # in the environment: the pid of PostgreSQL's first process


@dataclass
class Figures:
    """One step. cpu: user and system seconds of the process; server: of the database's own processes meanwhile, 0 where
    it has none or they are not on this machine; rows: that it wrote or compared; peak: VmHWM, in MB, of the process
    until now (0 where the system does not tell it)."""

    step: str
    cpu: float = 0.0
    server: float = 0.0
    wall: float = 0.0
    rows: int = 0
    calls: int = 0
    peak: float = 0.0

    def tell(self) -> None:
        sys.stdout.write(json.dumps(asdict(self)) + "\n")
        sys.stdout.flush()


@contextmanager
def metered(step: str) -> Iterator[Figures]:
    """Measure the block and tell the parent; the block fills in rows and calls."""
    figures = Figures(step)
    cpu, server, wall = time.process_time(), server_seconds(), time.monotonic()
    yield figures
    figures.cpu, figures.server, figures.wall, figures.peak = (
        time.process_time() - cpu,
        server_seconds() - server,
        time.monotonic() - wall,
        peak_megabytes(),
    )
    figures.tell()


def server_seconds() -> float:
    """CPU that the database server has used since it started: all of its processes, ended ones among them."""
    first = os.environ.get(SERVER, "")
    if not first:
        return 0.0
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended, and counts among its parent's
            continue
        own, ended = sum(map(int, told[11:13])), sum(map(int, told[13:15]))
        if folder.name == first:
            ticks += own + ended
        elif told[1] == first:
            ticks += own
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_megabytes() -> float:
    try:
        with open("/proc/self/status") as lines:  # noqa: PTH123
            found = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    except OSError:
        return 0.0
    return int(found[0]) / 1024 if found else 0.0
