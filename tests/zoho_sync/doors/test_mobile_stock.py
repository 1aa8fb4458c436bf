"""Stock as the older mobile app knows it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import (
    NOON,
    ProductFactory,
    StockCheckFactory,
    StockLevelFactory,
    SyncRunFactory,
    WarehouseFactory,
)
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncMode

from .conftest import MOBILE

pytestmark = pytest.mark.django_db

STATS, SYNC = f"{MOBILE}/sync/stock/stats", f"{MOBILE}/sync/stock"


def level(product, warehouse, on_hand: str | None):
    on_hand = None if on_hand is None else Decimal(on_hand)
    return StockLevelFactory(product=product, warehouse=warehouse, on_hand=on_hand)


@pytest.mark.parametrize("slash", ["", "/"])
def test_only_what_lies_in_selling_warehouses_is_counted_and_nothing_twice(caller, slash):
    shop, other_shop = WarehouseFactory.create_batch(2, sells=True)
    depot = WarehouseFactory()
    lamp, cable, gone, short = ProductFactory.create_batch(4)
    for warehouse, on_hand in ((shop, "0.1"), (other_shop, "0.2"), (depot, "100")):
        level(lamp, warehouse, on_hand)
    level(cable, depot, "7")  # only where nothing is sold
    level(cable, shop, None)
    level(short, shop, "-2")
    gone.removed_at = NOON
    gone.save()
    level(gone, shop, "50")

    answer = caller.get(f"{STATS}{slash}")

    assert set(answer.json) == {
        "total_products", "with_zoho_id", "with_stock", "total_stock_quantity", "last_sync_time", "stale_products",
    }  # fmt: skip
    assert (answer["total_products"], answer["with_zoho_id"], answer["with_stock"]) == (3, 3, 1)
    assert '"total_stock_quantity":-1.7,' in answer.text  # a number, and exact


def test_a_shortage_in_one_shop_does_not_hide_what_lies_in_another(caller):
    lamp = ProductFactory()
    for on_hand in ("7", "-9"):
        level(lamp, WarehouseFactory(sells=True), on_hand)

    answer = caller.get(STATS)

    assert (answer["with_stock"], answer["total_stock_quantity"]) == (1, -2)


def test_unknown_is_not_nothing(caller):
    lamp, depot = ProductFactory(), WarehouseFactory()
    level(lamp, depot, "7")
    unmarked = caller.get(STATS)
    level(lamp, WarehouseFactory(sells=True), None)
    unknown = caller.get(STATS)

    assert (unmarked["with_stock"], unmarked["total_stock_quantity"]) == (None, None)
    assert (unknown["with_stock"], unknown["total_stock_quantity"]) == (None, None)


def test_stale_are_those_not_verified_within_a_day(caller):
    now = timezone.now()
    fresh, old, never, untracked = ProductFactory.create_batch(4)
    untracked.is_tracked = False
    untracked.save()
    StockCheckFactory(product=fresh, verified_at=now - timedelta(hours=23))
    StockCheckFactory(product=old, verified_at=now - timedelta(hours=25))
    StockCheckFactory(product=never, verified_at=None)

    assert caller.get(STATS)["stale_products"] == 2


def test_the_last_sync_is_the_last_run_that_brought_the_whole_or_what_changed(caller, connected):
    assert caller.get(STATS)["last_sync_time"] is None
    facts = {"organization": connected, "entity": "stock"}
    SyncRunFactory(**facts, finished_at=NOON, status=SyncRun.Status.PARTIAL)
    later = NOON + timedelta(hours=1)
    SyncRunFactory(**facts, finished_at=later, status=SyncRun.Status.FAILED)
    SyncRunFactory(**facts, finished_at=later, mode=SyncMode.REALTIME)
    SyncRunFactory(**facts, finished_at=later, is_dry=True)
    SyncRunFactory(organization=connected, finished_at=later)

    assert caller.get(STATS)["last_sync_time"] == "2026-11-20T09:00:00Z"


def test_its_queries_do_not_grow_with_the_stock(caller, django_assert_max_num_queries):
    shop = WarehouseFactory(sells=True)
    for number in range(30):
        level(ProductFactory(), shop, str(number))
    with django_assert_max_num_queries(14):
        assert caller.get(STATS)["total_stock_quantity"] == 435


def test_reading_stock_again_is_answered_like_a_bulk_sync(caller, connected):
    answer = caller.post(SYNC, {"active_only": False})

    options = SyncRun.objects.get().sync_options
    assert set(answer.json) == {"success", "message", "stats", "duration_seconds", "error", "run"}
    assert (options.entity, options.mode, options.active_only) == ("stock", SyncMode.FULL, False)


@pytest.mark.parametrize(
    ("query", "body"), [("?item_ids=51,%2052,51", None), ("", {"item_ids": ["51", "52"]})]
)
def test_chosen_items_are_read_now(caller, connected, query, body):
    caller.post(f"{SYNC}/specific{query}", body)

    options = SyncRun.objects.get().sync_options
    assert (options.entity, options.mode, options.ids) == ("stock", SyncMode.REALTIME, ("51", "52"))


def test_chosen_items_are_read_beside_a_running_run(caller, connected):
    SyncRunFactory(organization=connected, entity="stock", status=SyncRun.Status.RUNNING)

    caller.post(f"{SYNC}/specific/?item_ids=51")
    assert SyncRun.objects.filter(mode=SyncMode.REALTIME).count() == 1


@pytest.mark.parametrize(
    ("query", "body", "field"),
    [
        ("", None, "item_ids"),
        ("", {"item_ids": []}, "item_ids"),
        ("", {"item_ids": "51"}, "item_ids"),
        ("", {"item_ids": [51]}, "item_ids"),
        ("", {"items": ["51"]}, "items"),
        ("?item_ids=", None, "item_ids"),
        ("?item_ids=51,,52", None, "item_ids"),
        ("?item_ids=" + "5" * 65, None, "item_ids"),
        ("?item_ids=" + ",".join(map(str, range(1001))), None, "item_ids"),
        ("?item_ids=51", {"item_ids": ["52"]}, "item_ids"),
        ("?item_ids=51&item_ids=52", None, "item_ids"),
        ("?item_id=51", None, "item_id"),
    ],
)
def test_items_that_are_none_are_refused(caller, connected, query, body, field):
    answer = caller.post(f"{SYNC}/specific{query}", body, status=400)

    assert field in " ".join(answer["errors"])
    assert not SyncRun.objects.exists()
