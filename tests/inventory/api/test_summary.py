"""What each warehouse holds; what sells is never added to what does not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories import (
    NOON,
    OrganizationFactory,
    ProductFactory,
    StockCheckFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db


def test_what_sells_is_never_added_to_what_does_not(get):
    product = ProductFactory()
    shop, store = WarehouseFactory(sells=True, name="Shop"), WarehouseFactory(name="Store")
    StockLevelFactory(product=product, warehouse=shop, on_hand=Decimal("-2"), asset_value=Decimal("5.5"))
    StockLevelFactory(product=product, warehouse=store, on_hand=Decimal("7"), asset_value=None)
    StockCheckFactory(product=product)

    (told,) = get("stock-summary/")["results"]

    assert [(row["warehouse"]["name"], row["quantity"]) for row in told["warehouses"]] == [
        ("Shop", "-2"),
        ("Store", "7"),
    ]
    assert (told["selling"]["quantity"], told["selling"]["negative"]) == ("-2", 1)
    assert told["selling"]["value"] == {"amount": "5.5", "currency_code": "IQD"}
    assert (told["not_selling"]["quantity"], told["not_selling"]["value"]) == ("7", None)
    assert told["not_selling"]["no_value"] == 1
    assert told["selling"]["oldest_at"] == "2026-11-20T09:00:00Z"


def test_one_warehouse_or_one_company_can_be_asked_for(get):
    first = StockLevelFactory()
    other = OrganizationFactory(external_id="2", name="Other", currency_code="USD")
    second = WarehouseFactory(organization=other)

    def told(query: str) -> list[tuple[str, int]]:
        return [
            (row["organization"], len(row["warehouses"])) for row in get(f"stock-summary/{query}")["results"]
        ]

    assert told("") == [("10234695", 1), ("2", 1)]
    assert told("?organization=2") == [("2", 1)]
    assert told(f"?warehouse={first.warehouse.external_id}") == [("10234695", 1)]
    assert told(f"?warehouse={second.pk}") == [("2", 1)]


def test_a_warehouse_that_left_the_source_holds_nothing(get):
    StockLevelFactory(warehouse__removed_at=NOON)

    assert get("stock-summary/")["results"][0]["warehouses"] == []


@pytest.mark.parametrize("query", ["warehouse=404", "organization=404", "warehouses=1", "warehouse="])
def test_nonsense_is_refused_by_name(get, query):
    assert query.partition("=")[0] in get(f"stock-summary/?{query}", status=400)["errors"]
