"""Counts of the running minute, by key, that all web processes of this machine share.

They lie in one small file that every process maps into memory: counting is a few microseconds, and no database or
cache server is asked. A key has a place in each of two rows of counters, by a hash; the lesser one counts, so that two
keys are taken for one only where they meet in both. A minute begins with a key's first request.

The counts bound what one visitor may cost; they are no ledger. They begin anew when the file is lost, and each machine
that runs a web server counts for itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60
PLACES = 1 << 15
ROWS = 2
_COUNTER = struct.Struct("<II")  # when its minute began, in whole seconds; how many since
SIZE = ROWS * PLACES * _COUNTER.size  # 512 KiB


@dataclass(frozen=True)
class Count:
    """used: with this one. seconds_left: until the key's minute is over, at least 1."""

    used: int
    seconds_left: int


class Meter:
    """Opened once in each process, at its first use; a process that was forked opens it for itself."""

    def __init__(self, path: Path):
        self._path = path
        self._lock = threading.Lock()
        self._owner = 0

    def add(self, key: str, amount: int = 1) -> Count:
        """Count one more (or, with 0, only look)."""
        now = int(self._now())
        with self._open() as counters:
            found = [self._read(counters, place, now) for place in _places(key)]
            since, used = min(found, key=lambda counter: counter[1])
            used += amount
            if amount:
                for place, (begun, count) in zip(_places(key), found, strict=True):
                    _COUNTER.pack_into(counters, place, begun, max(count, used))
        return Count(used, max(1, WINDOW_SECONDS - (now - since)))

    def forget(self) -> None:
        """As if nobody had come yet."""
        with self._open() as counters:
            counters[:] = bytes(SIZE)

    def _now(self) -> float:
        return time.time()

    @staticmethod
    def _read(counters: mmap.mmap, place: int, now: int) -> tuple[int, int]:
        begun, count = _COUNTER.unpack_from(counters, place)
        return (begun, count) if 0 <= now - begun < WINDOW_SECONDS else (now, 0)

    @contextmanager
    def _open(self) -> Iterator[mmap.mmap]:
        with self._lock:
            if self._owner != os.getpid():
                self._file, self._counters = _mapped(self._path)
                self._owner = os.getpid()
            if self._file is not None:
                fcntl.lockf(self._file, fcntl.LOCK_EX)  # the kernel lets go for a process that dies
            try:
                yield self._counters
            finally:
                if self._file is not None:
                    fcntl.lockf(self._file, fcntl.LOCK_UN)


def _mapped(path: Path) -> tuple[int | None, mmap.mmap]:
    """The file and its memory; memory of this process alone where the file cannot be had."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(file).st_size != SIZE:
            os.ftruncate(file, SIZE)
        return file, mmap.mmap(file, SIZE)
    except OSError as error:
        log.warning("requests are counted in each process for itself: %s cannot be used: %s", path, error)
        return None, mmap.mmap(-1, SIZE)


def _places(key: str) -> list[int]:
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()
    halves = (int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:], "big"))
    return [(row * PLACES + half % PLACES) * _COUNTER.size for row, half in enumerate(halves)]
