"""What the stock is worth: by place, by product, at cost and at lists; unknown is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories import (
    NOON,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def main():
    return WarehouseFactory(name="Main", sells=True)


def test_each_warehouse_is_valued_by_itself_exactly(rows, main):
    depot = WarehouseFactory(name="Depot")
    for place, on_hand, price in ((main, "3", "0.10"), (main, "7", "0.20"), (depot, "2", "1250.125")):
        product = ProductFactory(purchase_price=Decimal(price))
        StockLevelFactory(
            product=product, warehouse=place, on_hand=Decimal(on_hand), asset_value=Decimal("5")
        )

    told = rows("stock-value")

    assert [(row["warehouse"], row["currency"], row["on_hand"], row["value"]) for row in told] == [
        (depot.pk, "IQD", Decimal(2), Decimal("2500.25")),
        (main.pk, "IQD", Decimal(10), Decimal("1.7")),
    ]
    assert [row["source_value"] for row in told] == [Decimal(5), Decimal(10)]


def test_large_sums_lose_no_digit(ask, main):
    for on_hand in (1, 3, 7):
        product = ProductFactory(purchase_price=Decimal("123456789012.25"))
        StockLevelFactory(product=product, warehouse=main, on_hand=on_hand)

    (total,) = ask("stock-value").totals

    assert total.values["value"] == Decimal("1358024679134.75")


def test_stock_without_a_purchase_price_is_counted_and_not_valued(rows, notes, main):
    StockLevelFactory(product=ProductFactory(purchase_price=None), warehouse=main, on_hand=5)
    assert [(row["value"], row["not_valued"]) for row in rows("stock-value")] == [(None, 1)]

    StockLevelFactory(product=ProductFactory(purchase_price=Decimal(4)), warehouse=main, on_hand=5)
    assert [(row["value"], row["valued"], row["not_valued"]) for row in rows("stock-value")] == [(20, 1, 1)]
    assert "1 product with stock has no purchase price" in notes("stock-value")


def test_stock_below_zero_is_negative_and_shown_by_itself(rows, main):
    for on_hand in (10, -4):
        StockLevelFactory(
            product=ProductFactory(purchase_price=Decimal(100)), warehouse=main, on_hand=on_hand
        )
    (row,) = rows("stock-value")
    assert (row["value"], row["below_zero"]) == (600, -400)


def test_what_is_not_known_is_said_and_what_has_left_does_not_count(rows, notes, main):
    price = {"purchase_price": Decimal(10)}
    StockLevelFactory(product=ProductFactory(**price), warehouse=main, on_hand=None)
    StockLevelFactory(product=ProductFactory(**price, removed_at=NOON), warehouse=main, on_hand=5)
    StockLevelFactory(product=ProductFactory(**price), warehouse=main, on_hand=5, removed_at=NOON)
    StockLevelFactory(product=ProductFactory(**price), warehouse=main, on_hand=1)
    (row,) = rows("stock-value")
    assert (row["on_hand"], row["value"]) == (1, 10)
    assert "Of 1 stock level the figure on hand is not known" in notes("stock-value")


def test_a_list_values_the_same_stock_in_its_own_currency_and_is_never_added_to_cost(ask, rows, main):
    price = PriceListItemFactory(product__purchase_price=Decimal(1000), rate=Decimal("2.50"))
    StockLevelFactory(product=price.product, warehouse=main, on_hand=4)
    StockLevelFactory(product=ProductFactory(purchase_price=Decimal(1)), warehouse=main, on_hand=4)

    told = rows("stock-value", price_list=[price.price_list.external_id])
    assert sorted((row["currency"], row["value"], row["not_valued"]) for row in told) == [
        ("IQD", 4004, 0),
        ("USD", 10, 1),
    ]
    totals = ask("stock-value", price_list=[price.price_list.external_id]).totals
    assert sorted((total.group["currency"], total.values["value"]) for total in totals) == [
        ("IQD", 4004),
        ("USD", 10),
    ]


def test_a_price_of_another_currency_in_the_same_list_is_not_taken(rows, main):
    price_list = PriceListFactory(currency_code="USD")
    price = PriceListItemFactory(price_list=price_list, currency_code="IQD", rate=Decimal(9999))
    StockLevelFactory(product=price.product, warehouse=main, on_hand=4)
    told = rows("stock-value", price_list=[price_list.external_id])
    assert [row["value"] for row in told if row["currency"] == "USD"] == [None]


def test_products_are_listed_where_somebody_asks_for_them(rows, main):
    product = ProductFactory(purchase_price=Decimal(3))
    StockLevelFactory(product=product, warehouse=main, on_hand=2)
    StockLevelFactory(product=product, warehouse=WarehouseFactory(), on_hand=0)
    told = rows("stock-value", by="product")
    assert [(row["product"], row["warehouse"], row["value"]) for row in told] == [(product.pk, main.pk, 6)]


def test_only_the_warehouses_that_are_asked_for(rows, main):
    for place in (main, WarehouseFactory()):
        StockLevelFactory(product=ProductFactory(purchase_price=Decimal(3)), warehouse=place, on_hand=2)
    assert [row["warehouse"] for row in rows("stock-value", warehouse=[main.external_id])] == [main.pk]


def test_the_page_shows_it(seer, main):
    StockLevelFactory(product=ProductFactory(purchase_price=Decimal("1250")), warehouse=main, on_hand=2)
    told = seer.get("/admin/reports/stock-value/").content.decode()
    assert "2,500 <small>IQD</small>" in told and "Main" in told
