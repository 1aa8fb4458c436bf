"""Minutes become hours, hours become days, and days end: each row is rolled up exactly once, whoever does it and when.

A row that is older than its retention is added to the wider bucket and deleted in the same transaction, so that
neither a second sweep at the same time nor a kill in the middle counts it twice or not at all.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from ..models import MetricSample
from . import rows
from .rows import DAY, HOUR, MINUTE, Key, Sums

_BATCH = 2000  # rows in one transaction, so that nobody who writes samples waits for long


def roll_up(now: datetime) -> dict[str, int]:
    """Rows that were gathered into the next width or deleted: {"minutes", "hours", "days"}."""
    keep = settings.METRICS
    return {
        "minutes": _gather(MINUTE, HOUR, now - timedelta(hours=keep["KEEP_MINUTES_HOURS"])),
        "hours": _gather(HOUR, DAY, now - timedelta(days=keep["KEEP_HOURS_DAYS"])),
        "days": _forget(now - timedelta(days=keep["KEEP_DAYS_DAYS"])),
    }


def _gather(width: int, wider: int, before: datetime) -> int:
    """Only whole wider buckets: an hour of which a part still lies in minutes would be drawn as a low one."""
    before = datetime.fromtimestamp(int(before.timestamp()) // wider * wider, UTC)
    done = 0
    while number := _gather_some(width, wider, before):
        done += number
    return done


def _gather_some(width: int, wider: int, before: datetime) -> int:
    with transaction.atomic():
        found = MetricSample.objects.filter(width=width, at__lt=before).order_by("at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            found = found.select_for_update(skip_locked=True)  # another sweep has the others in hand
        taken = list(found[:_BATCH])
        sums: dict[Key, Sums] = {}
        for row in taken:
            at = datetime.fromtimestamp(int(row.at.timestamp()) // wider * wider, UTC)
            key = Key(row.name, wider, at, row.labels)
            sums.setdefault(key, Sums()).merge(Sums(row.count, row.total, row.low, row.high, row.last))
        rows.add(sums.items())
        MetricSample.objects.filter(pk__in=[row.pk for row in taken]).delete()
    return len(taken)


def _forget(before: datetime) -> int:
    done = 0
    while True:
        keys = list(
            MetricSample.objects.filter(width=DAY, at__lt=before)
            .order_by("at")
            .values_list("pk", flat=True)[:_BATCH]
        )
        if not keys:
            return done
        done += MetricSample.objects.filter(pk__in=keys).delete()[0]
