"""Which channels an alert's event goes to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from monitoring import tasks
from monitoring.deliveries import enqueue
from monitoring.models import AlertDelivery, AlertEvent, AlertRule

What, State = AlertEvent.What, AlertDelivery.State
pytestmark = pytest.mark.django_db


def names(event: AlertEvent) -> list[str]:
    return [each.channel.name for each in event.deliveries.order_by("channel__name")]


@pytest.fixture
def rule() -> AlertRule:
    return AlertRule.objects.create(name="ours", source="cause", subject="worker", severity="error")


def test_without_channels_of_its_own_an_alert_goes_to_all_that_take_its_severity(channel, alert, event):
    channel(name="all")
    channel(name="errors", severities=["error", "critical"])
    channel(name="criticals", severities=["critical"])
    channel(name="off", is_on=False)
    told = event(alert())
    assert enqueue(told) == 2
    assert names(told) == ["all", "errors"]


def test_a_rules_channels_take_its_alerts_whatever_their_severities(channel, alert, event, rule):
    channel(name="all")
    rule.channels.add(channel(name="chosen", severities=["critical"]), channel(name="off", is_on=False))
    told = event(alert(rule=rule))
    assert enqueue(told) == 1
    assert names(told) == ["chosen"]


def test_when_all_of_a_rules_channels_are_off_the_others_are_told(channel, alert, event, rule):
    channel(name="all")
    rule.channels.add(channel(name="off", is_on=False))
    told = event(alert(rule=rule))
    enqueue(told)
    assert names(told) == ["all"]


def test_that_a_channel_fails_is_never_told_through_itself(channel, alert, event, rule):
    failing = channel(name="failing")
    channel(name="other")
    rule.channels.add(failing)
    told = event(alert(f"channel:{failing.pk}", rule=rule))
    enqueue(told)
    assert names(told) == ["other"]


def test_the_severity_of_the_event_decides_so_that_an_escalation_reaches_further(channel, alert, event):
    channel(name="criticals", severities=["critical"])
    told = event(alert(severity="error"), What.ESCALATED, severity="critical")
    enqueue(told)
    assert names(told) == ["criticals"]
    assert told.deliveries.get().severity == "critical"


def test_that_it_is_over_goes_to_those_who_were_told_of_it(channel, alert, event):
    channel(name="criticals", severities=["critical"])
    channel(name="errors", severities=["error"])
    open_alert = alert(severity="error")
    enqueue(event(open_alert, What.ESCALATED, severity="critical"))
    over = event(open_alert, What.RESOLVED)
    enqueue(over)
    assert names(over) == ["criticals"]


def test_what_was_given_up_was_not_told(channel, alert, event):
    channel(name="all")
    opened = event(alert())
    enqueue(opened)
    opened.deliveries.update(state=State.DEAD)
    assert enqueue(event(opened.alert, What.RESOLVED)) == 0


def test_old_messages_are_forgotten_but_those_that_wait_and_those_of_open_alerts(
    channel, alert, event, settings
):
    channel(name="all")
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"ALERTS": 30}
    ended, still_open = alert("a", state="resolved"), alert("b")
    for one, state in ((ended, "sent"), (ended, "dropped"), (ended, "waiting"), (still_open, "sent")):
        told = event(one)
        enqueue(told)
        told.deliveries.update(state=state, created_at=timezone.now() - timedelta(days=31))
    enqueue(event(ended))
    assert tasks.forget().startswith("2 messages")
    left = AlertDelivery.objects.order_by("pk").values_list("event__alert__fingerprint", "state")
    assert list(left) == [("a", "waiting"), ("b", "sent"), ("a", "waiting")]


def test_asking_twice_makes_nothing_twice(channel, alert, event):
    channel(name="all")
    told = event(alert())
    assert (enqueue(told), enqueue(told)) == (1, 1)
    assert AlertDelivery.objects.count() == 1


def test_what_the_caller_takes_back_is_never_sent(channel, alert, event):
    channel(name="all")
    told = event(alert())
    with transaction.atomic():
        enqueue(told)
        transaction.set_rollback(True)
    assert AlertDelivery.objects.count() == 0


def test_a_channel_whose_secret_cannot_be_read_is_still_enqueued_and_silences_no_other(
    channel, alert, event, settings
):
    channel(name="a")
    from monitoring.models import AlertChannel

    AlertChannel.objects.update(secrets="x")
    settings.ENCRYPTION_KEYS = ["another key than the one of before"]
    assert enqueue(event(alert())) == 1
