"""Metric samples as the watch keeps them."""

from __future__ import annotations

from datetime import datetime

from monitoring.models import MetricSample


def counted(name: str, labels: str, at: datetime, total: float, width: int = 60) -> MetricSample:
    """Of a counter, or of one bound of a histogram."""
    return MetricSample.objects.create(name=name, labels=labels, at=at, width=width, count=total, total=total)


def gauged(name: str, labels: str, at: datetime, value: float, width: int = 60) -> MetricSample:
    return MetricSample.objects.create(
        name=name, labels=labels, at=at, width=width, count=1, total=value, low=value, high=value, last=value
    )
