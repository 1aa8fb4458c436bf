"""Lists beside each other, and figures as they were."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.models import RowChange
from tests.factories import (
    NOON,
    PriceChangeFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockChangeFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
AT = "2026-11-20T12:00"  # NOON, by the company's clocks


@pytest.fixture
def known_for_long():
    """Call it when the rows are there: they have been mirrored for a month."""
    return lambda: RowChange.objects.update(noted_at=NOON - timedelta(days=30))


# --- Price lists ------------------------------------------------------------------------------------


def test_lists_of_one_currency_are_compared_and_others_are_not(rows):
    product = ProductFactory()
    first, second, third = (
        PriceListFactory(name=name, currency_code=code)
        for name, code in (("A", "USD"), ("B", "USD"), ("C", "IQD"))
    )
    for price_list, rate in ((first, "8"), (second, "10"), (third, "12000")):
        PriceListItemFactory(product=product, price_list=price_list, rate=Decimal(rate))

    (row,) = rows("price-comparison")

    assert (row[f"price_{first.pk}"], row[f"price_{second.pk}"], row[f"price_{third.pk}"]) == (8, 10, 12000)
    assert row[f"difference_{second.pk}"] == 25
    assert f"difference_{third.pk}" not in row


def test_no_price_stays_empty_and_can_be_asked_for(rows):
    whole, bare = ProductFactory(name="a", unit_price=5), ProductFactory(name="b", unit_price=5)
    lists = [PriceListFactory(name=name) for name in "AB"]
    for product, price_list in ((whole, lists[0]), (whole, lists[1]), (bare, lists[0])):
        PriceListItemFactory(product=product, price_list=price_list)
    told = {row["product"]: row for row in rows("price-comparison")}
    assert told[bare.pk][f"price_{lists[1].pk}"] is None
    assert told[bare.pk][f"difference_{lists[1].pk}"] is None
    assert [row["product"] for row in rows("price-comparison", show="missing")] == [bare.pk]
    assert rows("price-comparison", show="different") == []


def test_a_list_by_percentage_follows_from_the_base_price(rows):
    product = ProductFactory(unit_price=Decimal(1000))
    price_list = PriceListFactory(
        kind="fixed_percentage", percentage=Decimal(10), is_increase=True, currency_code="IQD"
    )
    (row,) = rows("price-comparison")
    assert (row["product"], row[f"price_{price_list.pk}"]) == (product.pk, 1100)


def test_lists_of_purchases_and_inactive_ones_are_not_offered(ask):
    PriceListFactory(direction="purchases")
    PriceListFactory(is_active=False)
    assert [column.name for column in ask("price-comparison").columns] == ["product"]


# --- The past ---------------------------------------------------------------------------------------


def test_stock_at_a_moment_is_what_the_next_change_found(rows, known_for_long):
    level = StockLevelFactory(on_hand=Decimal(2))
    for hours, before, after in ((-1, 30, 20), (1, 20, 5), (2, 5, 2)):
        StockChangeFactory(level=level, before=before, after=after, changed_at=NOON + hours * HOUR)
    StockChangeFactory(level=level, figure="committed", before=99, after=1, changed_at=NOON + HOUR)
    known_for_long()
    (row,) = rows("past-stock", at=AT)
    assert (row["then"], row["now"], row["change"]) == (20, 2, -18)
    (row,) = rows("past-stock", at="2026-11-20T10:30:00Z")
    assert (row["then"], row["now"]) == (5, 2)


def test_what_did_not_change_is_what_is_stored_and_can_be_left_out(rows, known_for_long):
    StockLevelFactory(on_hand=Decimal(7))
    StockLevelFactory(on_hand=Decimal(0))
    known_for_long()
    assert [(row["then"], row["change"]) for row in rows("past-stock", at=AT)] == [(7, 0)]
    assert rows("past-stock", at=AT, show="changed") == []
    assert len(rows("past-stock", at=AT, show="all")) == 2


def test_of_the_time_before_a_row_was_known_nothing_is_told(rows, notes, known_for_long):
    StockLevelFactory(on_hand=Decimal(7))
    known_for_long()
    late = StockLevelFactory(on_hand=Decimal(9))
    RowChange.objects.filter(kind="stock_level", row_id=late.pk).update(noted_at=NOON + HOUR)
    assert [row["then"] for row in rows("past-stock", at=AT)] == [7]
    told = notes("past-stock", at=AT)
    assert "History begins on 2026-10-21 12:00" in told
    assert "1 row was not known at that time" in told


def test_what_has_left_since_was_there(rows, known_for_long):
    StockLevelFactory(on_hand=Decimal(7), removed_at=NOON + HOUR)
    StockLevelFactory(on_hand=Decimal(8), removed_at=NOON - HOUR)
    known_for_long()
    assert [(row["then"], row["now"], row["change"]) for row in rows("past-stock", at=AT)] == [
        (7, None, None)
    ]


def test_warehouses_are_added_up_by_themselves(ask, known_for_long):
    product = ProductFactory()
    for quantity in (3, 5):
        StockLevelFactory(product=product, warehouse=WarehouseFactory(), on_hand=Decimal(quantity))
    known_for_long()
    assert sorted(total.values["then"] for total in ask("past-stock", at=AT).totals) == [3, 5]


def test_base_prices_and_prices_of_lists_as_they_were(rows, known_for_long):
    product = ProductFactory(unit_price=Decimal(12500))
    price = PriceListItemFactory(product=product, rate=Decimal(9))
    PriceChangeFactory(product=product, before=10000, after=12500, changed_at=NOON + HOUR)
    PriceChangeFactory(
        product=product, price_list=price.price_list, currency_code="USD", figure="rate", before=8, after=9,
        changed_at=NOON + HOUR,
    )  # fmt: skip
    known_for_long()

    (base,) = rows("past-prices", at=AT)
    assert (base["currency"], base["then"], base["now"], base["percent"]) == ("IQD", 10000, 12500, 25)
    (listed,) = rows("past-prices", at=AT, price_list=[price.price_list.external_id])
    assert (listed["currency"], listed["then"], listed["now"], listed["change"]) == ("USD", 8, 9, 1)
    (later,) = rows("past-prices", at="2026-11-20T14:00")
    assert (later["then"], later["change"]) == (12500, 0)
