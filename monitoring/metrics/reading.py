"""Samples read back: over time, over one window, by label. None, or nothing, where there is no data: never a zero.

Buckets of different widths never hold the same observation: what was rolled up into an hour is gone from its minutes.
So a stretch of time is the sum of all rows that begin in it, whatever their width; the row that never ends begins long
before any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from ..models import MetricSample
from .catalogue import BOUNDS, Kind, get
from .labels import has_all, unpack
from .rows import DAY, HOUR, MINUTE, Sums

Pairs = tuple[tuple[str, str], ...]  # labels and their values, sorted


class Row(NamedTuple):
    at: datetime
    labels: str
    count: int  # type: ignore[assignment]
    total: float
    low: float | None
    high: float | None
    last: float | None


@dataclass(frozen=True)
class Point:
    """What was observed from `at` on. total: their sum; low, high and last only of gauges."""

    at: datetime
    count: int
    total: float
    low: float | None
    high: float | None
    last: float | None

    @property
    def mean(self) -> float | None:
        return self.total / self.count if self.count else None


def usual_width(span: timedelta) -> int:
    """Of a curve's steps: minutes up to a day, hours up to eight, else days."""
    if span <= timedelta(days=1):
        return MINUTE
    return HOUR if span <= timedelta(days=8) else DAY


def series(
    name: str, *, since: datetime, until: datetime | None = None, width: int | None = None, **labels: str
) -> list[Point]:
    """In the order of time, one point per step in which something was observed. labels: only these; others are summed.

    A gauge of several label sets is summed too: `last` of each step is the sum of their last values.
    """
    until = until or timezone.now()
    width = width or usual_width(until - since)
    steps: dict[datetime, dict[str, Sums]] = {}
    for row in _rows(name, since, until, labels):
        step = datetime.fromtimestamp(int(row.at.timestamp()) // width * width, UTC)
        steps.setdefault(step, {}).setdefault(row.labels, Sums()).merge(_sums(row))
    return [_point(at, steps[at], name) for at in sorted(steps)]


def window(name: str, *, minutes: int, now: datetime | None = None, **labels: str) -> Point | None:
    """Everything observed in the last minutes as one point; None: nothing was."""
    now = now or timezone.now()
    since = now - timedelta(minutes=minutes)
    found: dict[str, Sums] = {}
    for row in _rows(name, since, now, labels):
        found.setdefault(row.labels, Sums()).merge(_sums(row))
    return _point(since, found, name) if found else None


def by_label(
    name: str, label: str, *, since: datetime, until: datetime | None = None, **labels: str
) -> dict[str, Point]:
    """{value of the label: everything observed with it}; only what was observed."""
    found: dict[str, dict[str, Sums]] = {}
    for row in _rows(name, since, until or timezone.now(), labels):
        value = unpack(row.labels).get(label, "")
        found.setdefault(value, {}).setdefault(row.labels, Sums()).merge(_sums(row))
    return {value: _point(since, sums, name) for value, sums in sorted(found.items())}


def by_labels(name: str, *, since: datetime, until: datetime | None = None) -> dict[Pairs, Point]:
    """{labels: everything observed with them}; only what was observed. A histogram's bounds are left out."""
    found: dict[Pairs, dict[str, Sums]] = {}
    for row in _rows(name, since, until or timezone.now(), {}):
        pairs = tuple(sorted(pair for pair in unpack(row.labels).items() if pair[0] != "le"))
        found.setdefault(pairs, {}).setdefault(row.labels, Sums()).merge(_sums(row))
    return {pairs: _point(since, sums, name) for pairs, sums in sorted(found.items())}


def latest(
    name: str, *, within_minutes: int = 5, now: datetime | None = None, **labels: str
) -> dict[Pairs, tuple[float, datetime]]:
    """{labels: (last value, start of its bucket)} of a gauge; what has not been observed lately is left out."""
    now = now or timezone.now()
    found = {}
    for row in _rows(name, now - timedelta(minutes=within_minutes), now, labels):
        if row.last is not None:
            found[tuple(sorted(unpack(row.labels).items()))] = (row.last, row.at)
    return found


def percentile(
    name: str,
    share: float,
    *,
    minutes: int | None = None,
    since: datetime | None = None,
    now: datetime | None = None,
    **labels: str,
) -> float | None:
    """What `share` (0 to 1) of a histogram's observations are at most, as finely as its buckets tell; None: no data.

    Within a bucket the observations are taken to lie evenly. What lies above the last bound is told as that bound.
    """
    now = now or timezone.now()
    begin = since or now - timedelta(minutes=minutes or 0)
    counts: dict[float, int] = {}
    for row in _rows(name, begin, now, labels):
        bound = float(unpack(row.labels).get("le", "inf"))
        counts[bound] = counts.get(bound, 0) + row.count
    return _percentile(counts, share)


def _percentile(counts: dict[float, int], share: float) -> float | None:
    """counts: {upper bound: observations between the bound below and this one}."""
    wanted, below = sum(counts.values()) * share, 0
    if not counts:
        return None
    for bound in sorted(counts):
        if below + counts[bound] >= wanted:
            if bound == float("inf"):
                return BOUNDS[-1]
            place = BOUNDS.index(bound) if bound in BOUNDS else 0
            lower = BOUNDS[place - 1] if place else 0.0
            return lower + (bound - lower) * (wanted - below) / counts[bound]
        below += counts[bound]
    return BOUNDS[-1]


def merged(points: Iterable[Point]) -> Point | None:
    """Points that follow each other as one; None when there are none."""
    points = list(points)
    if not points:
        return None
    return Point(
        points[0].at,
        sum(point.count for point in points),
        sum(point.total for point in points),
        min((point.low for point in points if point.low is not None), default=None),
        max((point.high for point in points if point.high is not None), default=None),
        points[-1].last,
    )


def _rows(name: str, since: datetime, until: datetime, labels: dict[str, str]) -> Iterator[Row]:
    """In the order of time. The bucket in which `since` lies is counted whole, if it is a minute's."""
    get(name)
    first = since.replace(second=0, microsecond=0)
    wanted = [(label, str(value)) for label, value in labels.items()]
    rows = MetricSample.objects.filter(name=name, at__gte=first, at__lte=until).order_by("at")
    narrow: dict[str, bool] = {}  # the same few texts come again and again
    for row in rows.values_list(*Row._fields).iterator(chunk_size=5000):
        labels_of = row[1]
        if labels_of not in narrow:
            narrow[labels_of] = has_all(labels_of, wanted)
        if narrow[labels_of]:
            yield Row._make(row)


def _sums(row: Row) -> Sums:
    return Sums(row.count, row.total, row.low, row.high, row.last)


def _point(at: datetime, found: dict[str, Sums], name: str) -> Point:
    """found: by labels. The same thing observed under two labels is two things: their values are added up."""
    parts = list(found.values())
    whole = Sums()
    for each in parts:
        whole.merge(each)
    if get(name).kind is Kind.GAUGE and len(parts) > 1:
        whole.last = sum(each.last for each in parts if each.last is not None)
    return Point(at, whole.count, whole.total, whole.low, whole.high, whole.last)
