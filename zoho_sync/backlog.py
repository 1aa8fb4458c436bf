"""How much waits in the queue, and since when; and the stock figure that has waited longest to be verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Min
from django_q.models import OrmQ

from inventory.models import StockCheck


@dataclass(frozen=True)
class Queue:
    """jobs: that no worker has taken yet; oldest_at: when the first of them was put there, None when there is none."""

    jobs: int
    oldest_at: datetime | None


def queue() -> Queue:
    """A job that waits carries the time at which it came (`lock`); canaries have addresses, and do not count."""
    waiting = OrmQ.objects.filter(key=settings.Q_CLUSTER["name"])
    facts = waiting.aggregate(jobs=Count("pk"), oldest=Min("lock"))
    return Queue(facts["jobs"], facts["oldest"])


def oldest_verified_at(organization) -> datetime | None:
    """When the stock was verified that was verified longest ago, of products that are here and counted."""
    checks = StockCheck.objects.filter(
        organization=organization,
        verified_at__isnull=False,
        product__removed_at=None,
        product__is_tracked=True,
    )
    return checks.order_by("verified_at").values_list("verified_at", flat=True).first()
