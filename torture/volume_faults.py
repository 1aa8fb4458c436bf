"""What happens to the data folder, which is a small volume of its own where the kernel gives us one."""

from __future__ import annotations

import os
import random
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from .faults import add

if TYPE_CHECKING:
    from .world import World

FULL_SECONDS = 4.0


def _fill(world: World, dice: random.Random) -> None:
    """To the last byte, while runs are at work; then somebody makes room."""
    if not world.has_volume:
        return
    ballast = world.data_folder / "ballast"
    try:
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
        with suppress(OSError), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(512))
        time.sleep(FULL_SECONDS)
    finally:
        ballast.unlink(missing_ok=True)


def _empty_spool(world: World, dice: random.Random) -> None:
    for _ in range(10):
        shutil.rmtree(world.data_folder / "spool", ignore_errors=True)
        time.sleep(0.1)


def _block_spool(world: World, dice: random.Random) -> None:
    """A file where the folder should be."""
    spool = world.data_folder / "spool"
    shutil.rmtree(spool, ignore_errors=True)
    with suppress(OSError):
        os.close(os.open(spool, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _free_spool(world: World, dice: random.Random) -> None:
    spool = world.data_folder / "spool"
    if spool.is_file():
        spool.unlink()


def _slow(world: World, dice: random.Random) -> None:
    world.sandbox.settings(latency_ms=40)


add(name="disk-full", group="volume", mode="full", apply=_slow, strike=_fill, hurts_database=True)
add(name="spool-emptied", group="volume", mode="full", apply=_slow, strike=_empty_spool)
add(name="spool-blocked", group="volume", mode="full", apply=_block_spool, undo=_free_spool)
