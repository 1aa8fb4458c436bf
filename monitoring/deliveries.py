"""Who is told: an event of an alert becomes one delivery for each channel that takes it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from .models import Alert, AlertChannel, AlertDelivery, AlertEvent

State, Occasion, What = AlertDelivery.State, AlertDelivery.Occasion, AlertEvent.What
_BATCH = 10_000  # deleted at once
FAILING_CHANNEL = "channel:"  # begins the fingerprint of an alert about a channel; its key follows


def enqueue(event: AlertEvent) -> int:
    """Make the deliveries of an event, in the transaction of the caller. Returns how many channels it goes to.

    It goes to the channels of the alert's rule that are on, else to every channel that is on and takes its severity;
    that an alert is over goes to those that were told of it. An alert about a channel never goes through that channel.
    Calling it again for the same event makes nothing twice.
    """
    with transaction.atomic():
        rows = [_delivery(channel, event) for channel in channels_for(event)]
        AlertDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def channels_for(event: AlertEvent) -> list[AlertChannel]:
    """By name. Quiet hours and snoozes are the caller's business."""
    alert = event.alert
    usable = AlertChannel.objects.filter(is_on=True)
    if alert.fingerprint.startswith(FAILING_CHANNEL):
        concerned = alert.fingerprint.removeprefix(FAILING_CHANNEL)
        usable = usable.exclude(pk=concerned) if concerned.isdecimal() else usable
    if event.what == What.RESOLVED:
        return list(usable.filter(pk__in=_told(alert).values("channel")))
    chosen = list(usable.filter(rules=alert.rule)) if alert.rule is not None else []
    return chosen or [each for each in usable if each.takes(event.severity)]


def _told(alert: Alert) -> QuerySet[AlertDelivery]:
    """What was told of it, or is still to be."""
    return AlertDelivery.objects.filter(
        event__alert=alert, state__in=[State.WAITING, State.SENDING, State.SENT]
    )


def _delivery(channel: AlertChannel, event: AlertEvent) -> AlertDelivery:
    return AlertDelivery(
        channel=channel,
        event=event,
        occasion=Occasion.ALERT,
        severity=event.severity,
        created_at=timezone.now(),
        next_attempt_at=timezone.now(),
    )


def ask_test(channel: AlertChannel) -> AlertDelivery:
    """A test through this channel, even while it is off."""
    now = timezone.now()
    return AlertDelivery.objects.create(
        channel=channel, occasion=Occasion.TEST, severity="info", created_at=now, next_attempt_at=now
    )


def forget(now: datetime) -> int:
    """Delete messages that are settled for longer than settings.RETENTION_DAYS says; how many.

    What was told of an alert that is open is still needed, to know whom to tell that it is over.
    """
    old = now - timedelta(days=settings.RETENTION_DAYS["ALERTS"])
    settled = AlertDelivery.objects.exclude(state__in=AlertDelivery.OPEN).filter(created_at__lt=old)
    is_open = Alert.objects.filter(state=Alert.State.OPEN, pk=OuterRef("event__alert"))
    keys = settled.exclude(Exists(is_open)).order_by("pk").values_list("pk", flat=True)[:_BATCH]
    return AlertDelivery.objects.filter(pk__in=list(keys)).delete()[0]


def send_again(delivery: AlertDelivery) -> bool:
    """Let one that was given up wait again, as if it were new. Returns whether it was one."""
    return bool(
        AlertDelivery.objects.filter(pk=delivery.pk, state=State.DEAD).update(
            state=State.WAITING, next_attempt_at=timezone.now(), lease_until=None, attempts_count=0
        )
    )
