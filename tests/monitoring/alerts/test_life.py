"""The life of an alert: what opens it, what it takes to resolve it, who is told when."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone

from monitoring import alerts, retention, telling
from monitoring.judging import Judgement, follow
from monitoring.models import Alert, AlertRule
from tests.factories import UserFactory
from tests.monitoring.alerts.conftest import after, breach, history, rule_for, told

pytestmark = pytest.mark.django_db


def look(rule: AlertRule, minute: float, *found, good=None) -> None:
    """One look of the watch at this minute, with everything that follows from it."""
    now = after(minute)
    follow(AlertRule.objects.get(pk=rule.pk), Judgement(found, good), now)
    for step in (alerts.wake, alerts.escalate, telling.catch_up):
        step(now)


def only() -> Alert:
    return Alert.objects.select_related("rule").get()


def test_a_cause_opens_an_alert_and_somebody_is_told(rule):
    look(rule, 0, breach())

    alert = only()
    assert (alert.state, alert.severity, alert.count, alert.first_seen_at) == ("open", "warning", 1, after(0))
    assert (history(alert), told(), alert.told_at) == (["opened"], ["opened"], after(0))


def test_the_same_cause_seen_again_is_counted_and_nobody_is_told_again(rule):
    for minute in range(4):
        look(rule, minute, breach(message=f"{minute + 2} of them."))

    alert = only()
    assert (alert.count, alert.first_seen_at, alert.last_seen_at) == (4, after(0), after(3))
    assert (alert.message, told()) == ("5 of them.", ["opened"])


def test_ten_thousand_equal_causes_are_one_alert(rule):
    look(rule, 0, *[breach()] * 10_000)
    look(rule, 1, *[breach()] * 10_000)

    assert only().count == 20_000
    assert told() == ["opened"]


def test_it_is_resolved_by_itself_after_it_was_good_for_a_while(rule):
    look(rule, 0, breach())
    look(rule, 1)
    look(rule, 5)
    assert only().state == "open"
    look(rule, 6)

    alert = only()
    assert (alert.state, alert.resolved_at, alert.resolved_by) == ("resolved", after(6), None)
    assert told() == ["opened", "resolved"]


def test_flapping_leaves_it_the_same_open_alert(rule):
    for minute in range(0, 40, 2):
        look(rule, minute, breach())
        look(rule, minute + 1)

    assert (only().count, told()) == (20, ["opened"])


def test_without_data_nothing_is_resolved(rule):
    look(rule, 0, breach())
    for minute in range(1, 30):
        look(rule, minute, good=frozenset())

    assert (only().state, only().good_since) == ("open", None)


def test_what_comes_back_soon_is_the_same_alert(rule):
    look(rule, 0, breach())
    look(rule, 1)
    look(rule, 6)
    look(rule, 50, breach())

    alert = only()
    assert (alert.state, alert.reopened_count, alert.count, alert.first_seen_at) == ("open", 1, 2, after(0))
    assert told() == ["opened", "resolved", "reopened"]


def test_what_comes_back_much_later_is_another_alert(rule):
    look(rule, 0, breach())
    look(rule, 1)
    look(rule, 6)
    look(rule, 70, breach())

    assert list(Alert.objects.order_by("pk").values_list("state", flat=True)) == ["resolved", "open"]


def test_it_opens_only_when_it_has_lasted(channel):
    rule = rule_for(for_minutes=10)
    look(rule, 0, breach())
    look(rule, 9, breach())
    assert not Alert.objects.exists()
    look(rule, 10, breach())
    assert only().first_seen_at == after(10)


def test_a_gap_begins_the_minimum_duration_anew(channel):
    rule = rule_for(for_minutes=10)
    look(rule, 0, breach())
    look(rule, 5)
    look(rule, 8, breach())
    look(rule, 12, breach())

    assert not Alert.objects.exists()


def test_a_cause_that_knows_its_beginning_has_lasted_since_then(channel):
    look(rule_for(for_minutes=10), 0, breach(since=after(-11)))

    assert only().since == after(-11)


def test_a_worse_one_is_told_again_and_a_milder_one_is_not(rule):
    look(rule, 0, breach())
    look(rule, 1, breach(severity="critical"))
    look(rule, 2, breach(severity="error"))

    assert only().severity == "error"
    assert told() == ["opened", "worsened"]


def test_of_two_rules_about_one_cause_the_graver_one_has_it(rule):
    graver = AlertRule.objects.create(
        name="Graver", source="cause", subject="dead-letters", severity="critical", resolve_minutes=5
    )
    for minute in range(3):
        look(rule, minute, breach())
        look(graver, minute, breach(severity="critical"))

    assert (only().severity, only().rule, told()) == ("critical", graver, ["opened", "worsened"])


# --- People ------------------------------------------------------------------------------------------


def test_it_is_escalated_once_and_one_severity_higher(channel):
    rule = rule_for(escalate_minutes=15)
    for minute in range(0, 60, 5):
        look(rule, minute, breach())

    alert = only()
    assert (alert.severity, alert.escalated_at) == ("warning", after(15))
    assert alert.events.get(what="escalated").severity == "error"
    assert told() == ["opened", "escalated"]


def test_what_somebody_has_acknowledged_is_not_escalated(channel):
    rule = rule_for(escalate_minutes=15)
    look(rule, 0, breach())
    noor = UserFactory(username="noor")
    alerts.acknowledge(only(), noor, "I am on it.")
    look(rule, 20, breach())

    alert = only()
    assert (alert.acknowledged_by, alert.note, alert.escalated_at) == (noor, "I am on it.", None)
    assert alert.events.get(what="acknowledged").note == "I am on it."
    with pytest.raises(alerts.AlertStateError):
        alerts.acknowledge(alert, noor)


def test_nobody_is_told_of_a_snoozed_one_until_its_time_is_over(rule):
    until = timezone.now() + timedelta(hours=1)
    minute = (until - after(0)).total_seconds() / 60
    look(rule, minute - 60, breach())
    alerts.snooze(only(), until, UserFactory())
    look(rule, minute - 30, breach(severity="critical"))
    assert told() == ["opened"]
    look(rule, minute + 1, breach(severity="critical"))

    assert (told(), only().snoozed_until) == (["opened", "woken"], None)


def test_a_snooze_outlives_a_short_recovery(rule):
    until = timezone.now() + timedelta(hours=1)
    minute = (until - after(0)).total_seconds() / 60
    look(rule, minute - 60, breach())
    alerts.snooze(only(), until, UserFactory())
    look(rule, minute - 50)
    look(rule, minute - 40)
    look(rule, minute - 30, breach())
    assert (told(), only().reopened_count) == (["opened"], 1)
    look(rule, minute + 1, breach())

    assert told() == ["opened", "woken"]


def test_a_snooze_needs_a_time_that_is_still_to_come_and_not_far_off(rule):
    look(rule, 0, breach())
    for until in (timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(days=32)):
        with pytest.raises(ValueError, match="31 days"):
            alerts.snooze(only(), until, UserFactory())


def test_what_is_resolved_by_hand_rests_a_while_although_its_cause_is_there(rule):
    now = timezone.now()
    minute = (now - after(0)).total_seconds() / 60
    look(rule, minute - 1, breach())
    noor = UserFactory(username="noor")
    alerts.resolve(only(), noor, "It was the test.")
    look(rule, minute + 4, breach())
    assert (only().state, only().resolved_by) == ("resolved", noor)
    look(rule, minute + 6, breach())

    assert (only().state, only().resolved_by, told()) == ("open", None, ["opened", "resolved", "reopened"])


def test_somebody_reopens_it(rule):
    look(rule, 0, breach())
    alerts.resolve(only(), UserFactory())
    alerts.reopen(only(), noor := UserFactory(username="noor"), "It is still there.")

    assert only().state == "open"
    assert only().events.last().by == noor
    with pytest.raises(alerts.AlertStateError):
        alerts.reopen(only(), noor)


def test_an_older_one_cannot_be_reopened_beside_a_newer_one(rule):
    look(rule, 0, breach())
    look(rule, 1)
    look(rule, 6)
    look(rule, 100, breach())
    older = Alert.objects.get(state="resolved")

    with pytest.raises(alerts.AlertStateError, match="newer"):
        alerts.reopen(older, UserFactory())
    assert Alert.objects.filter(state="open").count() == 1


# --- Quiet hours -------------------------------------------------------------------------------------


@pytest.fixture
def quiet(channel) -> AlertRule:
    """Quiet from 22:00 to 07:00 in Baghdad; minute 600 is 22:00, minute 1140 is 07:00."""
    return rule_for(quiet_from=time(22), quiet_to=time(7), escalate_minutes=15)


def test_what_opens_in_quiet_hours_is_told_when_they_end(quiet):
    look(quiet, 660, breach())
    look(quiet, 1139, breach())
    assert (only().told_at, told()) == (None, [])
    look(quiet, 1140, breach())

    assert (only().told_at, told()) == (after(1140), ["opened"])


def test_what_ends_in_quiet_hours_and_was_told_to_nobody_is_never_told(quiet):
    look(quiet, 660, breach())
    look(quiet, 661)
    look(quiet, 670)
    look(quiet, 1140)

    assert (only().state, told()) == ("resolved", [])


def test_that_it_is_over_is_told_after_the_quiet_hours_to_who_was_told_that_it_began(quiet):
    look(quiet, 590, breach())
    look(quiet, 601)
    look(quiet, 610)
    assert (only().state, told()) == ("resolved", ["opened"])
    look(quiet, 1141)

    assert told() == ["opened", "resolved"]


def test_it_is_offered_again_as_long_as_nobody_takes_it(channel):
    channel.delete()
    rule = rule_for()
    look(rule, 0, breach())
    assert only().told_at is None
    type(channel).objects.create(name="New", kind="log")
    look(rule, 1, breach())

    assert (told(), only().told_at) == (["opened"], after(1))


def test_what_is_over_for_long_is_forgotten_and_what_is_open_stays(rule, settings):
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"ALERTS": 10}
    look(rule, 0, breach("a"), breach("b"))
    alerts.resolve(Alert.objects.get(fingerprint="a"), UserFactory())
    assert retention.forget(timezone.now() + timedelta(days=9)) == 0
    assert retention.forget(timezone.now() + timedelta(days=11)) == 1
    assert [alert.fingerprint for alert in Alert.objects.all()] == ["b"]
