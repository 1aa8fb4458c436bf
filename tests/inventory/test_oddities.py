"""What looks wrong in the catalogue: found when it is so, and not when it is nearly so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.models import StockChange, StockLevel
from inventory.oddities import first_key_since, mass_zeros, missing_prices, negative_stock, price_jumps
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
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(db):
    return WarehouseFactory(sells=True, name="Shop")


def fall(shop, count: int, at=NOON, cause: str = "run 7") -> None:
    for _ in range(count):
        level = StockLevelFactory(warehouse=shop, on_hand=0)
        StockChangeFactory(level=level, before=3, after=0, changed_at=at, cause=cause)


def stay(shop, count: int) -> None:
    StockLevelFactory.create_batch(count, warehouse=shop)


# --- Stock that vanished -----------------------------------------------------------------------------


def test_much_stock_gone_at_once_is_found_with_its_count_and_names(shop):
    fall(shop, 21, NOON - 10 * MINUTE)
    stay(shop, 79)

    (odd,) = mass_zeros(20, NOON)
    assert (odd.place, odd.count, odd.total, len(odd.names)) == (shop, 21, 100, 5)
    assert odd.since == NOON - 10 * MINUTE


@pytest.mark.parametrize(
    ("fell", "stayed"),
    [(20, 80), (19, 0)],  # a share as large as is allowed; too few to be a mass
)
def test_a_little_that_is_sold_out_is_nothing_strange(shop, fell, stayed):
    fall(shop, fell, NOON - MINUTE)
    stay(shop, stayed)

    assert mass_zeros(20, NOON) == []


def test_a_slow_run_counts_as_one_moment_and_many_sales_in_a_day_do_not(shop):
    for number in range(30):
        fall(shop, 1, NOON - 5 * 60 * MINUTE + number * 5 * MINUTE, cause="run 7")
    assert mass_zeros(20, NOON)[0].count == 30

    for number, change in enumerate(StockChange.objects.all()):
        StockChange.objects.filter(pk=change.pk).update(cause=f"webhook {number}")
    assert mass_zeros(20, NOON) == []


def test_what_came_back_and_what_sells_nothing_is_not_counted(shop):
    fall(shop, 25, NOON - MINUTE)
    StockLevel.objects.update(on_hand=3)
    fall(WarehouseFactory(sells=False), 25, NOON - MINUTE)

    assert mass_zeros(20, NOON) == []


def test_old_history_is_skipped_by_key(shop):
    assert first_key_since(StockChange, NOON) == 0
    level = StockLevelFactory(warehouse=shop)
    for day in range(40, 0, -1):
        StockChangeFactory(level=level, changed_at=NOON - timedelta(days=day))
    StockChange.objects.filter(changed_at=NOON - timedelta(days=20)).delete()

    key = first_key_since(StockChange, NOON - timedelta(days=3))
    assert StockChange.objects.filter(pk__gte=key).count() == 3
    assert StockChange.objects.filter(pk__gte=first_key_since(StockChange, NOON)).count() == 0


def test_a_shortage_is_found_where_it_is_sold(shop):
    StockLevelFactory(warehouse=shop, on_hand=-2, product__name="A cable")
    stay(shop, 2)
    StockLevelFactory(warehouse__sells=False, on_hand=-2)

    (odd,) = negative_stock()
    assert (odd.place, odd.count, odd.total, odd.names) == (shop, 1, 3, ("A cable",))


# --- Prices ------------------------------------------------------------------------------------------


def change(before, after, **columns) -> None:
    PriceChangeFactory(
        before=Decimal(before), after=Decimal(after), **({"changed_at": NOON - MINUTE} | columns)
    )


@pytest.mark.parametrize(
    ("before", "after", "is_found"),
    [
        ("100", "131", True),
        ("100", "130", False),
        ("100", "69", True),
        ("100", "70", False),
        ("0", "5", False),
    ],
)
def test_a_price_that_jumped(before, after, is_found):
    change(before, after)

    assert bool(price_jumps(30, NOON)) is is_found


def test_a_price_that_went_back_has_not_jumped_and_small_steps_add_up():
    product, other = ProductFactory(), ProductFactory(name="A switch")
    change(100, 1000, product=product)
    change(1000, 100, product=product)
    assert price_jumps(30, NOON) == []

    change(100, 135, product=other)
    change(135, 125, product=other)
    assert price_jumps(30, NOON) == []
    change(125, 170, product=other)
    (odd,) = price_jumps(30, NOON)
    assert (odd.place, odd.count, odd.names) == (None, 1, ("A switch",))


def test_each_list_is_told_by_itself_and_old_or_purchase_prices_are_not():
    wholesale = PriceListFactory()
    for figure, price_list, at in (
        ("rate", wholesale, NOON - MINUTE),
        ("rate", wholesale, NOON - 25 * 60 * MINUTE),
        ("purchase_price", None, NOON - MINUTE),
    ):
        change(100, 900, figure=figure, price_list=price_list, changed_at=at)

    (odd,) = price_jumps(30, NOON)
    assert (odd.place, odd.count) == (wholesale, 1)


def test_a_product_in_stock_without_a_price_where_nearly_all_have_one(shop):
    products = [StockLevelFactory(warehouse=shop).product for _ in range(10)]
    wholesale = PriceListFactory(direction="sales")
    for product in products[1:]:
        PriceListItemFactory(price_list=wholesale, product=product)
    StockLevelFactory(warehouse=shop, on_hand=0)

    (odd,) = missing_prices(90)
    assert (odd.place, odd.count, odd.total, odd.names) == (wholesale, 1, 10, (products[0].name,))
    assert missing_prices(91) == []


def test_brackets_are_a_price_and_an_empty_rate_is_none(shop):
    products = [StockLevelFactory(warehouse=shop).product for _ in range(3)]
    wholesale = PriceListFactory()
    PriceListItemFactory(price_list=wholesale, product=products[0])
    PriceListItemFactory(
        price_list=wholesale,
        product=products[1],
        rate=None,
        brackets=[{"start": "1", "end": None, "rate": "2"}],
    )
    PriceListItemFactory(price_list=wholesale, product=products[2], rate=None)

    assert missing_prices(50)[0].names == (products[2].name,)


def test_lists_that_are_off_for_purchases_or_by_percentage_miss_nothing(shop):
    for columns in ({"is_active": False}, {"direction": "purchases"}, {"kind": "fixed_percentage"}):
        PriceListFactory(**columns)
    StockLevelFactory(warehouse=shop)

    assert missing_prices(0) == []
