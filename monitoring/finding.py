"""Alerts as the search over everything needs them: plain values, their titles in every language."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import override

from .admin.alert_words import severity_tag, state_tag
from .models import Alert

LOOKED_AT = 300  # the newest; titles are kept as sentences, which no index knows in the reader's language


@dataclass(frozen=True)
class FoundAlert:
    """severity, state: as they are shown everywhere. page: where it is handled."""

    number: int
    title: str
    severity: object
    state: object
    page: str


def titles() -> dict[int, str]:
    """{number of an alert: its title in all languages}, newest first; a query for each language."""
    newest = Alert.objects.order_by("-pk").values_list("pk", "title")[:LOOKED_AT]
    said: dict[int, str] = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for number, title in newest.all():
                said[number] = f"{said.get(number, '')} {title}"
    return said


def alerts(numbers: Collection[int]) -> list[FoundAlert]:
    """Those that there are: open ones first, then the newest. One query."""
    rows: QuerySet[Alert] = Alert.objects.filter(pk__in=list(numbers)).order_by("state", "-pk")
    return [
        FoundAlert(
            number=each.pk,
            title=str(each.title),
            severity=severity_tag(each.severity),
            state=state_tag(each),
            page=reverse("admin:monitoring_alert_change", args=[each.pk]),
        )
        for each in rows
    ]
