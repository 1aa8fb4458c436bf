"""Alerts for who looks at them: the worst first, and whether anybody still judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from .causes.watching import SILENT_AFTER
from .models import Alert, Watch
from .troubles import Severity

GRADE = Case(
    *(When(severity=severity, then=Value(grade)) for grade, severity in enumerate(Severity)),
    default=Value(0),
    output_field=IntegerField(),
)


def open_alerts() -> QuerySet[Alert]:
    """The worst first, and of equals the newest."""
    return Alert.objects.filter(state=Alert.State.OPEN).order_by(GRADE.desc(), "-pk")


def worst_of(alerts: QuerySet[Alert]) -> str | None:
    """Of those that are open."""
    found = alerts.filter(state=Alert.State.OPEN).order_by().values_list("severity", flat=True).distinct()
    order = [each.value for each in Severity]
    return max(found, key=order.index, default=None)


@dataclass(frozen=True)
class Looked:
    """at: when the rules were judged last, None: never. is_lately: so that open alerts tell of now."""

    at: datetime | None
    is_lately: bool

    @classmethod
    def by(cls, at: datetime | None) -> Looked:
        return cls(at, at is not None and timezone.now() - at <= SILENT_AFTER)


def looked() -> Looked:
    rows = Watch.objects.filter(looked_at__isnull=False)
    return Looked.by(rows.order_by("-looked_at").values_list("looked_at", flat=True).first())
