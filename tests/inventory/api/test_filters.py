"""Filters that operators think in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.searching import pattern
from tests.factories import (
    NOON,
    CustomerFactory,
    OrganizationFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stocked():
    """Products by what can be sold of them, and what cannot be said."""

    def make(name: str, *figures: tuple[bool, str | None]) -> None:
        product = ProductFactory(name=name)
        for sells, figure in figures:
            known = None if figure is None else Decimal(figure)
            StockLevelFactory(
                product=product, warehouse__sells=sells, available_for_sale=known, on_hand=known or Decimal(0)
            )

    make("two", (True, "1.7"), (True, "0.3"), (False, "50"))
    make("tenths", (True, "0.1"), (True, "0.2"))  # as binary fractions they are more than 0.3
    make("minus", (True, "-2"), (False, "7"))
    make("partly unknown", (True, "1"), (True, None))
    make("does not sell", (False, "9"))
    make("nowhere")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sellable_lt=2", ["tenths", "minus"]),
        ("sellable_gt=0.3", ["two"]),
        ("sellable_lt=0.3", ["minus"]),
        ("sellable_lt=0.30000001", ["tenths", "minus"]),
        ("sellable_gt=-2&sellable_lt=1", ["tenths"]),
        ("sellable_gt=-3", ["two", "tenths", "minus"]),
        ("in_stock=true", ["two", "tenths", "minus", "partly unknown", "does not sell"]),
        ("in_stock=false", ["nowhere"]),
    ],
)
def test_products_by_what_can_be_sold(names, stocked, query, found):
    assert names(f"products/?{query}") == found


@pytest.mark.parametrize(
    "query", ["sellable_lt=NaN", "sellable_lt=1e400", "sellable_gt=x", "sellable_gt=1.123456789"]
)
def test_an_amount_that_is_none_is_refused(get, query):
    get(f"products/?{query}", status=400)


def test_products_by_warehouse_and_price_list_by_either_id(names):
    level, price = StockLevelFactory(product__name="kept"), PriceListItemFactory(product__name="priced")
    place, price_list = level.warehouse, price.price_list
    StockLevelFactory(product__name="gone", warehouse=place, removed_at=NOON)
    PriceListItemFactory(product__name="dropped", price_list=price_list, removed_at=NOON)

    assert (
        names(f"products/?warehouse={place.pk}")
        == names(f"products/?warehouse={place.external_id}")
        == ["kept"]
    )
    assert names(f"products/?price_list={price_list.pk}") == ["priced"]
    assert names(f"products/?price_list={price_list.external_id}") == ["priced"]


def test_an_id_that_nobody_has_is_refused_and_no_empty_list(get):
    for query in ("warehouse=404", "warehouse=abc", f"price_list={'9' * 40}"):
        assert query.partition("=")[0] in get(f"products/?{query}", status=400)["errors"]


def test_an_external_id_comes_before_ours(names):
    ours = WarehouseFactory()
    theirs = WarehouseFactory(external_id=str(ours.pk))
    StockLevelFactory(warehouse=ours, product__name="by our id")
    StockLevelFactory(warehouse=theirs, product__name="by the source's id")

    assert names(f"products/?warehouse={ours.pk}") == ["by the source's id"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("has_sku=false", ["plain"]),
        ("has_sku=true&brand=Ugreen", ["branded"]),
        ("is_active=false", ["plain"]),
        ("is_hidden=true", ["branded"]),
        ("category=Cables", ["branded"]),
        ("category=77", ["branded"]),
        ("sku=U-1", ["branded"]),
    ],
)
def test_products_by_their_own_marks(names, query, found):
    ProductFactory(name="plain", sku="", is_active=False)
    ProductFactory(
        name="branded",
        sku="U-1",
        brand="Ugreen",
        category_name="Cables",
        category_external_id="77",
        is_hidden=True,
    )

    assert names(f"products/?{query}") == found


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("كيبل شبكة ٣ متر", "كيبل 3"),
        ("كيبل شبكة 3 متر", "شبكه ٣"),
        ("آلة إضاءة", "اله اضاءه"),
        ("كَيْبِل", "كيبل"),
        ("كيبل", "كـيـبَل"),
        ("مستشفى علي", "مستشفي على"),
        ("Cable (3m) +USB", "usb (3M)"),
        ("100% pure_x", "100% _"),
        ("a.b*c[d]", "a.b*c[d]"),
    ],
)
def test_search_finds_words_however_they_are_spelt(names, stored, typed):
    from urllib.parse import quote

    ProductFactory(name=stored)
    ProductFactory(name="something else", sku="Z")

    assert names(f"products/?q={quote(typed)}") == [stored]


def test_search_looks_at_codes_too_and_wants_every_word(names):
    ProductFactory(name="cable", sku="AB-12", ean="6291041500213")
    ProductFactory(name="cable", sku="CD-12")

    assert names("products/?q=cable%206291041500213") == ["cable"]
    assert names("products/?q=ab-12%20cd-12") == []


def test_search_is_no_regular_expression_of_the_visitors(names, get):
    ProductFactory(name="abc")

    assert names("products/?q=a.c") == []
    assert names("products/?q=(((((((") == []
    get(f"products/?q={'a%20' * 9}", status=400)
    get(f"products/?q={'a' * 201}", status=400)
    get("products/?q=%00", status=400)


def test_a_pattern_of_signs_alone_finds_everything(names):
    ProductFactory(name="abc")

    assert pattern("\u064b\u0640") == ""
    assert names("products/?q=%D9%8B") == ["abc"]


def test_customers_by_what_operators_ask(names):
    wholesale = PriceListFactory()
    CustomerFactory(
        name="owes", receivable=Decimal("250.5"), currency_code="USD", owner_name="Ali", price_list=wholesale
    )
    CustomerFactory(name="even", receivable=Decimal(0), mobile="07701234567", is_active=False)
    CustomerFactory(name="unknown", receivable=None)

    assert names("customers/?owes=true") == names("customers/?receivable_gt=250") == ["owes"]
    assert names("customers/?owes=false") == names("customers/?q=0770") == ["even"]
    assert names("customers/?currency=usd") == names("customers/?owner=Ali") == ["owes"]
    assert names(f"customers/?price_list={wholesale.external_id}") == ["owes"]
    assert names("customers/?is_active=false") == ["even"]
    assert names("customers/?ordering=-receivable") == ["owes", "even", "unknown"]


def test_prices_by_product_list_currency_and_absence(get):
    price = PriceListItemFactory(rate=Decimal(5))
    by_quantity = PriceListItemFactory(rate=None, brackets=[{"start": "1", "end": None, "rate": "9"}])
    none = PriceListItemFactory(rate=None, currency_code="IQD")

    def found(query: str) -> list[str]:
        return [row["id"] for row in get(f"prices/?{query}")["results"]]

    assert found("missing=true") == found("currency=IQD") == [str(none.pk)]
    assert found("missing=false") == [str(price.pk), str(by_quantity.pk)]
    assert (
        found(f"product={price.product_id}") == found(f"price_list={price.price_list_id}") == [str(price.pk)]
    )


def test_stock_levels_by_what_operators_ask(get):
    shop = StockLevelFactory(warehouse__sells=True, on_hand=-1, available_for_sale=-1)
    store = StockLevelFactory(on_hand=None, available_for_sale=None)

    def found(query: str) -> list[str]:
        return [row["id"] for row in get(f"stock-levels/?{query}")["results"]]

    assert found("sells=true") == found("negative=true") == found("available_lt=0") == [str(shop.pk)]
    assert found("sells=false") == found("unknown=true") == [str(store.pk)]
    assert found("unknown=false") == found(f"product={shop.product.external_id}") == [str(shop.pk)]
    assert found("negative=false") == []  # of what is not known nothing is said
    assert found(f"warehouse={store.warehouse_id}") == [str(store.pk)]


def test_companies_are_kept_apart(names):
    other = OrganizationFactory(external_id="2", name="Other")
    ProductFactory(name="ours")
    ProductFactory(name="theirs", organization=other)

    assert names("products/") == ["ours", "theirs"]
    assert names("products/?organization=2") == names(f"products/?organization={other.pk}") == ["theirs"]
