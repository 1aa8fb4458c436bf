"""A rule, a channel that takes everything, and steps through time."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from monitoring.breaches import Breach
from monitoring.models import Alert, AlertChannel, AlertDelivery, AlertRule
from monitoring.troubles import Severity

START = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.get_fixed_timezone(0))  # a Friday, 12:00 in Baghdad


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def rule_for(subject: str = "dead-letters", **columns) -> AlertRule:
    AlertRule.objects.filter(subject=subject).delete()  # the one that is brought along
    facts = {"name": f"About {subject}", "source": "cause", "severity": "warning", "resolve_minutes": 5}
    return AlertRule.objects.create(subject=subject, **(facts | columns))


def breach(fingerprint: str = "dead-letters", severity: str = "warning", **columns) -> Breach:
    facts = {"title": "Dead letters", "message": "2 of them."}
    return Breach(fingerprint=fingerprint, severity=Severity(severity), **(facts | columns))


def history(alert: Alert) -> list[str]:
    return list(alert.events.values_list("what", flat=True))


def told() -> list[str]:
    """What was handed to the channel, in order."""
    return list(AlertDelivery.objects.order_by("pk").values_list("event__what", flat=True))


@pytest.fixture
def default_rules(db) -> None:
    """As the migration brings them, also after a test that empties every table at its end."""
    for name in ("0002_bring_default_rules", "0003_bring_the_rule_of_backups"):
        import_module(f"monitoring.migrations.{name}").bring(apps, connection.schema_editor())


@pytest.fixture
def channel(db) -> AlertChannel:
    return AlertChannel.objects.create(name="Everybody", kind="log")


@pytest.fixture
def rule(channel) -> AlertRule:
    return rule_for()
