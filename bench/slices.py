"""What a slice costs beside its pages: `python -m bench.slices SECONDS`, or `measure`.

The same full pass over products in which nothing has changed, worked in one slice and in slices of a page or two, in
turn, each in a fresh process. What the second takes longer is spent on claims, on threads with a connection and a
session to Zoho of their own, on a place to go on, and on ringing for the next slice.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from .surroundings import PROJECT, environment, sandbox

AIM_MS = 50
WAYS = {"whole": "3600", "cut": "0.001"}  # seconds that a slice may take


def measure(folder: Path, databases: list, options: Any) -> None:
    table = Table(title=f"A slice beside its pages: {options.size:,} products, medians of {options.rounds}")
    for name in ("database", "slices", "CPU ms a slice", "wall ms a slice", "aim"):
        table.add_column(name, justify="left" if name == "database" else "right")
    with sandbox(options.size, options.warehouses, options.prices) as zoho:
        for database in databases:
            surroundings = environment(database.fresh("slices"), zoho, folder)
            _in_process(surroundings, "bench.ours", "full", "warehouses", "products")
            costs = [_cost(surroundings) for _ in range(options.rounds)]
            database.drop("slices")
            slices, cpu, wall = (median(each) for each in zip(*costs, strict=True))
            table.add_row(database.version(), f"{slices:.0f}", f"{cpu:.1f}", f"{wall:.1f}", str(AIM_MS))
    Console(highlight=False, width=110).print(table)


def _cost(surroundings: dict[str, str]) -> tuple[int, float, float]:
    """(slices, milliseconds of CPU and of wall time that each took beside its pages)."""
    told = {
        way: json.loads(_in_process(surroundings, "bench.slices", seconds)) for way, seconds in WAYS.items()
    }
    whole, cut = told["whole"], told["cut"]
    more = cut["slices"] - whole["slices"]
    cpu, wall = (1000 * (cut[name] - whole[name]) / more for name in ("cpu", "wall"))
    return cut["slices"], cpu, wall


def _in_process(surroundings: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"{words[0]} failed; the lines above say why.")
    return done.stdout


# --- In a process of its own ---------------------------------------------------------------------------


def main(seconds: float) -> None:
    import django

    django.setup()
    logging.disable(logging.INFO)
    from django.conf import settings

    from zoho_sync import runner, services
    from zoho_sync.collector import let_collector_rest
    from zoho_sync.options import SyncMode, SyncOptions, Trigger

    settings.ZOHO |= {"CALLS_PER_MINUTE": 10**6, "CALLS_PER_DAY": 10**6}
    let_collector_rest()  # once per process, whatever the number of slices
    run = services.start_run(
        SyncOptions(entity="products", mode=SyncMode.FULL), trigger=Trigger.COMMAND, organization=None
    )
    cpu, wall = time.process_time(), time.monotonic()
    while (outcome := runner.work_slice(run.pk, seconds=seconds)) == runner.GOES_ON:
        pass
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    run.refresh_from_db()
    if outcome != "succeeded":
        sys.exit(f"products: {outcome}. {run.message}")
    sys.stdout.write(json.dumps({"cpu": cpu, "wall": wall, "slices": run.slices_count}))


if __name__ == "__main__":
    main(float(sys.argv[1]))
