"""The door's own figures, for whoever watches it from outside. Counted, never assumed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.db.models import Count, Max, Q
from django.utils import timezone

from .. import status
from ..models import WebhookDelivery
from .keys import keys

DAY = timedelta(days=1)
Status = WebhookDelivery.Status


@dataclass(frozen=True)
class DoorHealth:
    """status: ok, degraded (something is not applied, or no delivery can prove itself), down (nothing is stored)."""

    status: str
    facts: dict[str, Any]


def health() -> DoorHealth:
    try:
        inbox, accepted = status.inbox(), len(keys())
        last = WebhookDelivery.objects.aggregate(last=Max("received_at"))["last"]
    except (DatabaseError, InterfaceError):
        return DoorHealth("down", {})
    troubled = inbox.dead or inbox.late or not accepted
    facts = {
        "secrets": accepted,
        "last_received_at": last,
        "waiting": inbox.waiting,
        "processing": inbox.processing,
        "failed": inbox.failed,
        "dead": inbox.dead,
        "late": inbox.late,
        "waiting_since": inbox.waiting_since,
        "reason": inbox.reason,
    }
    return DoorHealth("degraded" if troubled else "ok", facts)


def stats() -> dict[str, Any]:
    """Of the last 24 hours, per subject: received, and in which state they are now."""
    since = timezone.now() - DAY
    rows = (
        WebhookDelivery.objects.filter(received_at__gt=since)
        .order_by("subject")
        .values("subject")
        .annotate(
            received=Count("pk"),
            repeated=Count("pk", filter=Q(is_duplicate=True)),
            last_received_at=Max("received_at"),
            **{
                str(state): Count("pk", filter=Q(status=state))
                for state in Status
                if state != Status.RECEIVED
            },
            waiting=Count("pk", filter=Q(status=Status.RECEIVED)),
        )
    )
    return {"since": since, "subjects": list(rows)}
