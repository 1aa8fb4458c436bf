"""What was observed is read back as it was: by steps of time, over a window, by label; and nothing is made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.metrics import reading, rollup, rows
from monitoring.metrics.labels import pack, unpack
from monitoring.metrics.rows import Key, Sums
from monitoring.models import MetricSample

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def counted(name: str, at: datetime, number: float, **labels: str) -> None:
    rows.add([(Key(name, 60, at, pack(labels)), Sums(count=1, total=number))])


def seen(name: str, at: datetime, *values: float, **labels: str) -> None:
    sums = Sums()
    for value in values:
        sums.observe(value)
    rows.add([(Key(name, 60, at, pack(labels)), sums)])


def took(at: datetime, bound: str, number: int) -> None:
    rows.add([(Key("call_seconds", 60, at, pack({"api": "books", "le": bound})), Sums(number, 1.0))])


def test_without_traffic_nothing_is_said():
    assert reading.window("calls", minutes=60, now=NOON) is None
    assert reading.series("calls", since=NOON - timedelta(hours=1), until=NOON) == []
    assert reading.by_label("calls", "status", since=NOON - timedelta(hours=1), until=NOON) == {}
    assert reading.latest("queue_jobs", now=NOON) == {}
    assert reading.percentile("call_seconds", 0.95, minutes=5, now=NOON) is None


def test_a_metric_that_there_is_none_of_is_named():
    with pytest.raises(LookupError, match="no metric 'cals'"):
        reading.window("cals", minutes=5)


def test_equal_labels_of_one_minute_are_added_up():
    counted("calls", NOON, 2, api="inventory", status="200")
    counted("calls", NOON, 3, status="200", api="inventory")
    row = MetricSample.objects.get()
    assert (row.count, row.total) == (2, 5)


def test_a_window_holds_what_was_observed_in_it_and_only_that():
    counted("calls", NOON - 20 * MINUTE, 100)
    counted("calls", NOON - 3 * MINUTE, 4, status="200")
    counted("calls", NOON, 2, status="500")
    window = reading.window("calls", minutes=5, now=NOON)
    assert window.total == 6
    assert reading.window("calls", minutes=5, now=NOON, status="500").total == 2
    assert reading.window("calls", minutes=5, now=NOON, status="404") is None


def test_a_gauge_tells_its_last_lowest_and_highest_value():
    seen("queue_jobs", NOON - MINUTE, 7, 1, 3)
    seen("queue_jobs", NOON, 2)
    window = reading.window("queue_jobs", minutes=5, now=NOON)
    assert (window.low, window.high, window.last) == (1, 7, 2)
    assert reading.latest("queue_jobs", now=NOON) == {(): (2, NOON)}


def test_the_gauges_of_several_things_are_added_up():
    seen("failures_waiting", NOON, 2, entity="products")
    seen("failures_waiting", NOON, 5, entity="stock")
    assert reading.window("failures_waiting", minutes=5, now=NOON).last == 7
    assert reading.window("failures_waiting", minutes=5, now=NOON, entity="stock").last == 5


def test_figures_are_told_by_label():
    counted("runs", NOON, 3, entity="products", result="succeeded")
    counted("runs", NOON, 1, entity="stock", result="failed")
    counted("runs", NOON - MINUTE, 1, entity="stock", result="succeeded")
    found = reading.by_label("runs", "result", since=NOON - timedelta(hours=1), until=NOON)
    assert {name: point.total for name, point in found.items()} == {"failed": 1, "succeeded": 4}


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.5, 0.1),  # the fiftieth of a hundred is the last of the first bucket
        (0.75, 0.175),  # half way through the second one, which reaches from 0.1 to 0.25
        (1.0, 0.25),
    ],
)
def test_a_percentile_lies_where_its_bucket_says(share, expected):
    took(NOON, "0.1", 50)
    took(NOON, "0.25", 50)
    assert reading.percentile("call_seconds", share, minutes=5, now=NOON) == pytest.approx(expected)


def test_a_percentile_above_the_last_bound_is_that_bound():
    took(NOON, "inf", 3)
    assert reading.percentile("call_seconds", 0.5, minutes=5, now=NOON) == 86400


def test_rolled_up_rows_tell_the_same():
    begin = NOON - timedelta(hours=30)
    for minute in range(0, 30 * 60, 7):
        counted("calls", begin + minute * MINUTE, minute % 5, status="200")
        seen("queue_jobs", begin + minute * MINUTE, minute % 11)
    since = (NOON - timedelta(hours=30)).replace(minute=0)

    def told():
        hours = reading.series("calls", since=since, until=NOON, width=3600)
        gauge = reading.window("queue_jobs", minutes=31 * 60, now=NOON)
        return [(p.at, p.count, p.total) for p in hours], (gauge.low, gauge.high, gauge.last, gauge.count)

    before, rows_before = told(), MetricSample.objects.count()
    assert rollup.roll_up(NOON)["minutes"] > 0
    assert MetricSample.objects.count() < rows_before
    assert told() == before
    assert rollup.roll_up(NOON) == {"minutes": 0, "hours": 0, "days": 0}


def test_hours_become_days_and_days_end(settings):
    settings.METRICS = settings.METRICS | {"KEEP_HOURS_DAYS": 8, "KEEP_DAYS_DAYS": 31}
    counted("calls", NOON - timedelta(days=40), 5)
    counted("calls", NOON - timedelta(days=20), 7)
    rollup.roll_up(NOON)
    (row,) = MetricSample.objects.all()
    assert (row.width, row.total, row.at) == (86400, 7, datetime(2026, 10, 31, tzinfo=UTC))


def test_labels_survive_whatever_is_in_them():
    labels = {"channel": "قناة & = ؟", "result": "sent"}
    assert unpack(pack(labels)) == labels


def test_long_labels_are_cut_and_still_labels():
    text = pack({"channel": "ق" * 300, "endpoint": "x" * 300, "status": "200"})
    assert len(text) <= 255
    assert unpack(text)["status"] == "200"
