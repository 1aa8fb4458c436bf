"""The catalogue's pages, through the door: what they show, what they let change, and what they cost."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import Customer, Organization, PriceListItem, Product, StockLevel, Warehouse
from tests.factories import (
    NOON,
    AdministratorFactory,
    CustomerFactory,
    OrganizationFactory,
    PriceChangeFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockChangeFactory,
    StockCheckFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


def page(row) -> str:
    return reverse(f"admin:inventory_{row._meta.model_name}_change", args=[row.pk])


def listing(model) -> str:
    return reverse(f"admin:inventory_{model}_changelist")


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


# --- What a page shows -------------------------------------------------------------------------------


def test_sellable_is_the_sum_over_the_warehouses_that_sell_and_says_so(staff):
    product = ProductFactory()
    main, shop = WarehouseFactory(name="Main", sells=True), WarehouseFactory(name="Shop", sells=True)
    for warehouse, quantity in ((main, 3), (shop, -1), (WarehouseFactory(sells=False), 500)):
        StockLevelFactory(product=product, warehouse=warehouse, available_for_sale=Decimal(quantity))

    shown = text(staff.get(page(product)))

    tile = shown.split("Sellable")[1].split("</section>")[0]
    assert ">2<" in tile
    assert ">3<" in tile and ">-1<" in tile and ">500<" not in tile


def test_sellable_is_unknown_when_a_selling_warehouse_is_unknown(staff):
    product = ProductFactory()
    for quantity in (Decimal(3), None):
        warehouse = WarehouseFactory(sells=True)
        StockLevelFactory(product=product, warehouse=warehouse, available_for_sale=quantity)

    assert "<strong>—</strong>" in text(staff.get(page(product))).split("Sellable")[1]
    row = text(staff.get(listing("product"))).split("field-sellable_now")[1]
    assert "—" in row.split("</td>")[0]


def test_a_figure_that_nobody_knows_is_a_dash_and_never_a_zero(staff):
    product = ProductFactory(unit_price=None)
    figures = dict.fromkeys((*StockLevel.FIGURES, "asset_value"))
    StockLevelFactory(product=product, **figures)

    table = text(staff.get(page(product))).split("Stock per warehouse")[1].split("</section>")[0]

    assert table.count(">—<") == len(figures)
    assert ">0<" not in table


def test_a_product_page_shows_stock_prices_their_history_and_the_raw_record(staff):
    price = PriceListItemFactory(rate=Decimal("8.75"))
    product = price.product
    StockChangeFactory(level=StockLevelFactory(product=product), before=Decimal(77), after=Decimal(76))
    PriceChangeFactory(product=product, before=Decimal(12000), after=Decimal(12555))
    StockCheckFactory(product=product)

    shown = text(staff.get(page(product)))

    for expected in ("8.75 <small>USD", ">77<", ">76<", "12,555 <small>IQD", product.external_id):
        assert expected in shown


def test_brackets_are_listed_and_invent_no_price(staff):
    price = PriceListItemFactory(rate=None, brackets=[{"start": "10", "end": None, "rate": "8.10"}])

    table = text(staff.get(page(price.product))).split("Prices per list")[1].split("</section>")[0]

    assert "10 – …</bdi>: " in table
    assert "8.10 <small>USD" in table
    assert ">—<" in table


def test_everything_from_the_source_is_escaped(staff):
    evil = "<img src=x onerror=alert(1)>"
    product = ProductFactory(
        name=evil,
        sku=evil,
        description=evil,
        custom_fields={evil: evil},
        attributes=[{"name": evil}],
        payload=f'{{"name": "{evil}"}}',
        removed_at=NOON,
        removed_reason=evil,
    )
    StockLevelFactory(product=product, warehouse=WarehouseFactory(name=evil))
    CustomerFactory(
        name=evil,
        detail_at=NOON,
        billing_address={"city": evil},
        contact_persons=[{"first_name": evil, "email": evil}],
    )
    pages = [page(product), page(Customer.objects.get()), page(Warehouse.objects.get())]

    for url in (*pages, f"{listing('product')}?presence=all", listing("customer"), listing("stocklevel")):
        shown = text(staff.get(url))
        assert evil not in shown
        assert "onerror=alert(1)&gt;" in shown or "onerror=alert(1)\\u003E" in shown


def test_a_tombstone_says_when_and_why_and_leaves_the_list(staff):
    product = ProductFactory(name="Gone cable", removed_at=NOON, removed_reason="404, found by run 7")

    assert "404, found by run 7" in text(staff.get(page(product)))
    assert "Gone cable" not in text(staff.get(listing("product")))
    assert "Gone cable" in text(staff.get(f"{listing('product')}?presence=removed"))


def test_a_customer_whose_detail_is_not_read_says_so_instead_of_none(staff):
    unread, without = CustomerFactory(detail_at=None), CustomerFactory(detail_at=NOON)

    assert "has not been read yet" in text(staff.get(page(unread)))
    assert "<strong>not read yet</strong>" in text(staff.get(page(unread)))
    assert "<strong>none</strong>" in text(staff.get(page(without)))


def test_a_search_finds_a_product_by_name_sku_and_external_id(staff):
    product = ProductFactory(name="كيبل نادر", sku="RARE-1", external_id="51999")
    ProductFactory(name="Other")

    for asked in ("نادر", "rare-1", "51999"):
        shown = text(staff.get(listing("product"), {"q": asked}))
        assert "كيبل نادر" in shown and "Other" not in shown
    assert product.pk


# --- What may be changed -----------------------------------------------------------------------------


def test_saving_writes_the_local_columns_and_nothing_that_a_sync_wrote_meanwhile(staff):
    warehouse = WarehouseFactory(name="Before", sells=False)

    answer = staff.post(
        page(warehouse), {"sells": "on", "notes": "ours", "name": "forged", "external_id": "forged"}
    )

    assert answer.status_code == 302
    warehouse.refresh_from_db()
    assert (warehouse.sells, warehouse.notes, warehouse.name) == (True, "ours", "Before")
    assert warehouse.edited_at is not None
    assert warehouse.synced_at == NOON


def test_saving_without_a_change_leaves_no_mark(staff):
    warehouse = WarehouseFactory(sells=True, notes="ours")

    staff.post(page(warehouse), {"sells": "on", "notes": "ours"})

    warehouse.refresh_from_db()
    assert warehouse.edited_at is None


def test_saving_never_sends_a_column_of_the_source_back_to_the_database(staff):
    product = ProductFactory()

    with CaptureQueriesContext(connection) as captured:
        staff.post(page(product), {"notes": "ours"})

    [update] = [each["sql"] for each in captured if each["sql"].startswith('UPDATE "inventory_product"')]
    written = update.split(" SET ")[1].split(" WHERE ")[0]
    assert set(re.findall(r'"(\w+)" =', written)) == {"notes", "edited_at"}


@pytest.mark.parametrize(
    "model", ["product", "customer", "pricelist", "pricelistitem", "warehouse", "stocklevel", "organization"]
)
def test_nobody_adds_or_deletes_what_the_source_owns(staff, model):
    row = {
        "product": ProductFactory,
        "customer": CustomerFactory,
        "pricelist": PriceListFactory,
        "pricelistitem": PriceListItemFactory,
        "warehouse": WarehouseFactory,
        "stocklevel": StockLevelFactory,
        "organization": OrganizationFactory,
    }[model]()

    assert staff.get(reverse(f"admin:inventory_{model}_add")).status_code == 403
    assert (
        staff.post(reverse(f"admin:inventory_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code
        == 403
    )


def test_a_person_who_may_only_look_cannot_save(client):
    person = UserFactory()
    person.user_permissions.add(Permission.objects.get(codename="view_warehouse"))
    client.force_login(person)
    warehouse = WarehouseFactory(sells=False)

    assert client.get(page(warehouse)).status_code == 200
    assert client.post(page(warehouse), {"sells": "on"}).status_code == 403
    warehouse.refresh_from_db()
    assert warehouse.sells is False


# --- What a page costs -------------------------------------------------------------------------------


def fill(count: int) -> None:
    warehouse, price_list = WarehouseFactory(sells=True), PriceListFactory()
    for number in range(count):
        product = ProductFactory()
        level = StockLevelFactory(product=product, warehouse=warehouse)
        StockCheckFactory(product=product)
        PriceListItemFactory(product=product, price_list=price_list)
        StockChangeFactory(level=level, changed_at=NOON + timedelta(seconds=number))
        PriceChangeFactory(product=product, price_list=price_list)
        CustomerFactory(price_list=price_list)
    if count > 1:
        for _each in range(count):
            WarehouseFactory()
            PriceListFactory()


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


LISTS = [
    "product", "customer", "pricelist", "pricelistitem", "warehouse", "stocklevel", "stockchange", "pricechange",
    "organization",
]  # fmt: skip


@pytest.mark.parametrize("model", LISTS)
def test_a_list_of_twenty_rows_asks_the_database_as_often_as_a_list_of_one(staff, model):
    fill(1)
    for_one = queries(staff, listing(model))
    fill(19)

    assert queries(staff, listing(model)) <= for_one


def test_the_pages_of_a_product_and_a_price_list_do_not_ask_once_per_row(staff):
    fill(1)
    product, price_list = Product.objects.get(), PriceListItem.objects.get().price_list
    few = [queries(staff, page(row)) for row in (product, price_list)]
    for _each in range(30):
        level = StockLevelFactory(product=product, warehouse=WarehouseFactory(sells=True))
        StockChangeFactory(level=level)
        PriceListItemFactory(product=product)
        PriceListItemFactory(price_list=price_list)
        PriceChangeFactory(product=product, price_list=PriceListFactory())

    many = [queries(staff, page(row)) for row in (product, price_list)]
    assert many[0] <= few[0] and many[1] <= few[1]


@pytest.mark.parametrize("model", LISTS)
def test_a_list_leaves_the_raw_records_in_the_database(staff, model):
    fill(1)

    with CaptureQueriesContext(connection) as captured:
        staff.get(listing(model))

    assert captured.captured_queries
    assert not [each["sql"] for each in captured if 'payload"' in each["sql"].split(" WHERE ")[0]]


def test_a_long_raw_record_is_cut_and_says_so(staff):
    price_list = PriceListFactory(detail_payload=f'{{"items": ["{"x" * 80_000}"]}}')

    answer = staff.get(page(price_list))

    assert "The first 50,000 of" in text(answer)
    assert len(answer.content) < 135_000


def test_every_list_opens_while_there_is_nothing(staff):
    assert Organization.objects.count() == 0
    assert [staff.get(listing(model)).status_code for model in LISTS] == [200] * len(LISTS)
