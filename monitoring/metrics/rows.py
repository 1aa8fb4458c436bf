"""Adding to samples in one statement, so that any number of processes may do so at once and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from ..models import MetricSample

MINUTE, HOUR, DAY, EVER = (
    int(width)
    for width in (
        MetricSample.Width.MINUTE,
        MetricSample.Width.HOUR,
        MetricSample.Width.DAY,
        MetricSample.Width.EVER,
    )
)

_STATEMENT = """
    INSERT INTO monitoring_metricsample AS old (name, width, at, labels, count, total, low, high, last)
    VALUES {places}
    ON CONFLICT (name, width, at, labels) DO UPDATE SET
        count = old.count + excluded.count,
        total = old.total + excluded.total,
        low = {least}(COALESCE(old.low, excluded.low), COALESCE(excluded.low, old.low)),
        high = {greatest}(COALESCE(old.high, excluded.high), COALESCE(excluded.high, old.high)),
        last = COALESCE(excluded.last, old.last)
"""
_PLACES = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_MOST = 3000  # rows in one statement, of nine values each; SQLite takes 32,766


@dataclass(slots=True)
class Sums:
    """What was observed within one bucket; low, high and last are None for what only counts."""

    count: int = 0
    total: float = 0.0
    low: float | None = None
    high: float | None = None
    last: float | None = None

    def observe(self, value: float) -> None:
        self.low = value if self.low is None else min(self.low, value)
        self.high = value if self.high is None else max(self.high, value)
        self.last = value
        self.add(value)

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value

    def merge(self, other: Sums) -> None:
        """`other` is the later one."""
        self.count += other.count
        self.total += other.total
        lows = [each for each in (self.low, other.low) if each is not None]
        highs = [each for each in (self.high, other.high) if each is not None]
        self.low, self.high = min(lows, default=None), max(highs, default=None)
        self.last = other.last if other.last is not None else self.last


@dataclass(frozen=True, order=True, slots=True)
class Key:
    """Rows are written in this order by every process, so that two of them never wait for each other in a circle."""

    name: str
    width: int
    at: datetime
    labels: str


def add(found: Iterable[tuple[Key, Sums]]) -> None:
    """All of them or none; in one statement unless there are thousands, in the caller's transaction if he has one."""
    rows = sorted(found, key=lambda pair: pair[0])
    parts = [rows[start : start + _MOST] for start in range(0, len(rows), _MOST)]
    with transaction.atomic(savepoint=False) if len(parts) > 1 else nullcontext():
        for part in parts:
            _add(part)


def _add(part: list[tuple[Key, Sums]]) -> None:
    names = {"least": "MIN", "greatest": "MAX"}
    if connection.vendor == "postgresql":
        names = {"least": "LEAST", "greatest": "GREATEST"}
    statement = _STATEMENT.format(places=", ".join([_PLACES] * len(part)), **names)
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for key, sums in part for value in _values(key, sums)])


def _values(key: Key, sums: Sums) -> list[Any]:
    at = connection.ops.adapt_datetimefield_value(key.at)
    return [key.name, key.width, at, key.labels, sums.count, sums.total, sums.low, sums.high, sums.last]
