"""How much waits in the queue, and since when; and the stock figure that has waited longest to be verified."""

from __future__ import annotations

from datetime import datetime

from inventory.models import StockCheck

from . import broker


def queue() -> broker.Waiting | None:
    """The jobs that wait; None while the queue does not answer."""
    try:
        return broker.waiting()
    except broker.QueueAway:
        return None


def queue_trouble() -> str:
    """Why no job can be queued or taken, "" when all is well. One in our own database has the database's troubles."""
    try:
        broker.check()
    except broker.QueueAway as error:
        return str(error)
    return ""


def oldest_verified_at(organization) -> datetime | None:
    """When the stock was verified that was verified longest ago, of products that are here and counted."""
    checks = StockCheck.objects.filter(
        organization=organization,
        verified_at__isnull=False,
        product__removed_at=None,
        product__is_tracked=True,
    )
    return checks.order_by("verified_at").values_list("verified_at", flat=True).first()
