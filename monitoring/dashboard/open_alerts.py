"""The alerts that are open, the worst first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Value, When
from django.urls import NoReverseMatch, reverse

from ..models import Alert
from ..troubles import Severity

SHOWN = 8
MOODS = {"info": "quiet", "warning": "warn", "error": "bad", "critical": "bad"}


@dataclass(frozen=True)
class OpenAlert:
    """mood colours the severity. page: where it is handled; "" where that is not known."""

    title: str
    message: str
    severity: str
    mood: str
    since: datetime
    count: int
    acknowledged_by: str
    snoozed_until: datetime | None
    page: str


@dataclass(frozen=True)
class OpenAlerts:
    """count: of all that are open; rows: the worst of them."""

    count: int
    rows: list[OpenAlert]


def open_alerts(may: Callable[[str], bool]) -> OpenAlerts | None:
    """None for visitors who may not see alerts; two queries."""
    if not may("monitoring.view_alert"):
        return None
    order = [When(severity=each.value, then=Value(-place)) for place, each in enumerate(Severity)]
    rows = Alert.objects.filter(state=Alert.State.OPEN)
    worst = (
        rows.select_related("acknowledged_by")
        .annotate(order=Case(*order, default=Value(0), output_field=IntegerField()))
        .order_by("order", "-last_seen_at", "-pk")[: SHOWN + 1]
    )
    found = list(worst)
    count = len(found) if len(found) <= SHOWN else rows.count()
    return OpenAlerts(count, [_told(each) for each in found[:SHOWN]])


def _told(alert: Alert) -> OpenAlert:
    return OpenAlert(
        title=str(alert.title),
        message=str(alert.message),
        severity=alert.get_severity_display(),
        mood=MOODS.get(alert.severity, "quiet"),
        since=alert.since or alert.first_seen_at,
        count=alert.count,
        acknowledged_by=str(alert.acknowledged_by) if alert.acknowledged_at and alert.acknowledged_by else "",
        snoozed_until=alert.snoozed_until,
        page=_page(alert),
    )


def _page(alert: Alert) -> str:
    """The alert's own page, where it can be acknowledged."""
    try:
        return reverse("admin:monitoring_alert_change", args=[alert.pk])
    except NoReverseMatch:
        return alert.page
