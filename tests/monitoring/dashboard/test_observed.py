"""What the charts and the flow of webhooks read from the samples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.dashboard.charts import PLANS, chart, plans_for
from monitoring.dashboard.flow import flows
from monitoring.dashboard.observed import observe
from monitoring.dashboard.periods import PERIODS
from tests.monitoring.dashboard.samples import counted, gauged

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 9, 47, tzinfo=UTC)
DAY = PERIODS[0]
PLAN = {plan.id: plan for plan in PLANS}


def everything(permission: str) -> bool:
    return True


def drawn(name: str, period=DAY):
    plan = PLAN[name]
    starts = period.starts(NOW, UTC)
    return chart(plan, observe(plan.metrics, period, starts))


def test_samples_are_added_up_into_the_step_they_lie_in():
    for minutes in (1, 17, 18):  # 09:46 and 09:30; 09:29 belongs to the step before
        counted("calls", "api=inventory&endpoint=items&status=200", NOW - timedelta(minutes=minutes), 5)
    counted("calls", "api=books&endpoint=contacts&status=200", NOW - timedelta(minutes=2), 1)

    answered = drawn("calls").series[0].values

    assert answered[-2:] == [5, 11]


def test_calls_are_told_by_what_came_back():
    for status, count in ((200, 7), (204, 1), (429, 2), (404, 3), (500, 4), (0, 5)):
        counted("calls", f"api=inventory&endpoint=items&status={status}", NOW, count)

    assert [each.values[-1] for each in drawn("calls").series] == [8, 2, 12]


def test_where_nobody_watched_nothing_is_known_and_where_nothing_happened_it_is_zero():
    counted("calls", "api=inventory&endpoint=items&status=200", NOW, 1)
    counted("calls", "api=inventory&endpoint=items&status=429", NOW - timedelta(hours=1), 1)

    answered = drawn("calls").series[0].values

    assert answered[-3:] == [0, None, 1]


def test_a_chart_without_any_sample_has_no_data():
    gauged("queue_jobs", "", NOW, 3)

    assert not drawn("calls").has_data
    assert drawn("queue").has_data


def test_gauges_are_told_by_their_highest_and_added_over_entities():
    gauged("failures_waiting", "entity=products&organization=1", NOW, 3)
    gauged("failures_waiting", "entity=products&organization=1", NOW - timedelta(minutes=5), 4)
    gauged("failures_waiting", "entity=stock&organization=1", NOW, 2)

    assert drawn("failures").series[0].values[-1] == 4 + 2


def test_a_time_is_told_by_the_bounds_that_it_fell_between():
    for bound, count in (("1", 50), ("5", 45), ("30", 5)):
        counted("webhook_seconds", f"le={bound}&subject=item", NOW, count)

    half, most = drawn("webhook-seconds").series

    assert (half.values[-1], most.values[-1]) == (1, 5)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.key)
def test_what_lies_in_minutes_hours_and_days_is_added_up_whatever_the_period(period):
    """No observation is in two of them: what was rolled up into an hour is gone from its minutes."""
    for width, hours in ((60, 1), (3600, 2), (86400, 9)):
        counted("webhooks", "state=applied&subject=item", NOW - timedelta(hours=hours), 1, width=width)

    assert sum(value or 0 for value in drawn("webhooks", period).series[0].values) == 3


def test_samples_outside_the_period_are_left_out():
    counted("webhooks", "state=applied&subject=item", NOW - timedelta(hours=25), 1)
    counted(
        "webhooks", "state=applied&subject=item", NOW + timedelta(hours=3), 1
    )  # of a clock that runs ahead

    assert not drawn("webhooks").has_data


def test_the_flow_tells_of_the_last_hour_and_of_the_last_day():
    for hours, count in ((0.5, 3), (2, 10)):
        at = NOW - timedelta(hours=hours)
        counted("webhooks", "state=received&subject=item", at, count)
        counted("webhooks", "state=applied&subject=item", at, count - 1)
        counted("webhook_seconds", "le=2&subject=item", at, count)

    hour, day = flows(everything, NOW)

    assert (hour.counts["received"], hour.counts["applied"], hour.counts["dead"]) == (3, 2, 0)
    assert (day.counts["received"], day.counts["applied"]) == (13, 11)
    assert (hour.half, day.most) == (1.75, pytest.approx(1.975))


def test_without_any_delivery_the_flow_has_no_data():
    hour, day = flows(everything, NOW)

    assert set(hour.counts.values()) == set(day.counts.values()) == {None}
    assert (hour.half, hour.most) == (None, None)


def test_charts_of_what_one_may_not_see_are_left_out():
    shown = plans_for(lambda permission: permission != "zoho_sync.view_webhookdelivery")

    assert {plan.id for plan in PLANS} - {plan.id for plan in shown} == {"webhooks", "webhook-seconds"}
    assert plans_for(lambda permission: permission != "monitoring.view_metricsample") == []
