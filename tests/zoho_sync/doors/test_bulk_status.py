"""GET …/bulk-sync/status: real health, and the last run of each entity."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import NOON, OAuthTokenFactory, SyncRunFactory
from zoho_sync.models import ApiUsage, RateBucket, SyncRun
from zoho_sync.processors import registry
from zoho_sync.zoho.budget import today

from .conftest import BULK

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_says_what_can_be_done_and_that_all_is_well(caller, connected, beat, slash):
    answer = caller.get(f"{BULK}/status{slash}")

    assert set(answer.json) == {
        "service",
        "status",
        "available_operations",
        "features",
        "note",
        "last_runs",
    }
    assert answer["status"] == "ok"
    assert answer["features"]["sync_images"] is True
    assert answer["note"] == ""
    for each in answer["available_operations"]:
        method, _, address = each["endpoint"].partition(" ")
        assert method == "POST"
        assert caller.client.options(address).status_code == 200


def test_without_a_worker_it_is_degraded(caller, connected):
    answer = caller.get(f"{BULK}/status")

    assert answer["status"] == "degraded"
    assert "No worker" in answer["note"]


def test_with_the_day_s_calls_spent_or_silence_asked_for_it_is_degraded(caller, connected, beat, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 10, "REALTIME_RESERVE_PERCENT": 0}
    usage = ApiUsage.objects.create(
        organization=connected, day=today(connected), api="inventory", endpoint="items", calls_count=10
    )
    spent = caller.get(f"{BULK}/status")
    usage.delete()
    RateBucket.objects.create(
        organization=connected, blocked_until=timezone.now() + timedelta(hours=1), blocked_reason="Silence."
    )
    silent = caller.get(f"{BULK}/status")

    assert spent["status"] == silent["status"] == "degraded"
    assert "spent" in spent["note"]
    assert "Silence." in silent["note"]


def test_with_a_refused_connection_or_none_it_is_down(caller, beat):
    assert caller.get(f"{BULK}/status")["status"] == "down"
    OAuthTokenFactory(state="refused", state_message="Reconnect.")
    answer = caller.get(f"{BULK}/status")

    assert answer["status"] == "down"
    assert "Reconnect." in answer["note"]


def test_the_last_ended_run_of_each_entity_is_told(caller, connected):
    SyncRunFactory(organization=connected, status=SyncRun.Status.SUCCEEDED)
    last = SyncRunFactory(
        organization=connected, status=SyncRun.Status.PARTIAL, finished_at=NOON, failed_count=2
    )
    SyncRunFactory(organization=connected, status=SyncRun.Status.RUNNING)

    told = caller.get(f"{BULK}/status")["last_runs"]

    assert set(told) == {"pricelists" if name == "price_lists" else name for name in registry.names()}
    assert told["products"]["run"]["id"] == str(last.pk)
    assert told["products"]["stats"]["failed"] == 2
    assert told["products"]["finished_at"] == "2026-11-20T09:00:00Z"
    assert told["stock"] is None


def test_it_asks_the_database_no_more_often_for_more_runs(caller, connected, django_assert_max_num_queries):
    SyncRunFactory.create_batch(30, organization=connected)
    with django_assert_max_num_queries(20):
        caller.get(f"{BULK}/status")
