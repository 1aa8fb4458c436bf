"""What a fault is, and the register of all of them. Each module of faults registers its own by name."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

Step = Callable[["World", random.Random], object]


def nothing(world: World, dice: random.Random) -> None:
    """A fault need not have every step."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong. Each step gets the world and the case's dice.

    name: as `--only` takes it. group: as docs/torture.md tells of it.
    apply: before the runs of the case begin. strike: while they are at work. undo: takes all of it away again.
    mode: of the case's first runs, "" for either. needs_full: what it hides only a full run can find.
    hurts_database: our pages may answer 503 under it, and nothing worse.
    vendor: the only database on which it can happen. is_slow: takes more than half a minute.
    is_bounded: dependable enough for mixes and for the part that is bounded by time.
    """

    name: str
    group: str
    apply: Step = nothing
    strike: Step = nothing
    undo: Step = nothing
    mode: str = ""
    needs_full: bool = False
    hurts_database: bool = False
    vendor: str = ""
    is_slow: bool = False
    is_lonely: bool = False  # makes no sense in a mix
    is_bounded: bool = True


ALL: dict[str, Fault] = {}


def add(**facts) -> Fault:
    fault = Fault(**facts)
    if fault.name in ALL:
        raise ValueError(f"two faults are called {fault.name}")
    ALL[fault.name] = fault
    return fault


def catalogue(vendor: str = "") -> list[Fault]:
    """Every fault there is, on that database or on any, in the order of the groups."""
    from . import data_faults, local_faults, upstream_faults  # noqa: F401  (they register themselves)

    return [fault for fault in ALL.values() if not vendor or fault.vendor in ("", vendor)]
