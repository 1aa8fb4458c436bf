"""Webhooks come for years: each is worked on without going through those before it, their runs, or all records."""

from __future__ import annotations

import re

import pytest

from monitoring import watch
from tests.plans import explained, on_sqlite
from zoho_sync import housekeeping, services
from zoho_sync.models import SyncRun, WebhookDelivery

pytestmark = on_sqlite

# What grows: with every record, with every webhook and every run.
GROWING = re.compile(
    r'(?:FROM|JOIN|UPDATE) "?(inventory_(?:product|stocklevel|customer|pricelistitem|stockchange|pricechange)'
    r'|zoho_sync_(?:webhookdelivery|syncrun))"?[ \n]'
)


@pytest.fixture
def delivered(sandbox, sync_all, deliver, work_queue):
    """delivered(20) -> so many changed items, told of by webhooks that wait."""
    sync_all("full")
    work_queue()

    def bring(count: int) -> None:
        for number, item_id in enumerate(sandbox.ids("items")[:count]):
            sandbox.change("items", item_id, rate=77 + number)
            deliver("item", item_id)

    return bring


@pytest.mark.parametrize("count", [1, 20])
def test_a_drain_goes_through_nothing_that_grows(delivered, work_queue, count):
    delivered(count)

    with explained() as asked:
        work_queue()

    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"applied"}
    about = [each for each in asked if GROWING.search(each.sql)]
    assert len(about) > 10
    assert [str(each) for each in about if each.through_all] == []
    busy = [each for each in about if each.is_about("zoho_sync_syncrun", SyncRun.ACTIVE)]
    assert busy
    assert [str(each) for each in busy if any("AND entity=?)" in step for step in each.steps)] == []


def test_looks_for_what_is_under_way_go_by_its_state(delivered):
    """Every few seconds, by the supervisor and by the watch."""
    delivered(1)

    with explained() as asked:
        services.requeue_lost()
        watch.look_once()

    about = [each for each in asked if each.is_about("zoho_sync_syncrun", SyncRun.ACTIVE)]
    assert len(about) > 3
    assert [str(each) for each in about if each.through_all] == []


def test_pages_that_renew_themselves_go_through_no_deliveries_and_no_events(delivered, admin_client):
    delivered(1)
    admin_client.get("/admin/")

    with explained() as asked:
        for address in ("/admin/", "/admin/home/", "/health/ready", "/metrics"):
            assert admin_client.get(address).status_code in (200, 503)

    about = [each for each in asked if re.search(r'FROM "zoho_sync_(?:webhookdelivery|event)"', each.sql)]
    assert len(about) > 5
    told = [
        step for each in about for step in each.through_all if re.search("webhookdelivery|U0 USING", step)
    ]
    # The second stops at the first one that it finds.
    assert set(told) <= {"SCAN zoho_sync_webhookdelivery USING COVERING INDEX delivery_coverage"}


def test_what_is_too_old_is_found_by_its_time(delivered):
    with explained() as asked:
        housekeeping.prune()

    (about,) = [each for each in asked if 'FROM "zoho_sync_webhookdelivery"' in each.sql]
    assert "SEARCH zoho_sync_webhookdelivery USING INDEX delivery_prune (received_at<?)" in about.steps
