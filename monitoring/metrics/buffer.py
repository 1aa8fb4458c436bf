"""What this process has observed and not written yet. Written every few seconds, when a run ends, and at exit.

Whoever observes pays for an addition in memory; the rows are added to by a thread that lives only while there is
something to write. What a process that is killed had in hand, a few seconds of it, is lost: samples are no ledger.
While the database is away sums are kept and tried again; only where it goes in the very moment of the commit is it not
known whether they are in, and they are written again.
"""

from __future__ import annotations

import atexit
import logging
import math
import multiprocessing
import os
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from multiprocessing.util import Finalize

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from . import catalogue, rows
from .catalogue import BOUNDS, Kind, Metric
from .labels import pack
from .rows import EVER, MINUTE, Key, Sums

log = logging.getLogger(__name__)

OTHER = "other"  # what labels say when a metric has too many sets of them
_MOST_LABELS = 500  # sets of labels per metric and process
_MOST_KEPT = 20_000  # rows, while the database is away; what comes on top is not kept
_SLOWEST = 60.0  # seconds between two attempts while it is away
_EPOCH = datetime.fromtimestamp(0, UTC)


class Buffer:
    """Safe for threads. seconds: until what was observed is written; 0: only when asked for."""

    def __init__(self, seconds: float):
        self._seconds = seconds
        self.forget()

    def forget(self) -> None:
        """As if nothing had been observed. A forked process begins so: its parent writes what that has in hand."""
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._sums: dict[tuple[str, int, str], Sums] = {}
        self._labels: dict[str, set[str]] = defaultdict(set)
        self._timer: threading.Timer | None = None
        self._is_failing = self._writes_at_exit = False
        self._pause = self._seconds

    def add(self, name: str, value: float = 1, **labels: object) -> None:
        """Count: `value` more of a counter.

        Raises LookupError and ValueError for what is not in the catalogue, and for a value that adds nothing up.
        """
        metric = catalogue.get(name)
        if metric.kind is not Kind.COUNTER or not 0 <= value < math.inf:
            raise ValueError(f"{name}: {value} cannot be counted")
        self._put(metric, labels, value)

    def observe(self, name: str, value: float, **labels: object) -> None:
        """One observation of a gauge, or of a histogram. Raises as `add` does."""
        metric = catalogue.get(name)
        if metric.kind is Kind.COUNTER or not math.isfinite(value):
            raise ValueError(f"{name}: {value} cannot be observed")
        self._put(metric, labels, value)

    def _put(self, metric: Metric, labels: Mapping[str, object], value: float) -> None:
        if labels.keys() != metric.label_set:
            raise ValueError(f"{metric.name} has the labels {sorted(metric.labels)}, not {sorted(labels)}")
        packed, minute = pack(labels), int(time.time()) // MINUTE * MINUTE
        with self._lock:
            known = self._labels[metric.name]
            if packed not in known and len(known) >= _MOST_LABELS:
                labels = dict.fromkeys(labels, OTHER)
                packed = pack(labels)
            known.add(packed)
            if metric.kind is Kind.HISTOGRAM:
                packed = pack({**labels, "le": _bound(value)})
            key = (metric.name, minute, packed)
            sums = self._sums.get(key)
            if sums is None:
                if len(self._sums) >= _MOST_KEPT:
                    return
                sums = self._sums[key] = Sums()
            (sums.observe if metric.kind is Kind.GAUGE else sums.add)(value)
            if self._seconds and self._timer is None:
                self._await()

    # --- Writing -----------------------------------------------------------------------------------------

    def _await(self) -> None:
        """Write in some seconds, and at exit. Under the lock."""
        if not self._writes_at_exit:
            self._writes_at_exit = True
            if multiprocessing.parent_process() is None:
                atexit.register(self._at_exit)
            else:  # a child of multiprocessing, such as the queue's workers, leaves without what atexit knows
                Finalize(None, self._at_exit, exitpriority=10)
        self._timer = threading.Timer(self._pause, self._in_time)
        self._timer.daemon = True
        self._timer.start()

    def _in_time(self) -> None:
        with self._lock:
            self._timer = None
        try:
            self.flush()
        finally:
            connection.close()  # this thread's own
        with self._lock:
            if self._sums and self._timer is None:
                self._await()

    def _at_exit(self) -> None:
        if not self._sums:
            return
        if not connection.in_atomic_block:
            connection.close()  # whatever became of it: a new one is opened
        self.flush()

    def flush(self) -> int:
        """Write what is in hand, on this thread's connection; how many sums. What cannot be written stays in hand."""
        with self._writing:
            with self._lock:
                taken, self._sums = self._sums, {}
            if not taken:
                return 0
            try:
                rows.add(_rows(taken).items())
            except (DatabaseError, InterfaceError) as error:
                self._give_back(taken)
                self._pause = min(2 * self._pause, _SLOWEST)
                if not self._is_failing:
                    log.warning("metrics cannot be written, and are kept: %s", " ".join(str(error).split()))
                self._is_failing = True
                return 0
            self._is_failing, self._pause = False, self._seconds
            return len(taken)

    def _give_back(self, taken: dict[tuple[str, int, str], Sums]) -> None:
        with self._lock:
            newer, self._sums = self._sums, taken
            for key, sums in newer.items():
                if key in self._sums:
                    self._sums[key].merge(sums)
                elif len(self._sums) < _MOST_KEPT:
                    self._sums[key] = sums

    @property
    def is_empty(self) -> bool:
        return not self._sums

    def write_soon(self) -> None:
        """Something has ended: whoever looks now should see it, so do not wait for the rest of the seconds."""
        with self._lock:
            if self._timer is None or not self._sums or self._is_failing:
                return
            self._timer.cancel()
            self._timer = threading.Timer(0, self._in_time)
            self._timer.daemon = True
            self._timer.start()


def _bound(value: float) -> str:
    """The upper bound of the bucket, as the label tells it."""
    place = bisect_left(BOUNDS, value)
    return f"{BOUNDS[place]:g}" if place < len(BOUNDS) else "inf"


def _rows(taken: Mapping[tuple[str, int, str], Sums]) -> dict[Key, Sums]:
    """Each sum goes into its minute, and what counts also into the row that never ends: together, or not at all."""
    found: dict[Key, Sums] = {}
    for (name, minute, labels), sums in taken.items():
        found[Key(name, MINUTE, datetime.fromtimestamp(minute, UTC), labels)] = sums
        if catalogue.get(name).kind is not Kind.GAUGE:
            found.setdefault(Key(name, EVER, _EPOCH, labels), Sums()).merge(sums)
    return found


own = Buffer(settings.METRICS["FLUSH_SECONDS"])
add, observe, flush = own.add, own.observe, own.flush
os.register_at_fork(after_in_child=own.forget)
