"""What a page costs: as many queries for 200 rows as for 10, by an index, and never a wide column."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request

from inventory.api.paging import KeysetPagination
from inventory.api.urls import MIRRORED
from inventory.models import Product
from tests.factories import ProductFactory, StockLevelFactory, WarehouseFactory
from tsh_erp.access.tokens import make_token

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


def about_rows(reader, address: str) -> list[str]:
    asked = [sql for sql in queries(reader, address) if "inventory_rowchange" not in sql]
    return [sql for sql in asked if "inventory_" in sql]


def test_a_page_of_a_whole_list_costs_one_query(reader):
    """With what is computed of each row."""
    ProductFactory.create_batch(3)
    first = reader.get("/api/v1/products/?page_size=1").json()

    assert len(about_rows(reader, "/api/v1/products/")) == 1
    assert len(about_rows(reader, first["next"])) == 1


def test_a_page_of_a_filtered_or_sorted_list_costs_a_query_for_its_place_and_one_for_its_rows(reader):
    ProductFactory.create_batch(3)

    assert len(about_rows(reader, "/api/v1/products/?has_sku=true")) == 2
    assert len(about_rows(reader, "/api/v1/products/?ordering=name")) == 2


def test_who_asks_costs_three_queries_by_session_and_two_by_token(reader):
    """Session and user, or a token with its user; and once what he may do, however many his groups are."""
    user = get_user_model().objects.get()
    user.groups.set([Group.objects.create(name=f"group {number}") for number in range(3)])
    _token, text = make_token(user=user, name="shop", scope="read", expires_at=None, maker=None)
    program = Client(headers={"Authorization": f"Bearer {text}"})
    queries(program, "/api/v1/products/")  # notes the token's use, once a minute

    by_session, by_token = (queries(each, "/api/v1/products/") for each in (reader, program))

    assert len([sql for sql in by_session if "inventory_" not in sql]) == 3
    assert len([sql for sql in by_token if "inventory_" not in sql]) == 2


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

    [asked] = about_rows(reader, "/api/v1/products/?fields=id,sku")

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
