"""How much is going on: runs and deliveries begun since some time, by their state now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from django.db.models import Count

from .models import SyncRun, WebhookDelivery


@dataclass(frozen=True)
class Traffic:
    """What was begun since some time: runs and deliveries, by their state now."""

    runs: dict[str, int]
    deliveries: dict[str, int]


def traffic(since: datetime) -> Traffic:
    """Runs are looked through from the newest on, as they have no index by time; those of a day are not many."""
    newest_first = SyncRun.objects.order_by("-pk").values_list("created_at", "status")
    recent = takewhile(lambda row: row[0] >= since, newest_first.iterator(chunk_size=1000))
    deliveries = WebhookDelivery.objects.filter(received_at__gte=since, is_test=False).order_by()
    return Traffic(
        runs=dict(Counter(state for _created_at, state in recent)),
        deliveries=dict(deliveries.values_list("status").annotate(Count("pk"))),
    )
