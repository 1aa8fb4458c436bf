"""The watch: one round makes alerts of what is wrong; one process looks, whatever becomes of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from monitoring import watch
from monitoring.models import Alert, AlertRule, Watch
from tests.factories import WebhookDeliveryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_rules")]


def test_one_look_opens_an_alert_about_what_is_wrong():
    WebhookDeliveryFactory.create_batch(2, status="dead")

    call_command("run_monitor", "--once")

    alert = Alert.objects.get(fingerprint="dead-letters")
    assert (alert.state, alert.records_count, alert.rule.code) == ("open", 2, "dead-letters")
    assert alert.page.startswith("/admin/zoho_sync/webhookdelivery/")
    assert Watch.objects.get().looked_at is not None


def test_a_rule_that_cannot_be_judged_stops_no_other_and_says_why():
    WebhookDeliveryFactory(status="dead")
    broken = AlertRule.objects.create(name="A first", source="cause", subject="nothing", severity="info")

    assert watch.look_once()

    broken.refresh_from_db()
    assert "nothing" in broken.problem
    assert Alert.objects.filter(fingerprint="dead-letters").exists()


def test_alerts_of_a_rule_that_is_switched_off_are_resolved():
    WebhookDeliveryFactory(status="dead")
    watch.look_once()
    AlertRule.objects.update(is_on=False)
    watch.look_once()

    alert = Alert.objects.get(fingerprint="dead-letters")
    assert (alert.state, alert.events.last().note) == ("resolved", "Its rule was switched off or removed.")


def test_who_finds_the_lease_taken_does_not_look():
    Watch.objects.create(name=watch.NAME, owner="another", lease_until=timezone.now() + timedelta(seconds=20))
    assert not watch.look_once()
    assert Watch.objects.get().looked_at is None

    Watch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert watch.look_once()


def test_who_ends_gives_the_lease_back():
    watch.look_once()

    assert Watch.objects.get().lease_until is None


def test_after_the_database_was_away_for_long_somebody_is_told():
    watcher = watch.Watcher()
    watcher.away_since = timezone.now() - timedelta(seconds=20)
    watcher.beat()
    assert not Alert.objects.filter(fingerprint="database").exists()

    watcher.away_since = began = timezone.now() - timedelta(minutes=5)
    watcher.beat()
    assert Alert.objects.get(fingerprint="database").first_seen_at == began
