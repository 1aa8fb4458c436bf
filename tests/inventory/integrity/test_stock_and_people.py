"""Codes, names, stock, customers, pictures: what is wrong is found, and what is nearly so is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.integrity import registry
from tests.factories import NOON, CustomerFactory, ProductFactory, StockLevelFactory, WarehouseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_leg]


def test_names_are_the_same_however_they_are_spelt(said, facts_of):
    ProductFactory(name="كيبل  أحمر", pk=11)
    ProductFactory(name="كيبل احمر", pk=12)
    ProductFactory(name="كيبل احمر", pk=13, is_active=False)
    ProductFactory(name="كيبل احمر", pk=14, removed_at=NOON)
    ProductFactory(name="كيبل ازرق")

    assert said("duplicate_names") == ["2 products are called “كيبل  أحمر”."]
    (fact,) = facts_of("duplicate_names", only_active=False)
    assert (fact.facts["count"], fact.facts["products"]) == (3, [11, 12, 13])


def test_a_sku_that_two_products_share_is_told_with_their_names(said):
    ProductFactory(sku="CB-7 ", name="Cable")
    ProductFactory(sku="cb-7", name="Other cable")
    ProductFactory(sku="")
    ProductFactory(sku="")

    assert said("duplicate_skus") == ["2 products have the SKU CB-7 : Cable, Other cable."]


def test_each_product_of_a_group_knows_the_groups_finding(facts_of):
    one, other = ProductFactory(sku="CB-7"), ProductFactory(sku="cb-7")
    (fact,) = facts_of("duplicate_skus")
    check = registry.get("duplicate_skus")
    assert check.keys_about(one) == check.keys_about(other) == [fact.key]


def test_a_large_group_is_one_finding_that_names_some(said):
    for number in range(12):
        ProductFactory(sku="X", name=f"N{number:02d}")
    (told,) = said("duplicate_skus")
    assert told.startswith("12 products have the SKU X: N00, N01")
    assert told.endswith("N09 and 2 more.")


def test_products_without_a_sku(said, facts_of):
    bare = ProductFactory(sku="", name="Cable")
    ProductFactory(sku="", is_active=False)
    ProductFactory(sku="CB-1")

    assert said("missing_skus") == ["Cable has no SKU."]
    assert facts_of("missing_skus", only_stocked=True) == []
    StockLevelFactory(product=bare, on_hand=1)
    assert len(facts_of("missing_skus", only_stocked=True)) == 1


def test_less_than_nothing_to_sell_is_told_with_how_it_comes_about(said):
    shop = WarehouseFactory(sells=True, name="Shop")
    StockLevelFactory(warehouse=shop, product__name="Cable", available_for_sale=-2, on_hand=3, committed=5)
    StockLevelFactory(warehouse=shop, product__name="Plug", available_for_sale=-1, on_hand=None)
    StockLevelFactory(warehouse=shop, available_for_sale=0)
    StockLevelFactory(warehouse=shop, available_for_sale=None)
    StockLevelFactory(warehouse__sells=False, available_for_sale=-2)

    assert said("negative_sellable") == [
        "Cable: -2 are available for sale in Shop; 3 on hand, 5 promised to orders.",
        "Plug: -1 are available for sale in Shop.",
    ]


def test_stock_in_inactive_products_is_added_over_the_warehouses(said):
    old = ProductFactory(name="Old cable", is_active=False)
    StockLevelFactory(product=old, warehouse__name="Main", on_hand=Decimal("2.5"))
    StockLevelFactory(product=old, warehouse__name="Shop", on_hand=3)
    StockLevelFactory(product__is_active=False, on_hand=0)
    StockLevelFactory(product__is_active=None, on_hand=9)

    assert said("inactive_stock") == ["Old cable is inactive, and 5.5 are on hand: Main, Shop."]
    assert said("inactive_stock", least="6") == []


@pytest.mark.parametrize(
    ("owes", "limit", "kept", "count"),
    [
        ("1001", "1000", {}, 1),
        ("1000", "1000", {}, 0),
        ("1100", "1000", {"tolerance": "10"}, 0),
        ("1101", "1000", {"tolerance": "10"}, 1),
        ("5", "0", {}, 0),  # for many a source that is how no limit is written
        ("5", "0", {"zero_is_limit": True}, 1),
        ("5", None, {"zero_is_limit": True}, 0),
        (None, "1", {}, 0),
    ],
)
def test_who_owes_more_than_the_limit(facts_of, owes, limit, kept, count):
    CustomerFactory(receivable=owes, credit_limit=limit)
    assert len(facts_of("over_limit", **kept)) == count


def test_credits_that_are_not_used_are_taken_off_and_told(said):
    CustomerFactory(name="Noor", receivable=1500, unused_credits=200, credit_limit=1000, currency_code="USD")
    CustomerFactory(name="Amal", receivable=1500, unused_credits=600, credit_limit=1000)

    assert said("over_limit") == [
        "Noor owes 1,500.00 USD, with 200.00 USD of unused credits; the limit is 1,000.00 USD: 300.00 USD too much."
    ]
    assert len(said("over_limit", less_credits=False)) == 2


def test_a_picture_is_missed_where_something_is_to_be_sold(said):
    bare = ProductFactory(name="Cable")
    StockLevelFactory(product=bare, warehouse__sells=True, on_hand=1)
    StockLevelFactory(product__image_name="a.png", warehouse__sells=True, on_hand=1)
    StockLevelFactory(product__is_active=False, warehouse__sells=True, on_hand=1)
    StockLevelFactory(warehouse__sells=False, on_hand=1)

    assert said("missing_pictures") == ["Cable has no picture at the source."]
    assert len(said("missing_pictures", only_stocked=False)) == 2
