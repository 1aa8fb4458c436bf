"""What a page costs: as many queries for 200 rows as for 10, by an index, and never a wide column."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request

from inventory.api.paging import KeysetPagination
from inventory.api.urls import MIRRORED
from inventory.models import Product
from tests.factories import ProductFactory, StockLevelFactory, WarehouseFactory

from .test_lists import FACTORIES

pytestmark = pytest.mark.django_db


def queries(reader, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = reader.get(address)
        assert response.status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("name", MIRRORED)
def test_a_page_of_many_rows_asks_no_more_than_one_of_few(name, reader):
    factory = FACTORIES[name]
    few = 10
    factory.create_batch(few)
    queries(reader, f"/api/v1/{name}/")  # what is asked once per process
    before = len(queries(reader, f"/api/v1/{name}/?page_size=500"))
    factory.create_batch(50)

    after = queries(reader, f"/api/v1/{name}/?page_size=500")

    assert len(after) == before


def test_two_hundred_products_with_their_stock_cost_as_many_queries_as_ten(reader):
    places = WarehouseFactory.create_batch(2, sells=True)

    def grow(count: int) -> int:
        for product in ProductFactory.create_batch(count):
            for place in places:
                StockLevelFactory(product=product, warehouse=place)
        queries(reader, "/api/v1/products/")
        return len(queries(reader, "/api/v1/products/?page_size=500"))

    assert grow(10) == grow(190)


def test_a_page_costs_a_query_for_its_place_one_for_its_rows_and_one_for_what_is_computed(reader):
    ProductFactory.create_batch(3)

    about_rows = [sql for sql in queries(reader, "/api/v1/products/") if "inventory_rowchange" not in sql]
    about_rows = [sql for sql in about_rows if "inventory_" in sql]

    assert len(about_rows) == 3
    without_sellable = [
        sql for sql in queries(reader, "/api/v1/products/?fields=id,name") if '"inventory_product"' in sql
    ]
    assert len(without_sellable) == 2


@pytest.mark.parametrize("name", MIRRORED)
def test_wide_columns_are_never_read_for_a_list(name, reader):
    FACTORIES[name]()

    asked = " ".join(queries(reader, f"/api/v1/{name}/"))

    for column in (
        "payload",
        "detail_payload",
        "payload_hash",
        '"description"',
        "source_notes",
        "contact_persons",
    ):
        assert column not in asked


def test_only_columns_that_are_told_are_read(reader):
    ProductFactory()

    _places, asked = [
        sql for sql in queries(reader, "/api/v1/products/?fields=id,sku") if 'FROM "inventory_product"' in sql
    ]

    columns = asked.partition("FROM")[0]
    assert columns.count(",") == 1
    assert '"sku"' in columns


@pytest.mark.parametrize("ordering", ["id", "-id", "name", "-name"])
def test_a_later_page_begins_by_an_index(ordering, rf):
    """Whatever the size of the table: no sorting, and no walk over what was told before."""
    ProductFactory.create_batch(300)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE inventory_product")
            cursor.execute("SET LOCAL enable_seqscan = off")  # 300 rows are few enough to be read through
            cursor.execute("SET LOCAL enable_sort = off")
    view = MIRRORED["products"]
    first = pages_of(view, rf, f"?ordering={ordering}&page_size=50")
    cursor_text = first.link(first._next).partition("cursor=")[2].partition("&")[0]
    second = pages_of(view, rf, f"?ordering={ordering}&page_size=50&cursor={cursor_text}")

    plan = second.window(Product.objects.live().values_list("pk", "name")).explain()

    index = "product_by_name" if "name" in ordering else "inventory_product_pkey"
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
    assert index in plan or "INTEGER PRIMARY KEY (rowid>?)" in plan or "INTEGER PRIMARY KEY (rowid<?)" in plan
    if connection.vendor == "postgresql":
        assert "Index Cond" in plan
    else:
        assert "SEARCH" in plan


def pages_of(view, rf, query: str) -> KeysetPagination:
    """The paginator after it has read and cut this page."""
    paginator = KeysetPagination()
    same_order = SimpleNamespace(orderings=view.orderings, place_of=lambda row, _column: (row[1], row[0]))
    paginator.read(Request(rf.get(f"/{query}")), same_order, Product)
    paginator.cut(paginator.window(Product.objects.values_list("pk", "name")), same_order)
    return paginator
