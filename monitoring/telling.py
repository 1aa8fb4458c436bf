"""Who is told of an alert's event, and when: at once, after the quiet hours of its rule, or when a snooze is over.

An alert whose `told_at` is empty has news that nobody was told yet.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from inventory import acts

from .deliveries import enqueue
from .models import Alert, AlertDelivery, AlertEvent, AlertRule
from .rules import is_quiet
from .troubles import Severity

What = AlertEvent.What
TOLD = (What.OPENED, What.WORSENED, What.ESCALATED, What.WOKEN, What.REOPENED)  # while it is open
_LATE_NEWS = timedelta(days=2)  # that something is over interests nobody for ever


def record(
    alert: Alert,
    what: str,
    *,
    now: datetime,
    by=None,
    note: str = "",
    severity: str = "",
    until: datetime | None = None,
) -> AlertEvent:
    """A line of the alert's history; what a person does is told to the trail too."""
    if by is not None:
        changes = {"snoozed_until": (alert.snoozed_until, until)} if until else {}
        acts.tell(Alert, str(what), {alert.pk: changes}, user=by, note=note)
    return AlertEvent.objects.create(
        alert=alert, what=what, at=now, by=by, note=note, severity=severity or alert.severity, until=until
    )


def tell(alert: Alert, event: AlertEvent, now: datetime) -> int:
    """Hand the event to the channels, in the transaction that recorded it; or leave it for later. Returns messages."""
    is_late = is_silenced(alert, now)
    count = 0 if is_late else enqueue(event)
    alert.told_at = now if count else None
    Alert.objects.filter(pk=alert.pk).update(told_at=alert.told_at)
    return count


def tell_end(alert: Alert, event: AlertEvent, now: datetime) -> int:
    """That it is over: told to those who were told that it began, and not while it is silenced."""
    if alert.told_at is None and not was_told(alert):
        return 0
    return tell(alert, event, now)


def was_told(alert: Alert) -> bool:
    return AlertDelivery.objects.filter(event__alert=alert).exists()


def is_silenced(alert: Alert, now: datetime) -> bool:
    """Snoozed, or in the quiet hours of its rule. Those hold for everything of the rule: staff have chosen them."""
    if alert.snoozed_until is not None and alert.snoozed_until > now:
        return True
    return alert.rule is not None and rule_is_quiet(alert.rule, now)


def rule_is_quiet(rule: AlertRule, now: datetime) -> bool:
    return is_quiet(timezone.localtime(now), rule.quiet_weekdays, rule.quiet_from, rule.quiet_to)


def catch_up(now: datetime) -> int:
    """Tell what could not be told when it happened: of what is still bad, and of what has ended meanwhile."""
    untold = Alert.objects.filter(told_at=None).select_related("rule")
    still_bad = untold.filter(state=Alert.State.OPEN, good_since=None)
    ended = untold.filter(state=Alert.State.RESOLVED, resolved_at__gte=now - _LATE_NEWS)
    count = 0
    for alert in still_bad:
        if not is_silenced(alert, now):
            count += _tell_last(alert, TOLD, now)
    for alert in ended.filter(events__deliveries__isnull=False).distinct():
        if not is_silenced(alert, now):
            count += _tell_last(alert, (What.RESOLVED,), now)
    return count


def _tell_last(alert: Alert, whats, now: datetime) -> int:
    """The last of these events; what nobody takes now is offered again, until somebody does or it ends."""
    event = alert.events.filter(what__in=whats).order_by("-pk").first()
    if event is None:
        return 0
    with transaction.atomic():
        mine = Alert.objects.filter(pk=alert.pk, told_at=None, state=alert.state).update(told_at=now)
        count = enqueue(event) if mine else 0
        if mine and not count and alert.state == Alert.State.OPEN:
            Alert.objects.filter(pk=alert.pk).update(told_at=None)
    return count


def one_higher(severity: str) -> str:
    order = list(Severity)
    return order[min(order.index(Severity(severity)) + 1, len(order) - 1)]
