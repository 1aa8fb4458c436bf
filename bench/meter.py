"""What is measured of one step, by the process that does it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass


@dataclass
class Figures:
    """One step. cpu: user and system seconds of the process; rows: that it wrote or compared; peak: VmHWM, in MB,
    of the process until now (0 where the system does not tell it)."""

    step: str
    cpu: float = 0.0
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
    cpu, wall = time.process_time(), time.monotonic()
    yield figures
    figures.cpu, figures.wall, figures.peak = (
        time.process_time() - cpu,
        time.monotonic() - wall,
        peak_megabytes(),
    )
    figures.tell()


def peak_megabytes() -> float:
    try:
        with open("/proc/self/status") as lines:  # noqa: PTH123
            found = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    except OSError:
        return 0.0
    return int(found[0]) / 1024 if found else 0.0
