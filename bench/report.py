"""The tables that `make bench` prints."""

from __future__ import annotations

from statistics import median

from rich.console import Console
from rich.table import Table

from .meter import Figures

_console = Console(highlight=False, width=130)
_ENTITIES = ("products", "stock", "price_lists")


def _median(rounds: list[Figures], name: str) -> float:
    return median(getattr(each, name) for each in rounds)


def _total(bench, who: str, name: str) -> float:
    return sum(_median(bench.figures[who, step], name) for step in _ENTITIES)


def sync(bench, options) -> None:
    table = Table(
        title=f"{bench.database.version()}: {options.size:,} items x {options.warehouses} warehouses, "
        f"5 lists of {min(options.prices, options.size):,} prices; medians of {options.rounds}"
    )
    for name in (
        "pass",
        "entity",
        "CPU s",
        "x floor",
        "x read",
        "with server",
        "x floor",
        "wall s",
        "rows/s",
        "calls",
        "CPU ms/call",
        "peak MB",
    ):
        table.add_column(name, justify="left" if name in ("pass", "entity") else "right")
    for who in ("floor", "floor read", "first", "unchanged", "incremental"):
        for step in _ENTITIES:
            rounds, floor = bench.figures[who, step], bench.figures["floor", step]
            read = _median(bench.figures["floor read", step], "cpu")
            cpu, wall = _median(rounds, "cpu"), _median(rounds, "wall")
            both = cpu + _median(rounds, "server")
            floors = _median(floor, "cpu") + _median(floor, "server")
            calls = int(_median(rounds, "calls"))
            rows = int(_median(floor, "rows"))
            table.add_row(
                who, step, f"{cpu:.2f}", f"{cpu / _median(floor, 'cpu'):.2f}", f"{cpu / read:.2f}",
                f"{both:.2f}", f"{both / floors:.2f}", f"{wall:.2f}",
                f"{rows / wall:,.0f}", str(calls), f"{1000 * cpu / calls:.1f}" if calls else "",
                f"{_median(rounds, 'peak'):.0f}",
            )  # fmt: skip
        cpu, wall = _total(bench, who, "cpu"), _total(bench, who, "wall")
        ratios = [f"{cpu / _total(bench, floor, 'cpu'):.2f}" for floor in ("floor", "floor read")]
        both, floors = (_total(bench, each, "cpu") + _total(bench, each, "server") for each in (who, "floor"))
        table.add_row(
            who, "all", f"{cpu:.2f}", *ratios, f"{both:.2f}", f"{both / floors:.2f}", f"{wall:.2f}",
            style="bold", end_section=True,
        )  # fmt: skip
    _console.print(table)


def upserts(bench) -> None:
    table = Table(title=f"{bench.database.version()}: upserts, microseconds of CPU a row")
    for name in ("table, pass", "ours", "bulk_create(update_conflicts)", "ratio"):
        table.add_column(name, justify="left" if name.startswith("table") else "right")
    steps = [step for who, step in bench.figures if who == "upsert ours"]
    for step in steps:
        each = [_per_row(bench.figures[f"upsert {way}", step]) for way in ("ours", "django")]
        table.add_row(step, *(f"{micros:.0f}" for micros in each), f"{each[1] / each[0]:.1f}")
    _console.print(table)


def _per_row(rounds: list[Figures]) -> float:
    return 1e6 * _median(rounds, "cpu") / rounds[0].rows


def memory(found: dict[str, dict[int, dict[str, float]]]) -> None:
    for vendor, sizes in found.items():
        if not sizes:
            continue
        table = Table(title=f"{vendor}: peak memory (VmHWM) of a fresh process, MB")
        table.add_column("items", justify="right")
        for who in ("floor", "first", "unchanged", "incremental"):
            table.add_column(who, justify="right")
        for size, peaks in sizes.items():
            table.add_row(
                f"{size:,}",
                *(f"{peaks[name]:.0f}" for name in ("floor", "first", "unchanged", "incremental")),
            )
        _console.print(table)
