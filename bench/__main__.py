"""Measure our sync and the floor in turn, round after round, and print the medians side by side.

python -m bench [--parts webhooks api api-documents pages documents reports records integrity metrics channels
                         first-load slices aged sync]
                [--size 20000] [--rounds 3] [--database sqlite|postgresql] [--memory-sizes 5000 40000]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import (
    aged,
    api,
    api_documents,
    channels,
    documents,
    drain,
    first_load,
    ingest,
    integrity,
    metrics,
    pages,
    records,
    report,
    reports,
    slices,
)
from .meter import Figures
from .surroundings import DATABASES, PROJECT, environment, sandbox

PARTS = [
    "webhooks", "api", "api-documents", "pages", "documents", "reports", "records", "integrity", "metrics", "channels",
    "first-load", "slices", "aged", "sync",
]  # fmt: skip
ENTITIES = ["warehouses", "products", "stock", "price_lists"]
FLOORS = {"floor": "written", "floor read": "read"}  # the second is what an unchanged pass is compared with
CHANGELESS = {"unchanged": "full", "incremental": "incremental"}  # our passes over what is there already


class Bench:
    """Runs the measured processes, each fresh, and keeps their figures: {(who, step): [one of each round]}."""

    def __init__(self, folder: Path, database, zoho: dict[str, str], columns: Path):
        self.folder, self.database, self.zoho, self.columns = folder, database, zoho, columns
        self.figures: dict[tuple[str, str], list[Figures]] = {}

    def round(self) -> None:
        """The floor with and without its writes, our first full sync, then our passes in which nothing has changed."""
        address = self.database.fresh("floor")
        for who, way in FLOORS.items():
            self._measure(who, address, "bench.floor", str(self.columns), way, *ENTITIES)
        self.database.drop("floor")
        address = self.database.fresh("ours")
        self._measure("first", address, "bench.ours", "full", *ENTITIES)
        for who, mode in CHANGELESS.items():
            self._measure(who, address, "bench.ours", mode, *ENTITIES)
        self.database.drop("ours")

    def upserts(self) -> None:
        for way in ("ours", "django"):
            self._measure(f"upsert {way}", self.database.fresh("upserts"), "bench.upserts", way)
            self.database.drop("upserts")

    def _measure(self, who: str, address: str, module: str, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=PROJECT,
            env=environment(address, self.zoho, self.folder) | self.database.server,
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit(f"{module} {' '.join(words)} failed; the lines above say why.")
        for line in done.stdout.splitlines():
            figures = Figures(**json.loads(line))
            self.figures.setdefault((who, figures.step), []).append(figures)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        databases = [DATABASES[each](folder) for each in options.database]
        if "webhooks" in options.parts:
            ingest.measure(folder, databases)
            drain.measure(folder, databases)
        if "api" in options.parts:
            api.measure(folder, databases)
        if "api-documents" in options.parts:
            api_documents.measure(folder, databases)
        if "pages" in options.parts:
            pages.measure(folder, databases)
        if "documents" in options.parts:
            documents.measure(folder, databases)
        if "reports" in options.parts:
            reports.measure(folder, databases)
        if "records" in options.parts:
            records.measure(folder, databases)
        if "integrity" in options.parts:
            integrity.measure(folder, databases)
        if "metrics" in options.parts:
            metrics.measure(folder, databases, options)
        if "channels" in options.parts:
            channels.measure(folder, databases, options)
        if "first-load" in options.parts:
            first_load.measure(folder, databases, options)
        if "slices" in options.parts:
            slices.measure(folder, databases, options)
        if "aged" in options.parts:
            aged.measure(folder, databases, options)
        if "sync" not in options.parts:
            return
        columns = folder / "columns.json"
        with columns.open("w") as file:
            described = environment("sqlite:///unused", {}, folder)
            subprocess.run(
                [sys.executable, "-m", "bench.columns"], cwd=PROJECT, env=described, stdout=file, check=True
            )
        with sandbox(options.size, options.warehouses, options.prices) as zoho:
            benches = [Bench(folder, database, zoho, columns) for database in databases]
            for _ in range(options.rounds):
                for bench in benches:
                    bench.round()
                    bench.upserts()
        for bench in benches:
            report.sync(bench, options)
            report.upserts(bench)
        report.memory(_memory(folder, databases, columns, options))


def _memory(folder: Path, databases: list, columns: Path, options) -> dict[str, dict[int, dict[str, float]]]:
    """{database: {items: {pass: peak MB}}} of a fresh process for every pass."""
    found: dict[str, dict[int, dict[str, float]]] = {each.vendor: {} for each in databases}
    for size in options.memory_sizes:
        with sandbox(size, options.warehouses, options.prices) as zoho:
            for database in databases:
                bench = Bench(folder, database, zoho, columns)
                bench.round()
                peaks: dict[str, float] = {}
                for (who, _), (figures,) in bench.figures.items():
                    peaks[who] = max(peaks.get(who, 0.0), figures.peak)
                found[database.vendor][size] = peaks
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Our sync beside a floor.")
    parser.add_argument("--size", type=_count, default=20_000, help="items (%(default)s)")
    parser.add_argument("--warehouses", type=_count, default=5, help="places that keep them (%(default)s)")
    parser.add_argument(
        "--prices", type=_count, default=1_300, help="prices in each of 5 lists (%(default)s)"
    )
    parser.add_argument("--rounds", type=_count, default=3, help="medians of so many (%(default)s)")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=PARTS,
        default=PARTS,
        help="what is measured (all)",
    )
    parser.add_argument("--database", nargs="+", choices=[*DATABASES], default=[*DATABASES])
    parser.add_argument(
        "--memory-sizes",
        type=_count,
        nargs="*",
        default=[5_000, 40_000],
        help="items, for peak memory (5000 40000)",
    )
    return parser.parse_args()


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 250_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 250000")
    return int(text)


if __name__ == "__main__":
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    main()
