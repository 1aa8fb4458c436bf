"""What a sync costs in calls, counted in the sandbox's own log, and in writes, counted at the database."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Customer, StockCheck
from zoho_sync import services
from zoho_sync.models import SyncRun
from zoho_sync.sandbox import Size

pytestmark = pytest.mark.one_leg

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MIRRORED = ("warehouse", "product", "stocklevel", "customer", "pricelist", "pricelistitem", "stockcheck")


@pytest.fixture
def size() -> Size:
    """More than one page of items and of contacts."""
    return Size(items=230, customers=8, vendors=200, locations=2, price_lists=2, price_list_items=20)


@pytest.fixture
def row_versions():
    """{table: {key: what the database notes of the row's last write}}; xmin on PostgreSQL, else the whole row."""

    def look() -> dict[str, dict]:
        found = {}
        for table in MIRRORED:
            column = "xmin::text" if connection.vendor == "postgresql" else "*"
            key = "product_id" if table == "stockcheck" else "id"
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {key}, {column} FROM inventory_{table}")
                found[table] = {row[0]: row for row in cursor.fetchall()}
        return found

    return look


@pytest.fixture
def writes():
    """Statements that wrote to a mirrored table while a function ran."""

    def during(work) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            work()
        return [
            query["sql"][:200]
            for query in queries
            if query["sql"].lstrip("-* ").startswith(("INSERT INTO", "UPDATE", "DELETE"))
            and any(f'"inventory_{table}"' in query["sql"].split("SELECT")[0] for table in MIRRORED)
        ]

    return during


def test_full_products_cost_a_call_for_each_200_items(sandbox, organization, run_sync, api_calls):
    sandbox.forget_calls()

    run = run_sync("products", "full")

    calls = api_calls()
    assert [call["path"] for call in calls] == ["/items"] * ceil(230 / 200)
    assert run.calls_count == len(calls)


@pytest.mark.parametrize("batch_size", [200, 50])
def test_full_stock_costs_a_call_for_each_batch_of_tracked_items(sandbox, run_sync, api_calls, batch_size):
    run_sync("warehouses", "full")
    run_sync("products", "full")
    tracked = sum(1 for item in sandbox.records("items") if item["track_inventory"])
    sandbox.forget_calls()

    run = run_sync("stock", "full", batch_size=batch_size)

    assert tracked < 230
    assert [call["path"] for call in api_calls()] == ["/itemdetails"] * ceil(tracked / batch_size)
    assert run.calls_count == len(api_calls())


def test_incremental_runs_without_changes_cost_two_calls_at_most_and_write_nothing(
    sandbox, sync_all, run_sync, api_calls, row_versions
):
    sync_all("full")
    before = row_versions()

    for entity in ("products", "customers"):
        sandbox.forget_calls()
        run = run_sync(entity, "incremental")

        assert run.status == SyncRun.Status.SUCCEEDED
        assert 1 <= len(api_calls()) <= 2
        assert run.calls_count == len(api_calls())
        assert (run.created_count, run.updated_count) == (0, 0)
    assert row_versions() == before


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_what_has_not_changed_is_not_written(sync_all, run_sync, writes, mode):
    sync_all("full")

    for entity in ("warehouses", "products", "price_lists", "customers"):
        assert writes(lambda entity=entity: run_sync(entity, mode)) == []
    written = writes(lambda: run_sync("stock", mode))
    assert all(statement.startswith('UPDATE "inventory_stockcheck"') for statement in written)


def test_the_filter_is_probed_once_and_not_again(sandbox, sync_all, run_sync, api_calls):
    sync_all("full")
    run_sync("products", "incremental")
    sandbox.forget_calls()

    run_sync("products", "incremental")

    assert len(api_calls()) == 1


def test_an_incremental_run_costs_what_changed(sandbox, sync_all, run_sync, api_calls):
    sync_all("full")
    run_sync("products", "incremental")  # the probe is behind us
    for number, item_id in enumerate(sandbox.ids("items")[:210]):
        sandbox.change("items", item_id, rate=number + 1)
    sandbox.forget_calls()

    run = run_sync("products", "incremental")

    assert len(api_calls()) == ceil(211 / 200)  # and the newest of last time, in the overlap
    assert run.updated_count == 210
    assert run.fetched_count <= 211


def test_customers_are_read_no_further_than_the_first_old_page(sandbox, sync_all, run_sync, api_calls):
    sync_all("full")
    customer = next(each for each in sandbox.records("contacts") if each["contact_type"] == "customer")
    sandbox.change("contacts", customer["contact_id"], mobile="0770")
    sandbox.forget_calls()

    run = run_sync("customers", "incremental")

    assert len(api_calls("/contacts")) == 1
    assert run.updated_count == 1


def test_a_detail_that_is_found_as_it_was_is_not_asked_for_again(sandbox, sync_all, run_sync, api_calls):
    sync_all("full")
    Customer.objects.update(detail_is_due=True)  # as when a price list goes that they had
    sandbox.forget_calls()
    assert run_sync("customer_details").status == "succeeded"
    assert len(api_calls()) == Customer.objects.live().count()
    sandbox.forget_calls()
    run_sync("customer_details")
    assert api_calls() == []


def test_only_moved_stock_is_read_again_when_there_is_no_budget_for_more(
    sandbox, sync_all, run_sync, api_calls, settings
):
    sync_all("full")
    moved = [item["item_id"] for item in sandbox.records("items") if item["track_inventory"]][:3]
    place = sandbox.ids("locations")[0]
    for item_id in moved:
        sandbox.set_stock(item_id, place, on_hand=4711)
    settings.ZOHO = settings.ZOHO | {"BACKGROUND_FLOOR_PERCENT": 100}  # the sweep may spend nothing
    sandbox.forget_calls()

    run = run_sync("stock", "incremental")

    details = api_calls("/itemdetails")
    assert [set(call["query"]["item_ids"].split(",")) for call in details] == [set(moved)]
    assert len(api_calls()) == ceil(230 / 200) + 1
    assert run.updated_count == 3


def test_the_sweep_verifies_first_what_was_verified_longest_ago(sandbox, sync_all, run_sync, api_calls):
    sync_all("full")
    oldest = list(StockCheck.objects.order_by("-pk").values_list("product__external_id", flat=True)[:20])
    StockCheck.objects.filter(product__external_id__in=oldest).update(verified_at=LONG_AGO)
    sandbox.forget_calls()

    run_sync("stock", "incremental", batch_size=20)

    first = api_calls("/itemdetails")[0]
    assert set(first["query"]["item_ids"].split(",")) == set(oldest)


def test_the_sweep_knows_how_few_ids_a_call_takes(sandbox, sync_all, run_sync, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 100_000}
    sync_all("full")
    sandbox.settings(max_item_ids=5)
    run_sync("stock", "full", batch_size=10)
    StockCheck.objects.update(verified_at=LONG_AGO)

    run_sync("stock", "incremental", batch_size=10)

    assert not StockCheck.objects.filter(verified_at=LONG_AGO).exists()


def test_the_runs_calls_are_those_of_zohos_own_log(sandbox, sync_all, api_calls):
    sandbox.forget_calls()

    runs = sync_all("full")

    assert sum(run.calls_count for run in runs.values()) == len(api_calls())


def test_a_slice_that_ends_reads_no_page_twice(sandbox, organization, start_run, api_calls):
    from zoho_sync.runner import work_slice

    sandbox.settings(latency_ms=20)
    run = start_run("products", "full", batch_size=20)
    slices = 0

    while not run.is_ended:
        work_slice(run.pk, seconds=0.05, rings=False)
        run.refresh_from_db()
        slices += 1

    assert slices > 2, "it took one slice: the test would prove nothing"
    assert run.status == SyncRun.Status.SUCCEEDED
    assert len(api_calls("/items")) == run.calls_count == ceil(230 / 20)


def test_the_estimate_is_what_a_full_run_costs(organization, sync_all):
    sync_all("full")

    runs = sync_all("full")

    for entity in ("products", "stock", "price_lists", "customers", "warehouses"):
        assert services.estimate_calls(organization, entity, "full") == runs[entity].calls_count
