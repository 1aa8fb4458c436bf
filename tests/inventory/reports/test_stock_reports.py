"""What runs out, and what lies: states, days of cover, days without a sale."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.factories import NOON, ProductFactory, StockLevelFactory, WarehouseFactory

from .conftest import TODAY, credit_note, invoice

pytestmark = pytest.mark.django_db
EVERYTHING = {"show": "all"}


@pytest.fixture
def main():
    return WarehouseFactory(name="Main", sells=True)


def in_stock(place, sellable, **facts):
    product = ProductFactory(**facts)
    figures = {"available_for_sale": sellable, "on_hand": sellable}
    StockLevelFactory(product=product, warehouse=place, **figures)
    return product


def state(rows, product, **given):
    return next(row for row in rows("low-stock", **EVERYTHING | given) if row["product"] == product.pk)


@pytest.mark.parametrize(
    ("sellable", "facts", "told"),
    [
        (0, {}, "out"),
        (-2, {}, "out"),
        (10, {}, "low"),  # the usual threshold
        (11, {}, "enough"),
        (11, {"reorder_point": 20}, "low"),
        (11, {"reorder_level": 11}, "low"),
        (11, {"reorder_point": 5, "reorder_level": 20}, "enough"),  # ours goes before the source's
        (None, {}, "unknown"),
    ],
)
def test_a_product_is_out_low_or_enough(rows, main, sellable, facts, told):
    assert state(rows, in_stock(main, sellable, **facts))["state"] == told


def test_days_of_cover_follow_from_what_was_sold_less_what_came_back(rows, main):
    product = in_stock(main, 60)
    invoice((product, 40, 1))
    credit_note((product, 10, 1))
    invoice((product, 500, 1), status="void")
    invoice((product, 500, 1), date=TODAY - timedelta(days=30))
    row = state(rows, product)
    assert (row["sold"], row["sold_a_day"], row["cover"], row["state"]) == (30, 1, 60, "enough")
    assert state(rows, product, days=10)["cover"] == 20
    assert state(rows, product, cover=61)["state"] == "soon"


def test_without_a_sale_there_are_no_days_of_cover(rows, main):
    assert state(rows, in_stock(main, 5))["cover"] is None


def test_sellable_is_added_over_selling_warehouses_and_one_unknown_makes_it_unknown(rows, notes, main):
    product = in_stock(main, 7)
    shop, depot = WarehouseFactory(sells=True), WarehouseFactory(sells=False)
    StockLevelFactory(product=product, warehouse=depot, available_for_sale=500)
    StockLevelFactory(product=product, warehouse=shop, available_for_sale=5)
    assert state(rows, product)["sellable"] == 12
    assert state(rows, product, warehouse=[depot.external_id])["sellable"] == 500

    product.stock.filter(warehouse=shop).update(available_for_sale=None)
    assert state(rows, product)["sellable"] is None


def test_hidden_inactive_untracked_and_removed_products_are_not_missed(rows, main):
    for facts in ({"is_hidden": True}, {"is_active": False}, {"is_tracked": False}, {"removed_at": NOON}):
        in_stock(main, 0, **facts)
    assert rows("low-stock", **EVERYTHING) == []


def test_what_is_unknown_is_counted_and_not_called_out_of_stock(rows, notes, main):
    ProductFactory()
    assert rows("low-stock") == []
    assert "Of 1 product the sellable quantity is not known" in notes("low-stock")


def test_without_a_selling_warehouse_it_says_so(notes):
    ProductFactory()
    assert "No warehouse is marked as selling" in notes("low-stock")


def test_stock_that_does_not_sell_is_told_with_its_last_sale_and_cost(rows, main):
    dead = in_stock(main, 4, purchase_price=Decimal("2.5"))
    never = in_stock(main, 1, purchase_price=None)
    sold = in_stock(main, 4)
    invoice((dead, 1, 1), date=TODAY - timedelta(days=90))
    invoice((dead, 1, 1), date=TODAY, status="draft")
    invoice((sold, 1, 1), date=TODAY - timedelta(days=89))
    in_stock(main, 0)

    told = {row["product"]: row for row in rows("dead-stock")}

    assert set(told) == {dead.pk, never.pk}
    assert (told[dead.pk]["days"], told[dead.pk]["value"]) == (90, 10)
    assert told[dead.pk]["last_sale"] == TODAY - timedelta(days=90)
    assert (told[never.pk]["last_sale"], told[never.pk]["value"]) == (None, None)
    assert sold.pk in {row["product"] for row in rows("dead-stock", days=89)}


def test_what_was_added_lately_had_no_time_to_sell(rows, notes, main):
    """At 21:30 UTC it is the next day in Baghdad."""
    last = NOON.replace(hour=21, minute=30) - timedelta(days=91)
    young = in_stock(main, 4, source_created_at=last + timedelta(days=2))
    old = in_stock(main, 4, source_created_at=last)
    assert [row["product"] for row in rows("dead-stock")] == [old.pk]
    assert "1 product with stock was added within these days" in notes("dead-stock")
    assert young.pk in {row["product"] for row in rows("dead-stock", days=80)}


def test_the_cost_of_dead_stock_is_hidden_from_whoever_may_not_see_money(client, main):
    from tests.access.conftest import permitted

    in_stock(main, 4, purchase_price=Decimal("777"), name="Cable", sku="C", external_id="1")
    client.force_login(permitted("inventory.view_stock_report", "inventory.export_report"))
    assert "3,108" not in client.get("/admin/reports/dead-stock/").content.decode()
    assert b"3108" not in b"".join(client.post("/admin/reports/dead-stock/export/csv/"))
    assert client.get("/admin/reports/dead-stock/?order=value").status_code == 400  # nor who is dearer
    client.force_login(permitted("inventory.view_stock_report", "inventory.view_money_report"))
    assert "3,108" in client.get("/admin/reports/dead-stock/").content.decode()
