"""The mobile screens that bring everything together."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring import alerts as life
from tests.factories import (
    NOON,
    ProductFactory,
    RecordErrorFactory,
    StockLevelFactory,
    SyncRunFactory,
    WarehouseFactory,
    WebhookDeliveryFactory,
)
from tests.monitoring.alerts.conftest import breach
from zoho_sync.models import ApiUsage, OAuthToken, SyncCheckpoint, SyncRun, WorkerBeat
from zoho_sync.zoho.budget import today

pytestmark = pytest.mark.django_db

MOBILE = "/api/bff/tds"
QUESTIONS = ("fresh", "right", "waiting", "calls")
SCREENS = ("dashboard", "alerts", "health", "stats/combined")


@pytest.fixture
def dashboard(viewer):
    return lambda: viewer.get(f"{MOBILE}/dashboard").json


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_each_screen_answers_with_and_without_a_slash(viewer, well, screen, slash):
    viewer.get(f"{MOBILE}/{screen}{slash}")


def test_the_four_questions_when_all_is_well(dashboard, well, organization, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 1000, "REALTIME_RESERVE_PERCENT": 10}
    ApiUsage.objects.create(
        organization=organization, day=today(organization), api="inventory", endpoint="items", calls_count=100
    )

    told = dashboard()

    assert {told[name]["state"] for name in QUESTIONS} == {told["state"]} == {"good"}
    assert told["fresh"]["text"] == "Everything was read within the last day."
    assert told["right"]["text"] == "Every record that was read is in."
    assert told["waiting"]["text"] == "Nothing waits for you."
    assert (told["calls"]["text"], told["calls"]["count"]) == (
        "Yes: 800 of 1,000 calls are left today.",
        800,
    )
    assert (told["alerts_count"], told["worst_alert"], told["runs"]) == (0, None, [])


def test_what_is_out_of_date_is_not_fresh(dashboard, well):
    SyncCheckpoint.objects.filter(entity__in=["stock", "products"]).delete()

    told = dashboard()
    assert (told["fresh"]["state"], told["fresh"]["count"]) == ("warning", 2)
    assert told["fresh"]["text"] == "2 entities are out of date."
    assert told["state"] == "warning"


def test_without_a_worker_nothing_stays_fresh(dashboard, well):
    WorkerBeat.objects.all().delete()

    told = dashboard()
    assert told["fresh"]["state"] == told["state"] == "bad"
    assert "No worker" in told["fresh"]["text"]


def test_failures_are_not_right_and_wait_for_somebody(dashboard, well):
    RecordErrorFactory.create_batch(3)

    told = dashboard()
    assert (told["right"]["state"], told["right"]["count"]) == ("warning", 3)
    assert told["right"]["text"] == "3 records could not be taken."
    assert told["waiting"]["text"] == "3 things wait for you."


def test_what_waits_is_added_up(dashboard, well, organization):
    RecordErrorFactory.create_batch(2)
    WebhookDeliveryFactory.create_batch(3, status="dead")
    SyncRunFactory(organization=organization, status=SyncRun.Status.QUARANTINED)

    told = dashboard()
    assert (told["waiting"]["state"], told["waiting"]["count"]) == ("bad", 6)


def test_with_a_refused_connection_zoho_cannot_be_called(dashboard, well):
    OAuthToken.objects.update(state="refused", state_message="Revoked.")

    told = dashboard()
    assert (told["calls"]["state"], told["calls"]["text"]) == ("bad", "Revoked.")


def test_runs_at_work_are_shown_and_not_without_end(dashboard, well, organization):
    SyncRunFactory(
        organization=organization, status=SyncRun.Status.RUNNING, progress_done=5, progress_total=10
    )
    SyncRunFactory.create_batch(
        7, organization=organization, entity="stock", mode="realtime", status=SyncRun.Status.QUEUED
    )

    runs = dashboard()["runs"]
    assert len(runs) == 5
    assert {run["entity_text"] for run in runs} == {"Stock"}


def test_alerts_are_bounded_the_worst_first_and_all_of_them_counted(viewer, dashboard, well):
    for number, severity in enumerate(("warning", "critical", "info", "warning")):
        life.open_alert(None, breach(f"cause:{number}", severity, since=NOON))

    told = viewer.get(f"{MOBILE}/alerts?limit=2&severity=warning&severity=critical")

    assert (told["count"], told["worst"]) == (3, "critical")
    assert [each["cause"] for each in told["alerts"]] == ["cause:1", "cause:3"]
    assert [each["severity_text"] for each in told["alerts"]] == ["urgent", "warning"]
    assert told["alerts"][0]["since_text"].endswith("ago")
    assert (dashboard()["alerts_count"], dashboard()["worst_alert"]["cause"]) == (4, "cause:1")


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("alerts?limit=0", "limit"),
        ("alerts?limit=51", "limit"),
        ("alerts?severity=bad", "severity"),
        ("dashboard?limit=5", "limit"),
        ("health?full=1", "full"),
        ("stats/combined?day=1", "day"),
    ],
)
def test_a_wrong_question_is_refused_and_the_parameter_named(viewer, address, field):
    answer = viewer.get(f"{MOBILE}/{address}", status=400)

    assert (answer["success"], set(answer["errors"])) == (False, {field})


def test_health_tells_every_probe_in_words(viewer, well):
    told = viewer.get(f"{MOBILE}/health")
    assert (told["status"], told["status_text"]) == ("ok", "All is well")
    assert [each["probe"] for each in told["probes"]][:4] == ["database", "tables", "disk", "worker"]

    WorkerBeat.objects.all().delete()
    told = viewer.get(f"{MOBILE}/health")
    (worker,) = (each for each in told["probes"] if each["probe"] == "worker")
    assert told["status"] == worker["status"] == "degraded"
    assert worker["message"]


def test_all_figures_at_once(viewer, well, organization):
    level = StockLevelFactory(warehouse=WarehouseFactory(sells=True), on_hand=Decimal("0.3"))
    RecordErrorFactory()
    old = SyncRunFactory(organization=organization)
    SyncRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    SyncRunFactory(organization=organization, entity="stock", status="succeeded", finished_at=NOON)
    SyncRunFactory(organization=organization, status="failed")
    WebhookDeliveryFactory.create_batch(2, status="applied")
    WebhookDeliveryFactory(received_at=timezone.now() - timedelta(days=2))

    answer = viewer.get(f"{MOBILE}/stats/combined")

    assert (answer["stock"]["total_products"], answer["stock"]["with_stock"]) == (1, 1)
    assert '"total_stock_quantity":0.3,' in answer.text
    assert answer["stock"]["last_sync_time"] == "2026-11-20T09:00:00Z"
    entities = {each["entity"]: each for each in answer["entities"]}
    assert (entities["products"]["live_count"], entities["products"]["waiting_failures_count"]) == (1, 1)
    assert entities["warehouses"]["live_count"] == 1
    assert answer["runs_today"] == {"total": 2, "by_status": {"succeeded": 1, "failed": 1}}
    assert answer["webhooks_today"] == {"total": 2, "by_status": {"applied": 2}}
    assert answer["calls"][0]["organization"] == level.organization.external_id


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_asks_the_database_as_often_for_many_rows_as_for_few(viewer, well, organization, screen):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            viewer.get(f"{MOBILE}/{screen}")
        return len(found)

    def fill(count: int) -> None:
        SyncRunFactory.create_batch(count, organization=organization, status="quarantined")
        SyncRunFactory.create_batch(count, organization=organization, mode="realtime", status="queued")
        WebhookDeliveryFactory.create_batch(count, status="dead")
        RecordErrorFactory.create_batch(count)
        ProductFactory.create_batch(count)

    fill(2)
    few = queries()
    fill(30)
    assert queries() == few


@pytest.mark.parametrize("screen", SCREENS)
def test_who_may_not_look_at_everything_is_refused(caller_with, screen):
    assert caller_with("view_syncrun").get(f"{MOBILE}/{screen}", status=403)["success"] is False
