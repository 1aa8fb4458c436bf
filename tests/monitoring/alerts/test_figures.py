"""Rules about figures: one breach for each thing that is bad, nothing where there is no data, and words for people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.judging import Round
from monitoring.metrics.labels import pack
from monitoring.models import Alert, AlertRule, MetricSample
from monitoring.windows import judge
from tests.monitoring.alerts.conftest import after

pytestmark = pytest.mark.django_db
NOW = after(60)


def sample(
    name: str, total: float = 1, *, minutes_ago: float = 5, count: int | None = None, **labels
) -> None:
    at = NOW - timedelta(minutes=minutes_ago)
    MetricSample.objects.create(
        width=60, at=at, name=name, labels=pack(labels), count=total if count is None else count, total=total
    )


def gauge(name: str, value: float, *, minutes_ago: float = 5, **labels) -> None:
    MetricSample.objects.create(
        width=60, at=NOW - timedelta(minutes=minutes_ago), name=name, labels=pack(labels),
        count=1, total=value, low=value, high=value, last=value,
    )  # fmt: skip


def rule(subject: str, statistic: str, threshold: float, **columns) -> AlertRule:
    facts = {
        "name": f"{subject} {statistic}",
        "source": "metric",
        "severity": "error",
        "comparison": "above",
        "window_minutes": 30,
    }
    return AlertRule.objects.create(
        subject=subject, statistic=statistic, threshold=threshold, **(facts | columns)
    )


def found(judged: AlertRule) -> tuple[list[str], list[str]]:
    """What is bad and what is good, each by the labels in its fingerprint."""
    breaches, good, _value = judge(judged, NOW)
    return (
        [each.fingerprint.split(":", 2)[2] for each in breaches],
        sorted(each.split(":", 2)[2] for each in good),
    )


def test_the_share_of_failures_is_told_of_each_entity():
    sample("runs", 8, entity="products", result="succeeded")
    sample("runs", 2, entity="products", result="failed")
    sample("runs", 9, entity="stock", result="succeeded")
    sample("runs", 1, entity="stock", result="failed")
    sample("runs", 9, entity="customers", result="failed", minutes_ago=45)

    assert found(rule("runs", "share", 10)) == (["products"], ["stock"])
    assert judge(AlertRule.objects.get(subject="runs", threshold=10, window_minutes=30), NOW)[2] == 20


def test_too_few_are_no_trend_and_nothing_is_no_data():
    sample("runs", 1, entity="products", result="failed")

    assert found(rule("runs", "share", 10, fewest=5)) == ([], [])
    assert judge(rule("webhooks", "share", 10), NOW) == ((), frozenset(), None)


def test_an_entity_can_be_chosen():
    for entity in ("products", "stock"):
        sample("runs", 3, entity=entity, result="failed")

    assert found(rule("runs", "share", 10, entity="stock")) == (["stock"], [])


def test_of_calls_those_without_an_answer_or_with_a_refusal_have_failed_and_304_has_not():
    for status, count in (("200", 5), ("304", 5), ("0", 1), ("429", 1), ("500", 1)):
        sample("calls", count, api="inventory", endpoint="items", status=status)

    (breach,), _good, value = judge(rule("calls", "share", 20), NOW)
    assert value == pytest.approx(100 * 3 / 13)
    assert "inventory" in breach.message


def test_webhooks_fail_when_they_are_dead_or_failed():
    for state in ("applied", "dead", "failed", "ignored"):
        sample("webhooks", 1, subject="item", state=state)

    sample("webhooks", 20, subject="item", state="received")

    assert judge(rule("webhooks", "share", 15), NOW)[2] == 50
    assert (
        judge(rule("webhooks", "sum", 15), NOW)[2] == 20
    )  # what came is told once, what became of it once more


def test_the_slowest_of_a_hundred_calls_are_judged():
    for bound, count in (("1.0", 90), ("10.0", 10)):
        sample("call_seconds", 0, count=count, api="books", endpoint="items", le=bound)

    assert found(rule("call_seconds", "p95", 5)) == (["books"], [])
    assert found(rule("call_seconds", "p95", 10, name="Slower")) == ([], ["books"])
    assert found(rule("call_seconds", "p95", 5, name="Few", fewest=101)) == ([], [])


def test_each_gauge_is_judged_by_itself():
    for minutes_ago, value in ((10, 70), (5, 90), (1, 50)):
        gauge("failures_waiting", value, organization="1", entity="products", minutes_ago=minutes_ago)
    gauge("failures_waiting", 3, organization="1", entity="stock")

    assert found(rule("failures_waiting", "highest", 80)) == (["products:1"], ["stock:1"])
    assert found(rule("failures_waiting", "last", 49)) == (["products:1"], ["stock:1"])
    assert found(rule("failures_waiting", "lowest", 10, comparison="below")) == (["stock:1"], ["products:1"])


def test_a_breach_becomes_an_alert_with_words_and_a_link_and_ends_when_it_is_good(client, admin_user):
    sample("runs", 9, entity="products", result="failed")
    judged = rule("runs", "share", 10, resolve_minutes=0)
    AlertRule.objects.exclude(pk=judged.pk).delete()
    Round(NOW).judge_all()

    alert = Alert.objects.get()
    assert (alert.entity, alert.value, alert.state) == ("products", 100, "open")
    assert alert.message.startswith("Runs, Products (share of failures")
    client.force_login(admin_user)
    assert client.get(alert.page).status_code == 200

    Round(NOW + timedelta(hours=2)).judge_all()
    assert Alert.objects.get().state == "open"  # no data tells nothing
    MetricSample.objects.create(
        width=60, at=NOW + timedelta(hours=2), name="runs", total=9, count=9,
        labels=pack({"entity": "products", "result": "succeeded"}),
    )  # fmt: skip
    Round(NOW + timedelta(hours=2, minutes=5)).judge_all()
    assert Alert.objects.get().state == "resolved"


@pytest.mark.usefixtures("default_rules")
def test_the_rules_that_we_bring_along_judge_figures_that_there_are():
    for entity in ("products", "stock"):
        sample("runs", 9, entity=entity, result="failed")
    sample("webhooks", 9, subject="item", state="dead")
    sample("call_seconds", 0, count=40, api="books", endpoint="items", le="30.0")

    codes = ("runs-failing", "webhooks-failing", "calls-slow")
    counts = [len(judge(AlertRule.objects.get(code=code), NOW)[0]) for code in codes]
    assert counts == [2, 1, 1]
