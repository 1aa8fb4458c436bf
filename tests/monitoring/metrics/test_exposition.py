"""/metrics is what Prometheus reads: judged by Prometheus' own parser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from monitoring.metrics import buffer, catalogue, rollup
from monitoring.models import MetricSample
from tests import factories as make
from tests.access.conftest import bearer, token_of

pytestmark = pytest.mark.django_db
CALL = {"api": "inventory", "endpoint": "items/{id}"}


@pytest.fixture
def scrape(admin_client):
    def ask():
        answer = admin_client.get("/metrics")
        assert answer.status_code == 200
        return {family.name: family for family in text_string_to_metric_families(answer.content.decode())}

    return ask


def values(family) -> dict[tuple, float]:
    return {(sample.name, *sorted(sample.labels.items())): sample.value for sample in family.samples}


@pytest.mark.one_leg
def test_every_metric_has_a_name_of_ours_a_type_and_words(scrape):
    found = scrape()
    assert {name: family.type for name, family in found.items()} == {
        f"tsh_{metric.name}": metric.kind for metric in catalogue.METRICS.values()
    }
    assert all(family.documentation for family in found.values())
    assert all(not family.samples for family in found.values())  # no traffic is no data


def test_counters_are_told_by_label_and_labels_survive_whatever_is_in_them(scrape):
    buffer.add("deliveries", 2, channel='a "b"\\c & ق', result="sent")
    buffer.add("deliveries", 1, channel="plain", result="failed")
    buffer.flush()
    assert values(scrape()["tsh_deliveries"]) == {
        ("tsh_deliveries_total", ("channel", 'a "b"\\c & ق'), ("result", "sent")): 2,
        ("tsh_deliveries_total", ("channel", "plain"), ("result", "failed")): 1,
    }


def test_a_histogram_is_cumulative_and_its_last_bucket_holds_everything(scrape):
    for seconds in (0.04, 0.2, 0.2, 100_000.0):
        buffer.observe("call_seconds", seconds, **CALL)
    buffer.flush()
    found = values(scrape()["tsh_call_seconds"])
    labels = tuple(CALL.items())
    buckets = {key[-1][1]: value for key, value in found.items() if key[0] == "tsh_call_seconds_bucket"}
    assert [buckets[bound] for bound in ("0.025", "0.05", "0.1", "0.25", "60", "86400", "+Inf")] == [
        0, 1, 1, 3, 3, 3, 4,
    ]  # fmt: skip
    assert list(buckets.values()) == sorted(buckets.values())
    assert found["tsh_call_seconds_count", *labels] == 4
    assert found["tsh_call_seconds_sum", *labels] == pytest.approx(100_000.44)


def test_counters_never_fall_when_rows_are_pruned(scrape):
    buffer.add("calls", 7, **CALL, status=200)
    buffer.flush()
    MetricSample.objects.exclude(width=0).update(at=timezone.now() - timedelta(days=4000))
    rollup.roll_up(timezone.now())
    assert not MetricSample.objects.exclude(width=0).exists()
    buffer.add("calls", 1, **CALL, status=200)
    buffer.flush()
    assert list(values(scrape()["tsh_calls"]).values()) == [8]


def test_a_gauge_is_told_as_it_was_seen_last_and_forgotten_when_nobody_looks(scrape):
    for jobs in (9, 4):
        buffer.observe("queue_jobs", jobs)
        buffer.flush()
    assert values(scrape()["tsh_queue_jobs"]) == {("tsh_queue_jobs",): 4}
    MetricSample.objects.update(at=timezone.now() - timedelta(minutes=7))
    assert values(scrape()["tsh_queue_jobs"]) == {}


# --- Who may read it -----------------------------------------------------------------------------------

ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"


@pytest.mark.one_leg
def test_a_scraper_comes_with_a_token_and_gets_the_format_it_understands(admin_user):
    headers = bearer(token_of(admin_user, "read")[1]) | {"accept": ACCEPT}
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert (
        Client().get("/metrics", headers=headers | {"accept": "text/plain;version=0.0.4"}).status_code == 200
    )


@pytest.mark.one_leg
def test_a_stranger_is_told_what_to_bring(client):
    answer = client.get("/metrics", headers={"accept": ACCEPT})
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]


@pytest.mark.one_leg
def test_a_token_of_somebody_who_may_not_see_metrics_is_refused():
    headers = bearer(token_of(make.UserFactory(), "admin")[1])
    assert Client().get("/metrics", headers=headers).status_code == 403


@pytest.mark.one_leg
def test_a_parameter_that_there_is_none_of_is_named(admin_client):
    answer = admin_client.get("/metrics?name=calls")
    assert answer.status_code == 400
    assert "name" in answer.json()["errors"]
