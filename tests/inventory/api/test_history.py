"""How a figure changed, and what it was at a time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.models import RowChange
from tests.factories import (
    NOON,
    PriceChangeFactory,
    PriceListItemFactory,
    ProductFactory,
    StockChangeFactory,
    StockLevelFactory,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def iso(moment) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def level():
    """Seen six hours before noon with 16 on hand; 14 since three hours before noon, 9 since noon."""
    row = StockLevelFactory(on_hand=9)
    RowChange.objects.filter(kind="stock_level", row_id=row.pk).update(noted_at=NOON - 6 * HOUR)
    StockChangeFactory(level=row, before=16, after=14, changed_at=NOON - 3 * HOUR, cause="run 1")
    StockChangeFactory(level=row, before=14, after=9, changed_at=NOON, cause="run 2")
    return row


def test_changes_of_a_stock_figure_are_told_newest_first(get, level):
    StockChangeFactory(level=level, figure="committed")
    StockChangeFactory()  # of another product

    told = get(f"products/{level.product_id}/history/?field=on_hand")["results"]

    assert [(row["before"], row["after"], row["changed_at"], row["cause"]) for row in told] == [
        ("14", "9", "2026-11-20T09:00:00Z", "run 2"),
        ("16", "14", "2026-11-20T06:00:00Z", "run 1"),
    ]
    assert told[0]["warehouse"]["external_id"] == level.warehouse.external_id


def test_changes_are_told_in_pages(get, level):
    first = get(f"products/{level.product_id}/history/?field=on_hand&page_size=1")
    second = get(first["next"])

    assert [row["after"] for row in first["results"] + second["results"]] == ["9", "14"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("at", "value", "reason", "cause"),
    [
        (NOON - 7 * HOUR, None, "before_first_seen", None),
        (NOON - 6 * HOUR, "16", None, None),  # what the first change found
        (NOON - 3 * HOUR - timedelta(seconds=1), "16", None, None),
        (NOON - 3 * HOUR, "14", None, "run 1"),
        (NOON - timedelta(seconds=1), "14", None, "run 1"),
        (NOON, "9", None, "run 2"),
        (NOON + HOUR, "9", None, "run 2"),
    ],
)
def test_the_value_at_a_time_is_rebuilt_from_the_changes(get, level, at, value, reason, cause):
    (told,) = get(f"products/{level.product_id}/history/?field=on_hand&at={iso(at)}")["values"]

    assert (told["value"], told["reason"], told["cause"]) == (value, reason, cause)
    assert told["warehouse"]["id"] == str(level.warehouse_id)


def test_a_figure_that_never_changed_is_what_is_stored_since_it_was_seen(get, level):
    address = f"products/{level.product_id}/history/?field=committed&at="

    assert get(address + iso(NOON - 6 * HOUR))["values"][0]["value"] == "3"
    assert get(address + iso(NOON - 7 * HOUR))["values"][0]["reason"] == "before_first_seen"


def test_a_figure_that_was_not_known_is_null_and_not_nothing(get, level):
    StockChangeFactory(level=level, before=9, after=None, changed_at=NOON + HOUR)
    StockChangeFactory(level=level, before=None, after=0, changed_at=NOON + 2 * HOUR)
    address = f"products/{level.product_id}/history/?field=on_hand&at="

    (unknown,) = get(address + iso(NOON + HOUR))["values"]
    (nothing,) = get(address + iso(NOON + 2 * HOUR))["values"]

    assert (unknown["value"], unknown["reason"]) == (None, "not_known_then")
    assert (nothing["value"], nothing["reason"]) == ("0", None)


def test_every_warehouse_has_its_own_value(get, level):
    other = StockLevelFactory(product=level.product, on_hand=2)
    RowChange.objects.filter(kind="stock_level", row_id=other.pk).update(noted_at=NOON - HOUR)
    address = f"products/{level.product_id}/history/?field=on_hand&at={iso(NOON)}"

    told = {row["warehouse"]["id"]: row["value"] for row in get(address)["values"]}

    assert told == {str(level.warehouse_id): "9", str(other.warehouse_id): "2"}
    assert [row["value"] for row in get(f"{address}&warehouse={other.warehouse.external_id}")["values"]] == [
        "2"
    ]


def test_base_prices_have_the_currency_and_no_list(get):
    product = ProductFactory(unit_price=Decimal("12500"))
    RowChange.objects.filter(kind="product", row_id=product.pk).update(noted_at=NOON - HOUR)
    PriceChangeFactory(product=product, before=12000, after=12500)
    PriceListItemFactory(product=product)
    address = f"products/{product.pk}/history/?field=base_price"

    (change,) = get(address)["results"]
    (value,) = get(f"{address}&at={iso(NOON - HOUR)}")["values"]

    assert (change["before"], change["after"], change["currency_code"], change["price_list"]) == (
        "12000", "12500", "IQD", None,
    )  # fmt: skip
    assert (value["value"], value["currency_code"], value["price_list"]) == ("12000", "IQD", None)
    assert get(f"products/{product.pk}/history/?field=purchase_price")["results"] == []


def test_prices_in_lists_are_told_list_by_list(get):
    price = PriceListItemFactory(rate=Decimal("8.75"), price_list__name="Retail")
    other = PriceListItemFactory(product=price.product, price_list__name="Wholesale")
    RowChange.objects.filter(kind="price").update(noted_at=NOON - 2 * HOUR)
    PriceChangeFactory(
        product=price.product, price_list=price.price_list, figure="rate", currency_code="USD",
        before=Decimal("8.5"), after=Decimal("8.75"),
    )  # fmt: skip
    address = f"products/{price.product_id}/history/?field=price"

    (change,) = get(address)["results"]
    before = {
        row["price_list"]["name"]: row["value"] for row in get(f"{address}&at={iso(NOON - HOUR)}")["values"]
    }

    assert (change["before"], change["after"], change["price_list"]["name"]) == ("8.5", "8.75", "Retail")
    assert before == {"Retail": "8.5", "Wholesale": "8.75"}
    assert get(f"{address}&price_list={other.price_list_id}")["results"] == []


def test_prices_by_quantity_change_as_a_whole(get):
    old, new = [{"start": "1", "end": None, "rate": "9"}], [{"start": "1", "end": None, "rate": "8"}]
    price = PriceListItemFactory(rate=None, brackets=new)
    RowChange.objects.filter(kind="price").update(noted_at=NOON - 2 * HOUR)
    PriceChangeFactory(
        product=price.product, price_list=price.price_list, figure="brackets", before=None, after=None,
        brackets_before=old, brackets_after=new,
    )  # fmt: skip
    address = f"products/{price.product_id}/history/?field=price"

    assert get(address)["results"][0]["brackets_after"] == new
    (value,) = get(f"{address}&at={iso(NOON - HOUR)}")["values"]
    assert (value["brackets"], value["value"], value["reason"]) == (old, None, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "field"),
        ("?field=", "field"),
        ("?field=name", "field"),
        ("?field=on_hand&at=yesterday", "at"),
        ("?field=on_hand&at=2026-11-20T09:00:00", "at"),
        ("?field=on_hand&at=2999-01-01T00:00:00Z", "at"),
        ("?field=on_hand&at=2026-11-20T09:00:00Z&page_size=5", "page_size"),
        ("?field=on_hand&price_list=1", "price_list"),
        ("?field=base_price&warehouse=1", "warehouse"),
        ("?field=on_hand&warehouse=404", "warehouse"),
        ("?field=on_hand&q=1", "q"),
        ("?field=on_hand&cursor=x", "cursor"),
    ],
)
def test_nonsense_is_refused_by_name(get, level, query, field):
    assert field in get(f"products/{level.product_id}/history/{query}", status=400)["errors"]


def test_a_product_that_there_is_not_has_no_history(get):
    get("products/404/history/?field=on_hand", status=404)


def test_a_history_known_already_is_not_sent_again(get, reader, level):
    address = f"/api/v1/products/{level.product_id}/history/?field=on_hand"
    etag = reader.get(address)["ETag"]

    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 304
    StockChangeFactory(level=level, changed_at=NOON + HOUR)
    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 200
