"""Taking calls from the limiter."""

from __future__ import annotations

from datetime import timedelta

from zoho_sync.models import CallSlot
from zoho_sync.options import Priority
from zoho_sync.zoho import clock, limits


def limit(settings, **values) -> None:
    settings.ZOHO = settings.ZOHO | values


def take(organization, priority=Priority.NORMAL, **more):
    return limits.acquire(organization, priority, api="inventory", endpoint="items", **more)


def ended(organization, seconds_ago: float, count: int = 1, priority=Priority.NORMAL) -> None:
    """Calls as they lie in the window."""
    moment = clock.now() - timedelta(seconds=seconds_ago)
    CallSlot.objects.bulk_create(
        CallSlot(
            organization=organization,
            priority=priority,
            granted_at=moment,
            ended_at=moment,
            expires_at=moment,
        )
        for _ in range(count)
    )
