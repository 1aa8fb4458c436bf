"""A dry run plans exactly what the real run then does, and writes nothing that is mirrored."""

from __future__ import annotations

import pytest

from inventory.models import Customer, PriceListItem, Product, StockCheck, StockLevel, Warehouse
from inventory.models import PriceList as List
from zoho_sync.models import Event, PlannedChange, RecordError, SyncCheckpoint, SyncRun

MIRRORED = (Warehouse, Product, StockLevel, Customer, List, PriceListItem)
BOOKKEEPING = {"synced_at", "cause", "payload", "payload_hash", "removed_reason", "edited_at"} | {
    f"detail_{name}" for name in ("payload", "hash", "at", "is_due")
}


def look() -> dict[tuple[str, str], dict]:
    """{(table, external id): the source's columns}, tombstones among them."""
    return {
        (model._meta.model_name, row["external_id"]): {
            name: value for name, value in row.items() if name not in BOOKKEEPING
        }
        for model in MIRRORED
        for row in model.objects.values()
    }


def done(before: dict, after: dict) -> set[tuple[str, str, str]]:
    """What a real run did: {(action, table, external id)}."""
    found = set()
    for key, row in after.items():
        was = before.get(key)
        if was is None:
            found.add(("create", *key))
        elif was["removed_at"] is None and row["removed_at"] is not None:
            found.add(("remove", *key))
        elif was["removed_at"] is not None and row["removed_at"] is None:
            found.add(("restore", *key))
        elif was != row:
            found.add(("update", *key))
    return found


def planned(run: SyncRun) -> set[tuple[str, str, str]]:
    return set(run.planned_changes.values_list("action", "table", "external_id"))


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_the_plan_is_what_the_real_run_does(changed, run_sync, mode):
    kinds = set()
    for entity in ("products", "stock", "customers", "price_lists"):
        before = look()
        plan = run_sync(entity, mode, dry_run=True)
        assert look() == before
        assert plan.status == SyncRun.Status.SUCCEEDED

        real = run_sync(entity, mode)

        happened = done(before, look())
        assert planned(plan) == happened, entity
        for count in ("created", "updated", "removed", "failed"):
            assert getattr(plan, f"{count}_count") == getattr(real, f"{count}_count"), (entity, count)
        kinds |= {action for action, _table, _id in happened}
    assert {"create", "update"} <= kinds
    assert mode != "full" or kinds == {"create", "update", "remove", "restore"}


def test_a_plan_shows_every_field_before_and_after(sandbox, sync_all, run_sync):
    sync_all("full")
    product = Product.objects.exclude(name="Renamed").first()
    sandbox.change("items", product.external_id, name="Renamed", rate="12.50")

    run = run_sync("products", "incremental", dry_run=True)

    (change,) = run.planned_changes.all()
    assert change.changes["name"] == [product.name, "Renamed"]
    assert change.changes["unit_price"][1] == "12.5"
    assert "1 changes planned" in run.message


def test_a_dry_run_leaves_no_trace_but_its_plan(sandbox, sync_all, run_sync):
    sync_all("full")
    checkpoints, checks = list(SyncCheckpoint.objects.values()), list(StockCheck.objects.values())
    sandbox.random_changes(20, seed=2)
    sandbox.poison("items", sandbox.ids("items")[0], '{"item_id": NaN}')

    for entity in ("products", "stock", "customers", "price_lists"):
        run_sync(entity, "full", dry_run=True)

    assert PlannedChange.objects.exists()
    assert list(SyncCheckpoint.objects.values()) == checkpoints
    assert list(StockCheck.objects.values()) == checks
    assert not RecordError.objects.exists()
    assert not Event.objects.filter(name="tds.zoho.entity.synced", run__is_dry=True).exists()


def test_a_dry_run_of_a_listing_that_came_back_short_asks_a_person_too(sandbox, sync_all, run_sync):
    sync_all("full")
    sandbox.order_fault("short_list", share=0.3, times=None)

    run = run_sync("products", "full", dry_run=True)

    assert run.status == SyncRun.Status.QUARANTINED
    assert not run.planned_changes.filter(action="remove").exists()
