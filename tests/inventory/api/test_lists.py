"""What lists and details tell, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission

from inventory.api.urls import MIRRORED
from tests.factories import (
    NOON,
    CustomerFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockCheckFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db

FACTORIES = {
    "products": ProductFactory,
    "customers": CustomerFactory,
    "price-lists": PriceListFactory,
    "prices": PriceListItemFactory,
    "stock-levels": StockLevelFactory,
    "warehouses": WarehouseFactory,
}


@pytest.mark.parametrize("name", MIRRORED)
def test_every_list_tells_its_rows_and_every_row_alone_the_same(name, get):
    row = FACTORIES[name]()

    (listed,) = get(f"{name}/")["results"]
    alone = get(f"{name}/{row.pk}/")

    assert listed["id"] == str(row.pk)
    assert listed["external_id"] == row.external_id
    assert listed["organization"] == "10234695"
    assert listed["synced_at"] == "2026-11-20T09:00:00Z"
    assert listed["cause"] == "run 1"
    assert {key: alone[key] for key in listed} == listed


@pytest.mark.parametrize("name", MIRRORED)
def test_every_detail_tells_all_of_its_columns_and_no_raw_record(name, get):
    row = FACTORIES[name](payload='{"secret-looking": 1}')

    assert list(get(f"{name}/{row.pk}/")) == MIRRORED[name].shape.names
    get(f"{name}/{row.pk + 1}/", status=404)
    get(f"{name}/{10**30}/", status=404)


@pytest.mark.parametrize("name", MIRRORED)
def test_tombstones_are_told_to_who_asks_for_them(name, get):
    live = FACTORIES[name]()
    gone = FACTORIES[name](removed_at=NOON, removed_reason="it does not exist any more")

    def keys(query: str = "") -> list[str]:
        return [row["id"] for row in get(f"{name}/{query}")["results"]]

    assert keys() == keys("?removed=false") == [str(live.pk)]
    assert keys("?removed=true") == keys(f"?external_id={gone.external_id}") == [str(gone.pk)]
    assert keys("?removed=all") == [str(live.pk), str(gone.pk)]
    assert get(f"{name}/{gone.pk}/")["removed_at"] == "2026-11-20T09:00:00Z"


@pytest.mark.parametrize("name", MIRRORED)
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("skuu=1", "skuu"),
        ("removed=maybe", "removed"),
        ("removed=", "removed"),
        ("organization=404", "organization"),
        ("updated_by_run=abc", "updated_by_run"),
        ("changed_since=yesterday", "changed_since"),
        ("changed_since=2026-11-20T09:00:00", "changed_since"),
        ("fields=payload", "fields"),
        ("ordering=payload", "ordering"),
        ("page_size=0", "page_size"),
        ("cursor=x", "cursor"),
        ("format=pdf", "format"),
        ("format=csv&page_size=10", "page_size"),
    ],
)
def test_every_list_refuses_nonsense_by_name(name, query, field, reader):
    response = reader.get(f"/api/v1/{name}/?{query}")

    assert response.status_code == 400
    assert field in response.content.decode()


@pytest.mark.parametrize("name", MIRRORED)
def test_a_detail_refuses_what_it_does_not_know(name, reader):
    row = FACTORIES[name]()

    for query in ("q=x", "page_size=1", "fields=payload", "include=everything", "format=csv"):
        assert reader.get(f"/api/v1/{name}/{row.pk}/?{query}").status_code == 400, query


def test_money_is_text_beside_its_currency(get):
    row = ProductFactory(unit_price=Decimal("12500.50"), purchase_price=None)

    told = get(f"products/{row.pk}/")

    assert told["base_price"] == {"amount": "12500.5", "currency_code": "IQD"}
    assert told["purchase_price"] is None


def test_a_price_names_its_list_product_and_currency(get):
    row = PriceListItemFactory(rate=Decimal("0.00000001"), price_list__name="جملة")

    told = get(f"prices/{row.pk}/")

    assert told["rate"] == "0.00000001"
    assert told["currency_code"] == "USD"
    assert told["price_list"] == {
        "id": str(row.price_list_id), "external_id": row.price_list.external_id, "name": "جملة",
    }  # fmt: skip
    assert told["product"] == {
        "id": str(row.product_id),
        "external_id": row.product.external_id,
        "name": row.product.name,
        "sku": row.product.sku,
    }


def test_a_customer_without_a_list_has_none(get):
    with_list = CustomerFactory(price_list=PriceListFactory(name="Retail"), receivable=Decimal("-3.5"))
    without = CustomerFactory()

    assert get(f"customers/{with_list.pk}/")["price_list"]["name"] == "Retail"
    assert get(f"customers/{with_list.pk}/")["receivable"] == {"amount": "-3.5", "currency_code": "IQD"}
    assert get(f"customers/{without.pk}/")["price_list"] is None


def test_what_is_ours_stands_apart(get):
    row = ProductFactory(reorder_point=5, is_hidden=True, notes="ours")
    place = WarehouseFactory(sells=True, notes="front door")

    assert get(f"products/{row.pk}/")["local"] == {"reorder_point": "5", "is_hidden": True, "notes": "ours"}
    assert get(f"warehouses/{place.pk}/")["local"] == {"sells": True, "notes": "front door"}


def sellable(get, product) -> tuple[str | None, str | None]:
    told = get(f"products/{product.pk}/?fields=sellable,sellable_unknown")
    return told["sellable"], told["sellable_unknown"]


def test_sellable_adds_the_warehouses_that_sell_and_no_others(get):
    product = ProductFactory()
    for sells, figure in ((True, "7.1"), (True, "0.2"), (False, "100")):
        StockLevelFactory(product=product, warehouse__sells=sells, available_for_sale=Decimal(figure))
    StockLevelFactory(product=product, warehouse__sells=True, warehouse__removed_at=NOON)
    StockLevelFactory(product=product, warehouse__sells=True, removed_at=NOON)

    assert sellable(get, product) == ("7.3", None)


def test_what_is_not_known_is_null_with_its_reason_and_never_nothing(get):
    part, nowhere = ProductFactory(), ProductFactory()
    StockLevelFactory(product=part, warehouse__sells=True, available_for_sale=7)
    StockLevelFactory(product=part, warehouse__sells=True, available_for_sale=None)
    StockLevelFactory(product=nowhere, warehouse__sells=False, available_for_sale=7)

    assert sellable(get, part) == (None, "part_unknown")
    assert sellable(get, nowhere) == (None, "no_figure")
    level = StockLevelFactory(on_hand=None, available_for_sale=-2)
    told = get(f"stock-levels/{level.pk}/")
    assert (told["on_hand"], told["available_for_sale"]) == (None, "-2")


def test_when_stock_was_verified_is_told_in_the_detail_only(get, reader):
    level = StockLevelFactory()
    StockCheckFactory(product=level.product)

    assert get(f"stock-levels/{level.pk}/")["verified_at"] == "2026-11-20T09:00:00Z"
    assert get(f"products/{level.product_id}/")["stock_verified_at"] == "2026-11-20T09:00:00Z"
    assert reader.get("/api/v1/products/?fields=stock_verified_at").status_code == 400


def test_long_texts_are_in_a_list_only_when_named(get):
    ProductFactory(description="long")

    assert "description" not in get("products/")["results"][0]
    assert get("products/?fields=description")["results"] == [{"description": "long"}]


def test_the_raw_record_needs_the_permission_to_change(get, reader):
    row = ProductFactory(payload='{"a":1.10}', detail_payload="")
    address = f"products/{row.pk}/?fields=id&include=payload"

    get(address, status=403)
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_product", "change_product"]))
    reader.force_login(user)

    assert get(address)["payload"] == {"listing": '{"a":1.10}', "detail": None}


@pytest.mark.parametrize("name", MIRRORED)
def test_who_may_not_look_is_refused(name, client):
    assert client.get(f"/api/v1/{name}/").status_code in (401, 403)
    client.force_login(UserFactory())
    assert client.get(f"/api/v1/{name}/").status_code == 403
    assert client.get(f"/api/v1/{name}/1/").status_code == 403


def test_nothing_can_be_written_by_these_doors(reader, client):
    row = ProductFactory()

    for address in ("/api/v1/products/", f"/api/v1/products/{row.pk}/"):
        for method in ("post", "put", "patch", "delete"):
            assert getattr(reader, method)(address).status_code == 405
            assert getattr(client, method)(address).status_code in (401, 403)


@pytest.mark.parametrize("name", MIRRORED)
def test_csv_has_a_cell_for_each_part(name, reader):
    FACTORIES[name].create_batch(3)

    response = reader.get(f"/api/v1/{name}/?format=csv")
    lines = b"".join(response).decode("utf-8-sig").splitlines()

    assert len(lines) == 4
    assert "X-Checkpoint" in response
    assert len(lines[0].split(",")) == len(
        MIRRORED[name].shape.reading(MIRRORED[name].shape.usual_list_names).header
    )


def test_csv_tells_money_and_references_in_columns(get):
    PriceListItemFactory(
        rate=Decimal("8.5"), product__name="=cmd", product__sku="S", price_list__name="Retail"
    )

    lines = get("prices/?format=csv&fields=price_list,product,rate,brackets").decode("utf-8-sig").splitlines()

    assert lines[0] == (
        "price_list.id,price_list.external_id,price_list.name,"
        "product.id,product.external_id,product.name,product.sku,rate,brackets"
    )
    assert lines[1].endswith(",'=cmd,S,8.5,[]")


def test_rows_are_found_by_who_wrote_them_last(names):
    ProductFactory(name="a", cause="run 12")
    ProductFactory(name="b", cause="run 1")

    assert names("products/?updated_by_run=12") == names("products/?cause=run%2012") == ["a"]


def test_a_row_can_be_found_by_its_time_of_change(names):
    old, new = ProductFactory(name="old"), ProductFactory(name="new", removed_at=NOON)
    from inventory.models import RowChange

    RowChange.objects.filter(row_id=old.pk).update(noted_at=NOON - timedelta(days=1))
    RowChange.objects.filter(row_id=new.pk).update(noted_at=NOON)

    assert names("products/?changed_since=2026-11-20T09:00:00Z") == ["new"]
    assert names("products/?changed_since=2026-11-20T09:00:00Z&removed=false") == []
    assert names("products/?changed_since=2026-11-01T09:00:00Z&ordering=-name") == ["old", "new"]
