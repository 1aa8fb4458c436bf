"""Prometheus' text format 0.0.4, from the rows: the same whichever process is asked.

Counters and histograms are told since ever, from rows that are never pruned, so that they never fall. A gauge is told
as it was seen last, and left out when nobody has looked for some minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils import translation
from prometheus_client import Metric as Family
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from ..models import MetricSample
from .catalogue import BOUNDS, METRICS, Kind, Metric
from .labels import unpack
from .rows import EVER, MINUTE

PREFIX = "tsh_"
SEEN_WITHIN = timedelta(minutes=5)

Told = tuple[dict[str, str], int, float, float | None]  # labels, count, total, last


def exposition(now: datetime) -> bytes:
    """Everything in the catalogue; what was never observed has its type, and no sample."""
    with translation.override("en"):  # who reads it is a program
        return generate_latest(_Rows(now))


class _Rows(Collector):
    def __init__(self, now: datetime):
        self._now = now

    def collect(self) -> Iterable[Family]:
        found = self._found()
        for metric in METRICS.values():
            yield _FAMILIES[metric.kind](metric, found.get(metric.name, []))

    def _found(self) -> dict[str, list[Told]]:
        """{metric: its sets of labels}, each told once; in two queries."""
        columns = ("name", "labels", "count", "total", "last")
        ever = MetricSample.objects.filter(width=EVER).order_by("name", "labels")
        lately = MetricSample.objects.filter(
            width=MINUTE,
            at__gte=self._now - SEEN_WITHIN,
            name__in=[metric.name for metric in METRICS.values() if metric.kind is Kind.GAUGE],
        ).order_by("name", "labels", "at")
        found: dict[tuple[str, str], Told] = {}
        for rows in (ever, lately):
            for name, labels, count, total, last in rows.values_list(*columns).iterator():
                found[name, labels] = (unpack(labels), count, total, last)
        told: dict[str, list[Told]] = {}
        for (name, _labels), each in found.items():
            told.setdefault(name, []).append(each)
        return told


def _counter(metric: Metric, rows: list[Told]) -> Family:
    family = CounterMetricFamily(PREFIX + metric.name, str(metric.words), labels=metric.labels)
    for labels, _count, total, _last in rows:
        family.add_metric(_values(metric, labels), total)
    return family


def _gauge(metric: Metric, rows: list[Told]) -> Family:
    family = GaugeMetricFamily(PREFIX + metric.name, str(metric.words), labels=metric.labels)
    for labels, _count, _total, last in rows:
        if last is not None:
            family.add_metric(_values(metric, labels), last)
    return family


def _histogram(metric: Metric, rows: list[Told]) -> Family:
    family = HistogramMetricFamily(PREFIX + metric.name, str(metric.words), labels=metric.labels)
    counts: dict[tuple[str, ...], dict[float, int]] = {}
    sums: dict[tuple[str, ...], float] = {}
    for labels, count, total, _last in rows:
        values = tuple(_values(metric, labels))
        bounds = counts.setdefault(values, {})
        bound = float(labels.get("le", "inf"))
        bounds[bound] = bounds.get(bound, 0) + count
        sums[values] = sums.get(values, 0.0) + total
    for values, bounds in counts.items():
        family.add_metric(values, list(_cumulative(bounds)), sums[values])
    return family


def _cumulative(bounds: dict[float, int]) -> Iterator[tuple[str, float]]:
    """Every bound there is, also one at which rows of an older version have counted: none may come and go."""
    passed = 0
    for bound in sorted({*BOUNDS, *bounds, float("inf")}):
        passed += bounds.get(bound, 0)
        yield "+Inf" if bound == float("inf") else f"{bound:g}", passed


def _values(metric: Metric, labels: dict[str, str]) -> list[str]:
    return [labels.get(name, "") for name in metric.labels]


_FAMILIES = {Kind.COUNTER: _counter, Kind.GAUGE: _gauge, Kind.HISTOGRAM: _histogram}
