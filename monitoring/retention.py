"""The end of alerts that nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from .models import Alert

_BATCH = 1000  # alerts in one statement, each with its history and its messages


def forget(now: datetime) -> int:
    """Delete alerts that have been over for longer than settings.RETENTION_DAYS says, with their history; how many."""
    old = now - timedelta(days=settings.RETENTION_DAYS["ALERTS"])
    over = Alert.objects.filter(state=Alert.State.RESOLVED, resolved_at__lt=old).order_by("pk")
    keys = list(over.values_list("pk", flat=True)[:_BATCH])
    Alert.objects.filter(pk__in=keys, state=Alert.State.RESOLVED).delete()
    return len(keys)
