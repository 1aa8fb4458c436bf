"""What is wrong now: each cause is found, told once, with its count and since when; and nothing when all is well."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import (
    NOON,
    OrganizationFactory,
    RecordErrorFactory,
    SyncRunFactory,
    WarehouseFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync.models import ApiUsage, OAuthToken, RateBucket, SyncCheckpoint, SyncRun, WorkerBeat
from zoho_sync.zoho.budget import today

pytestmark = pytest.mark.django_db

NAMES = {"id", "severity", "title", "message", "what_to_do", "since", "count", "url"}


def only(found: list[dict]) -> dict:
    (alert,) = found
    assert set(alert) == NAMES
    assert alert["title"]
    assert alert["message"]
    assert alert["what_to_do"]
    return alert


def test_nothing_is_told_when_all_is_well(viewer, well):
    assert viewer.get("/api/v1/alerts/").json == {"worst": None, "results": []}


def test_no_worker(alerts, well):
    died_at = NOON
    WorkerBeat.objects.update(beat_at=died_at)

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("worker", "critical")
    assert alert["since"] == "2026-11-20T09:00:00Z"


def test_a_refused_connection(alerts, well):
    OAuthToken.objects.update(state="refused", state_message="Zoho has revoked it.")

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("connection:10234695", "critical")
    assert alert["message"] == "Zoho has revoked it."


def test_no_connection_at_all(alerts, well):
    OAuthToken.objects.all().delete()

    assert only(alerts())["id"] == "not-connected"


def test_silence_that_zoho_asked_for(alerts, well, organization):
    until = timezone.now() + timedelta(hours=1)
    RateBucket.objects.create(organization=organization, blocked_until=until, blocked_reason="Too many.")

    alert = only(alerts())
    assert (alert["id"], alert["severity"], alert["message"]) == (
        "calls-blocked:10234695",
        "warning",
        "Too many.",
    )


def test_the_day_s_calls_are_spent(alerts, well, organization, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 10, "REALTIME_RESERVE_PERCENT": 10}
    ApiUsage.objects.create(
        organization=organization, day=today(organization), api="inventory", endpoint="items", calls_count=9
    )

    alert = only(alerts())
    assert (alert["id"], alert["count"]) == ("calls-spent:10234695", 9)


def test_quarantined_runs_of_one_entity_are_one_cause(alerts, well, organization):
    facts = {"organization": organization, "status": SyncRun.Status.QUARANTINED}
    SyncRunFactory(**facts, finished_at=NOON)
    last = SyncRunFactory(**facts, finished_at=NOON + timedelta(hours=1))

    alert = only(alerts())
    assert (alert["id"], alert["severity"], alert["count"]) == ("quarantined:10234695:products", "error", 2)
    assert alert["since"] == "2026-11-20T09:00:00Z"
    assert alert["url"] == f"http://testserver/api/v1/runs/{last.pk}/"


def test_a_run_that_somebody_paused_is_told_and_one_that_goes_on_by_itself_is_not(alerts, well, organization):
    facts = {"organization": organization, "status": SyncRun.Status.PAUSED}
    SyncRunFactory(**facts, entity="stock", paused_until=timezone.now() + timedelta(hours=1))
    SyncRunFactory(**facts, entity="products", paused_until=None)

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("paused:10234695:products", "info")


def test_dead_letters(alerts, well, viewer):
    WebhookDeliveryFactory.create_batch(3, status="dead")

    alert = only(alerts())
    assert (alert["id"], alert["severity"], alert["count"]) == ("dead-letters", "error", 3)
    assert len(viewer.get(alert["url"])["results"]) == 3


def test_deliveries_that_should_have_been_applied_long_ago(alerts, well, viewer):
    WebhookDeliveryFactory(received_at=NOON)
    WebhookDeliveryFactory(received_at=timezone.now())

    alert = only(alerts())
    assert (alert["id"], alert["count"], alert["since"]) == ("late-deliveries", 1, "2026-11-20T09:00:00Z")
    assert len(viewer.get(alert["url"])["results"]) == 2


def test_a_silent_subject(alerts, well, viewer):
    WebhookDeliveryFactory(subject="invoice", received_at=NOON, status="applied")
    for subject in ("invoice", "bill"):
        WebhookExpectationFactory(subject=subject, silence_hours=1, changed_at=timezone.now())

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("silent:10234695:invoice", "error")
    assert "Invoices" in alert["message"]
    assert alert["since"] == "2026-11-20T09:00:00Z"
    assert len(viewer.get(alert["url"])["results"]) == 1


def test_failures_that_wait(alerts, well, viewer):
    RecordErrorFactory.create_batch(2)
    RecordErrorFactory(status="ignored")

    alert = only(alerts())
    assert (alert["id"], alert["severity"], alert["count"]) == ("failures:10234695:products", "warning", 2)
    assert alert["message"] == "Products: 2 records could not be taken."
    assert len(viewer.get(alert["url"])["results"]) == 2


def test_an_entity_whose_last_run_failed(alerts, well, organization):
    SyncRunFactory(
        organization=organization, entity="stock", status="failed", message="Cut.", finished_at=NOON
    )

    alert = only(alerts())
    assert alert["id"] == "failed:10234695:stock"
    assert alert["message"] == "Stock: Cut."

    SyncRunFactory(organization=organization, entity="stock", status="succeeded")
    assert alerts() == []


def test_an_entity_out_of_date_unless_it_is_being_read(alerts, well, organization):
    long_ago = timezone.now() - timedelta(hours=27)
    SyncCheckpoint.objects.filter(entity="customers").update(full_at=long_ago)

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("stale:10234695:customers", "warning")
    assert datetime.fromisoformat(alert["since"]) == long_ago

    SyncRunFactory(organization=organization, entity="customers", status=SyncRun.Status.RUNNING)
    assert alerts() == []


def test_an_entity_that_was_never_read(alerts, well):
    SyncCheckpoint.objects.filter(entity__in=["stock", "customer_details"]).delete()

    alert = only(alerts())
    assert (alert["id"], alert["since"]) == ("stale:10234695:stock", None)


def test_no_warehouse_that_sells(alerts, well, organization):
    WarehouseFactory(organization=organization)

    assert only(alerts())["id"] == "no-selling-warehouse"
    WarehouseFactory(organization=organization, sells=True)
    assert alerts() == []


def test_the_worst_comes_first_and_severities_can_be_chosen(viewer, alerts, well, organization):
    WarehouseFactory(organization=organization)
    RecordErrorFactory()
    WebhookDeliveryFactory(status="dead")
    WorkerBeat.objects.all().delete()

    assert [each["severity"] for each in alerts()] == ["critical", "error", "warning", "info"]
    assert viewer.get("/api/v1/alerts/")["worst"] == "critical"
    some = viewer.get("/api/v1/alerts/?severity=error&severity=info")
    assert [each["severity"] for each in some["results"]] == ["error", "info"]
    assert some["worst"] == "error"


@pytest.mark.parametrize(
    ("query", "field"), [("?severity=bad", "severity"), ("?severities=info", "severities")]
)
def test_a_wrong_question_is_refused_and_the_parameter_named(viewer, query, field):
    answer = viewer.get(f"/api/v1/alerts/{query}", status=400)

    assert set(answer["errors"]) == {field}
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_the_texts_are_in_the_language_of_the_reader(viewer, well):
    WorkerBeat.objects.all().delete()

    (english,) = viewer.get("/api/v1/alerts/", Accept_Language="en")["results"]
    (arabic,) = viewer.get("/api/v1/alerts/", Accept_Language="ar")["results"]

    assert english["id"] == arabic["id"]
    assert english["title"] == "No worker is alive"


def test_each_organisation_has_its_own_causes(alerts, well):
    other = OrganizationFactory(external_id="10234696")
    for external_id in ("10234695", "10234696"):
        RecordErrorFactory(organization=OrganizationFactory(external_id=external_id))

    found = [each["id"] for each in alerts() if each["id"].startswith("failures")]
    assert found == ["failures:10234695:products", f"failures:{other.external_id}:products"]


def test_it_asks_the_database_as_often_for_many_rows_as_for_few(viewer, well, organization):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            viewer.get("/api/v1/alerts/")
        return len(found)

    def fill(count: int) -> None:
        SyncRunFactory.create_batch(count, organization=organization, status="quarantined")
        WebhookDeliveryFactory.create_batch(count, status="dead")
        RecordErrorFactory.create_batch(count)

    fill(1)
    few = queries()
    fill(30)
    assert queries() == few


def test_the_same_answer_is_not_sent_twice(viewer, well):
    first = viewer.get("/api/v1/alerts/")
    response = viewer.client.get("/api/v1/alerts/", headers={"If-None-Match": first.headers["ETag"]})

    assert response.status_code == 304


def test_who_may_not_look_at_everything_is_refused(caller_with):
    caller_with("view_syncrun").get("/api/v1/alerts/", status=403)
