"""Every change of a stock figure or a price leaves a row: before, after, when, and who brought it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.models import PriceChange, PriceListItem, Product, StockChange, StockLevel


@pytest.fixture
def loaded(sync_all):
    return sync_all("full")


def tracked_item(sandbox) -> str:
    return next(item["item_id"] for item in sandbox.records("items") if item["track_inventory"])


def priced_row(sandbox) -> tuple[str, str, Decimal]:
    for book in sandbox.records("pricebooks"):
        for row in book.get("pricebook_items", []):
            if "pricebook_rate" in row:
                return book["pricebook_id"], row["item_id"], row["pricebook_rate"]
    raise LookupError("no price list has rates")


def test_the_first_load_leaves_no_history(loaded):
    assert StockLevel.objects.exists()
    assert PriceListItem.objects.exists()
    assert not StockChange.objects.exists()
    assert not PriceChange.objects.exists()


def test_a_stock_movement_leaves_before_after_and_cause(sandbox, loaded, run_sync):
    item_id, place = tracked_item(sandbox), sandbox.ids("locations")[1]
    level = StockLevel.objects.get(external_id=f"{item_id}:{place}")
    sandbox.set_stock(item_id, place, on_hand=level.on_hand - 3, available=level.available, actual=0)

    run = run_sync("stock", "incremental")

    changes = StockChange.objects.filter(level=level, figure="on_hand")
    assert [(each.before, each.after, each.cause) for each in changes] == [
        (level.on_hand, level.on_hand - 3, f"run {run.pk}")
    ]
    assert run.started_at <= changes[0].changed_at <= run.finished_at


def test_a_new_base_price_leaves_before_after_currency_and_cause(sandbox, loaded, run_sync):
    product = Product.objects.first()
    sandbox.change("items", product.external_id, rate=Decimal("77.25"))

    run = run_sync("products", "incremental")

    (change,) = PriceChange.objects.all()
    assert (change.product, change.price_list, change.figure) == (product, None, "unit_price")
    assert (change.before, change.after, change.currency_code) == (
        product.unit_price,
        Decimal("77.25"),
        "IQD",
    )
    assert change.cause == f"run {run.pk}"


def test_a_price_in_a_list_leaves_its_list_and_the_lists_currency(sandbox, loaded, run_sync):
    list_id, item_id, rate = priced_row(sandbox)
    sandbox.set_price(list_id, item_id, Decimal("1.75"))

    run_sync("price_lists", "incremental")

    (change,) = PriceChange.objects.all()
    currency = sandbox.record("pricebooks", list_id)["currency_code"] or "IQD"
    assert (change.price_list.external_id, change.product.external_id) == (list_id, item_id)
    assert (change.before, change.after, change.currency_code) == (rate, Decimal("1.75"), currency)


def test_a_price_taken_out_of_its_list_leaves_the_price_it_was(sandbox, loaded, run_sync):
    list_id, item_id, rate = priced_row(sandbox)
    sandbox.set_price(list_id, item_id)

    run_sync("price_lists", "incremental")

    (change,) = PriceChange.objects.all()
    assert (change.before, change.after) == (rate, None)
    assert PriceListItem.objects.get(external_id=f"{list_id}:{item_id}").removed_at is not None


def test_a_price_that_comes_back_to_its_list_is_told_as_new(sandbox, loaded, run_sync):
    list_id, item_id, rate = priced_row(sandbox)
    sandbox.set_price(list_id, item_id)
    run_sync("price_lists", "incremental")
    sandbox.set_price(list_id, item_id, rate)

    run_sync("price_lists", "incremental")

    changes = PriceChange.objects.order_by("pk")
    assert [(each.before, each.after) for each in changes] == [(rate, None), (None, rate)]
    assert PriceListItem.objects.get(external_id=f"{list_id}:{item_id}").removed_at is None


def test_the_stock_of_a_deleted_item_ends_in_history_too(sandbox, loaded, run_sync):
    level = StockLevel.objects.exclude(on_hand=0).first()
    sandbox.delete("items", level.product.external_id)

    run_sync("products", "full")

    change = StockChange.objects.get(level=level, figure="on_hand")
    assert (change.before, change.after) == (level.on_hand, None)


def test_what_appears_after_the_first_load_is_told_from_nothing(sandbox, loaded, run_sync):
    place = sandbox.ids("locations")[0]
    item_id = sandbox.add("items", name="New", stock={place: 5})
    run_sync("products", "incremental")

    run_sync("stock", "incremental")

    change = StockChange.objects.get(level__external_id=f"{item_id}:{place}", figure="on_hand")
    assert (change.before, change.after) == (None, Decimal(5))


def test_a_run_that_changes_nothing_leaves_no_history(sandbox, loaded, sync_all):
    sync_all("full")
    sync_all("incremental")

    assert not StockChange.objects.exists()
    assert not PriceChange.objects.exists()
