"""What is wrong now: each cause is found, once, with its count and since when; and nothing when all is well."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring.causes import find_troubles
from monitoring.models import AlertChannel, Watch
from tests.factories import (
    NOON,
    AdministratorFactory,
    OrganizationFactory,
    RecordErrorFactory,
    SyncRunFactory,
    WarehouseFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync.models import ApiUsage, Event, OAuthToken, RateBucket, SyncCheckpoint, SyncRun, WorkerBeat
from zoho_sync.sentences import Sentence
from zoho_sync.zoho.budget import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def alerts(db):
    """alerts() asks anew; each is told as a dictionary."""
    return lambda: [asdict(each) for each in find_troubles()]


def only(found: list[dict]) -> dict:
    (alert,) = found
    assert alert["title"]
    assert alert["message"]
    assert alert["what_to_do"]
    return alert


def test_nothing_is_told_when_all_is_well(alerts, well):
    assert alerts() == []


def test_no_worker(alerts, well):
    died_at = NOON
    WorkerBeat.objects.update(beat_at=died_at)

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("worker", "critical")
    assert alert["since"] == NOON


def test_a_refused_connection(alerts, well):
    OAuthToken.objects.update(state="refused", state_message="Zoho has revoked it.")

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("connection:10234695", "critical")
    assert alert["message"] == "Zoho has revoked it."


def test_a_token_that_cannot_be_renewed_though_it_is_not_refused(alerts, well, organization):
    for reason in ("connection refused", "it took too long"):
        Event.objects.create(
            name="tds.zoho.token.refresh_failed", organization=organization, data={"message": reason}
        )

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("token:10234695", "error")
    assert str(alert["message"]).endswith("it took too long")
    assert alert["since"] == Event.objects.order_by("pk").first().at

    OAuthToken.objects.update(refreshed_at=timezone.now())
    assert alerts() == []


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
    assert alert["since"] == NOON
    assert alert["url"] == f"/api/v1/runs/{last.pk}/"


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
    assert (alert["id"], alert["count"], alert["since"]) == ("late-deliveries", 1, NOON)
    assert len(viewer.get(alert["url"])["results"]) == 2


def test_a_silent_subject(alerts, well, viewer):
    WebhookDeliveryFactory(subject="invoice", received_at=NOON, status="applied")
    for subject in ("invoice", "bill"):
        WebhookExpectationFactory(subject=subject, silence_hours=1, changed_at=timezone.now())

    alert = only(alerts())
    assert (alert["id"], alert["severity"]) == ("silent:10234695:invoice", "error")
    assert "Invoices" in alert["message"]
    assert alert["since"] == NOON
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
    assert alert["since"] == long_ago

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


def test_the_worst_comes_first(alerts, well, organization):
    WarehouseFactory(organization=organization)
    RecordErrorFactory()
    WebhookDeliveryFactory(status="dead")
    WorkerBeat.objects.all().delete()

    assert [each["severity"] for each in alerts()] == ["critical", "error", "warning", "info"]


def test_each_organisation_has_its_own_causes(alerts, well):
    other = OrganizationFactory(external_id="10234696")
    for external_id in ("10234695", "10234696"):
        RecordErrorFactory(organization=OrganizationFactory(external_id=external_id))

    found = [each["id"] for each in alerts() if each["id"].startswith("failures")]
    assert found == ["failures:10234695:products", f"failures:{other.external_id}:products"]


def test_a_refused_connection_says_since_when(alerts, well, organization):
    OAuthToken.objects.update(state="refused", state_message="Zoho has revoked it.")
    Event.objects.create(name="tds.zoho.token.refresh_failed", organization=organization)
    Event.objects.update(at=NOON)

    assert only(alerts())["since"] == NOON


def test_a_queue_that_does_not_move(alerts, well, organization):
    long_ago = timezone.now() - timedelta(minutes=3)
    run = SyncRunFactory(organization=organization, status="queued")
    assert alerts() == []
    SyncRun.objects.filter(pk=run.pk).update(created_at=long_ago)

    alert = only(alerts())
    assert (alert["id"], alert["count"], alert["since"]) == ("queue", 1, long_ago)
    SyncRunFactory(organization=organization, entity="stock", status="running", beat_at=timezone.now())
    assert alerts() == []


def test_one_of_several_workers_hangs(alerts, well):
    WorkerBeat.objects.create(
        name="another", beat_at=NOON, supervisor_at=timezone.now(), restarted_at=NOON, restarts_count=2
    )
    assert only(alerts())["id"] == "queue:another"
    WorkerBeat.objects.filter(name="another").update(beat_at=timezone.now(), restarted_at=timezone.now())

    alert = only(alerts())
    assert (alert["id"], alert["count"]) == ("restarts:another", 2)


def test_a_channel_that_fails_is_told_by_name(alerts, well):
    channel = AlertChannel.objects.create(
        name="Telegram", kind="telegram", failing_since=NOON, last_error="HTTP 502"
    )

    alert = only(alerts())
    assert (alert["id"], alert["message"]) == (f"channel:{channel.pk}", "Telegram: HTTP 502")


def test_a_watch_that_does_not_look(alerts, well):
    Watch.objects.create(name="main", looked_at=timezone.now())
    assert alerts() == []
    Watch.objects.update(looked_at=NOON)

    assert only(alerts())["id"] == "watch"


def test_links_lead_to_what_they_say(alerts, well, client):
    client.force_login(AdministratorFactory())
    WorkerBeat.objects.update(beat_at=NOON)
    RecordErrorFactory()
    WebhookDeliveryFactory(status="dead")
    WebhookDeliveryFactory(received_at=NOON)
    SyncRunFactory(entity="stock", status="failed", finished_at=NOON)
    SyncRunFactory(entity="products", status="quarantined", finished_at=NOON)
    SyncCheckpoint.objects.filter(entity="customers").delete()

    pages = {each["page"] for each in alerts()}
    assert len(pages) == 7
    for page in pages:
        assert client.get(page).status_code == 200, page


def test_failures_are_told_of_one_organisation_where_there_are_several(alerts, well, viewer):
    RecordErrorFactory()
    RecordErrorFactory(organization=OrganizationFactory(external_id="10234696"))

    (first, _second) = (each for each in alerts() if each["id"].startswith("failures"))
    assert len(viewer.get(first["url"])["results"]) == 1


def test_texts_can_be_stored_and_read_in_another_language(well):
    RecordErrorFactory.create_batch(2)
    WorkerBeat.objects.all().delete()

    for trouble in find_troubles():
        for text in (trouble.title, trouble.message, trouble.what_to_do):
            assert isinstance(text, Sentence), trouble.id


def test_it_asks_the_database_as_often_for_many_rows_as_for_few(well, organization):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            find_troubles()
        return len(found)

    def fill(count: int) -> None:
        SyncRunFactory.create_batch(count, organization=organization, status="quarantined")
        WebhookDeliveryFactory.create_batch(count, status="dead")
        RecordErrorFactory.create_batch(count)

    fill(1)
    few = queries()
    fill(30)
    OrganizationFactory(external_id="10234696")
    assert queries() == few
    assert few < 30
