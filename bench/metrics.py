"""What counting costs a sync: `python -m bench.metrics watched|unwatched ENTITY…`, or `measure`.

The same full sync with and without the receivers, in turn, each in a fresh process. Two such processes differ by more
than the receivers cost, so what is spent in them and in writing their sums is also measured where it is spent: CPU of
the threads that do it, beside the CPU of the whole process.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from .surroundings import PROJECT, environment, sandbox

ENTITIES = ["warehouses", "products", "stock", "price_lists"]
AIM_PERCENT = 2.0


def measure(folder: Path, databases: list, options: Any) -> None:
    table = Table(
        title=f"Counting: full sync of {options.size:,} items x {options.warehouses} warehouses, "
        f"medians of {options.rounds}"
    )
    names = ("database", "CPU s, not counting", "counting", "more %", "spent in it s", "% of CPU", "aim")
    for name in names:
        table.add_column(name, justify="left" if name == "database" else "right")
    told: dict[tuple[str, str], list[dict[str, float]]] = {}
    with sandbox(options.size, options.warehouses, options.prices) as zoho:
        for _ in range(options.rounds):
            for database in databases:
                for way in ("unwatched", "watched"):
                    found = _in_process(database, zoho, folder, way)
                    told.setdefault((database.vendor, way), []).append(found)
    for database in databases:
        without, with_it = (
            median(each["cpu"] for each in told[database.vendor, way]) for way in ("unwatched", "watched")
        )
        spent = median(each["spent"] for each in told[database.vendor, "watched"])
        table.add_row(
            database.version(), f"{without:.2f}", f"{with_it:.2f}", f"{100 * (with_it / without - 1):+.1f}",
            f"{spent:.3f}", f"{100 * spent / with_it:.2f}", f"{AIM_PERCENT:g}",
        )  # fmt: skip
    Console(highlight=False, width=110).print(table)


def _in_process(database, zoho: dict[str, str], folder: Path, way: str) -> dict[str, float]:
    words = [sys.executable, "-m", "bench.metrics", way, *ENTITIES]
    surroundings = environment(database.fresh("metrics"), zoho, folder)
    done = subprocess.run(words, cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True)
    database.drop("metrics")
    if done.returncode:
        sys.exit("bench.metrics failed; the lines above say why.")
    return json.loads(done.stdout)


# --- In a process of its own ---------------------------------------------------------------------------


class Spent:
    """CPU seconds of the functions given to `within`, in whatever thread they run."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()

    def within(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def metered(*args: Any, **more: Any) -> Any:
            began = time.thread_time()
            try:
                return function(*args, **more)
            finally:
                with self._lock:
                    self.seconds += time.thread_time() - began

        return metered


def main(way: str, entities: list[str]) -> None:
    import django

    django.setup()
    logging.disable(logging.INFO)
    from django.conf import settings

    from monitoring.metrics import buffer, receivers
    from zoho_sync import services
    from zoho_sync.options import SyncMode, Trigger

    spent = Spent()
    receivers.disconnect()
    if way == "watched":
        # Flushing, opening and closing the thread's connection, and each receiver with the signal's own dispatch.
        buffer.own._in_time = spent.within(buffer.own._in_time)  # type: ignore[method-assign]
        for signal, receiver in receivers.connections():
            signal.connect(spent.within(receiver), weak=False)
    settings.ZOHO |= {"CALLS_PER_MINUTE": 10**6, "CALLS_PER_DAY": 10**6}
    began = time.process_time()
    for run in services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND, entities=entities):
        run = services.work_here(run)
        if run.status != "succeeded":
            sys.exit(f"{run.entity}: {run.status}, {run.failed_count} failed. {run.message}")
    if way == "watched":
        buffer.own._in_time()
    cpu = time.process_time() - began
    sys.stdout.write(json.dumps({"cpu": cpu, "spent": spent.seconds}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
