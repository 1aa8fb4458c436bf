"""Whoever follows `changed_since` keeps an exact copy, whatever is written meanwhile."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from inventory import changes
from inventory.api.urls import MIRRORED
from inventory.models import Customer, Organization, PriceListItem, Product, RowChange, StockLevel
from tests.factories import (
    NOON,
    CustomerFactory,
    OrganizationFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
)

from ..settled import settle
from ..writers import slow_writer
from .follower import Follower, Writers
from .test_lists import FACTORIES


@pytest.fixture
def small_world(transactional_db) -> Organization:
    organization = OrganizationFactory()
    places = WarehouseFactory.create_batch(4)
    lists = PriceListFactory.create_batch(4)
    for product in ProductFactory.create_batch(60):
        for place in places:
            StockLevelFactory(product=product, warehouse=place)
        PriceListItemFactory(product=product, price_list=lists[product.pk % 4])
    CustomerFactory.create_batch(40, price_list=lists[0])
    return organization


@pytest.fixture
def staff_client(transactional_db) -> Client:
    user = UserFactory()
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="inventory", codename__startswith="view_")
    )
    client = Client()
    client.force_login(user)
    return client


def follow_through(world: Organization, client: Client, count: int, seed: int) -> Follower:
    follower = Follower(client)
    follower.follow()
    writers = Writers(world, changes=count, threads=4 if connection.vendor == "postgresql" else 2, seed=seed)
    writers.start()
    while writers.are_busy():
        follower.follow()
        changes.compact()
    writers.join()
    follower.follow()
    return follower


@pytest.mark.parametrize("seed", [1, 2])
def test_a_copy_kept_through_concurrent_changes_equals_the_tables(small_world, staff_client, seed):
    follower = follow_through(small_world, staff_client, 400, seed)

    assert follower.differences() == []


@pytest.mark.slow
def test_a_copy_kept_through_ten_thousand_random_changes_equals_the_tables(small_world, staff_client):
    follower = follow_through(small_world, staff_client, 10_000, 3)

    assert follower.differences() == []


def test_a_copy_begun_while_rows_change_is_exact_too(small_world, staff_client):
    writers = Writers(small_world, changes=200, threads=2, seed=4)
    writers.start()
    follower = Follower(staff_client, page_size=20)
    follower.follow()
    writers.join()

    follower.follow()

    assert follower.differences() == []


def test_nothing_new_costs_no_row(small_world, staff_client):
    settle()
    follower = Follower(staff_client)
    follower.follow()
    follower.rows_read = 0

    follower.follow()

    assert follower.rows_read == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", MIRRORED)
def test_a_checkpoint_tells_what_came_after_it_tombstones_too(name, staff_client):
    kept, gone = FACTORIES[name].create_batch(2)
    get = lambda query: json.loads(staff_client.get(f"/api/v1/{name}/{query}").content)  # noqa: E731
    settle()
    checkpoint = get("")["checkpoint"]
    assert get(f"?changed_since={checkpoint}")["results"] == []

    type(gone).objects.filter(pk=gone.pk).update(removed_at=NOON)
    settle()
    answer = get(f"?changed_since={checkpoint}")

    assert [row["id"] for row in answer["results"]] == [str(gone.pk)]
    assert answer["results"][0]["removed_at"] == "2026-11-20T09:00:00Z"
    assert get(f"?changed_since={answer['checkpoint']}")["results"] == []
    assert kept.pk != gone.pk


@pytest.mark.django_db(transaction=True)
def test_changes_are_told_in_pages_that_miss_none(staff_client):
    rows = ProductFactory.create_batch(5)
    settle()
    checkpoint = json.loads(staff_client.get("/api/v1/products/").content)["checkpoint"]
    for row in [*rows, rows[0]]:
        Product.objects.filter(pk=row.pk).update(brand="B")
    address, told = f"/api/v1/products/?page_size=2&fields=id&changed_since={checkpoint}", []
    while address:
        page = json.loads(staff_client.get(address).content)
        told.append([row["id"] for row in page["results"]])
        address = page["next"]

    keys = [str(row.pk) for row in rows]
    assert told == [[keys[0], keys[1]], [keys[2], keys[3]], [keys[4], keys[0]]]


@pytest.mark.django_db(transaction=True)
def test_csv_of_changes_holds_them_all_and_the_next_checkpoint(staff_client):
    rows = ProductFactory.create_batch(3)
    settle()
    checkpoint = staff_client.get("/api/v1/products/?format=csv")["X-Checkpoint"]
    Product.objects.filter(pk=rows[1].pk).update(brand="B")
    settle()

    response = staff_client.get(f"/api/v1/products/?format=csv&fields=id&changed_since={checkpoint}")

    assert b"".join(response).decode("utf-8-sig").split() == ["id", str(rows[1].pk)]
    assert response["X-Checkpoint"] != checkpoint


@pytest.mark.parametrize("query", ["is_active=true", "q=x", "ordering=name", "removed=all", "external_id=1"])
def test_a_checkpoint_goes_with_no_filter_that_a_row_may_stop_to_match(get, query):
    ProductFactory()
    checkpoint = get("products/")["checkpoint"]

    told = get(f"products/?changed_since={checkpoint}&{query}", status=400)["errors"]

    assert [*told] == [query.partition("=")[0]]


def test_a_checkpoint_goes_with_what_a_row_never_leaves(get):
    level = StockLevelFactory()
    other = StockLevelFactory()
    address = f"stock-levels/?changed_since={get('stock-levels/')['checkpoint']}"
    StockLevel.objects.update(in_transit=3)

    for query in (f"warehouse={level.warehouse_id}", f"product={level.product.external_id}"):
        told = {row["id"] for row in get(f"{address}&{query}")["results"]}
        assert told == {str(level.pk)}
        assert str(other.pk) not in told


def test_a_checkpoint_of_another_database_is_gone(get):
    ProductFactory()
    version = get("products/")["checkpoint"].partition("-")[2]

    get(f"products/?changed_since=00000000-{version}", status=410)
    get("products/?changed_since=00000000-fffffffff&format=csv", status=410)


@pytest.mark.parametrize("cursor", ["WyJpZCIsbnVsbCwxLDAse31d", "WyJjaGFuZ2VzIiwieCIsMSwwLHt9XQ"])
def test_a_cursor_of_another_kind_of_list_is_refused(get, cursor):
    ProductFactory()
    checkpoint = get("products/")["checkpoint"]

    assert "cursor" in get(f"products/?changed_since={checkpoint}&cursor={cursor}", status=400)["errors"]


@pytest.mark.django_db(transaction=True)
def test_a_list_that_has_not_changed_is_not_read_again(staff_client, django_assert_max_num_queries):
    CustomerFactory.create_batch(3)
    settle()
    first = staff_client.get("/api/v1/customers/?q=x")
    warm = staff_client.get("/api/v1/customers/?q=x", headers={"If-None-Match": first["ETag"]})
    assert warm.status_code == 304

    with django_assert_max_num_queries(5) as asked:
        again = staff_client.get("/api/v1/customers/?q=x", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert not any("inventory_customer" in query["sql"] for query in asked.captured_queries)
    Customer.objects.update(notes="x")
    assert (
        staff_client.get("/api/v1/customers/?q=x", headers={"If-None-Match": first["ETag"]}).status_code
        == 200
    )


@pytest.mark.django_db(transaction=True)
def test_a_filter_over_other_tables_is_judged_by_its_answer(staff_client):
    """in_stock asks for what is on hand, of which a product is not noted as changed."""
    level = StockLevelFactory(on_hand=0)
    settle()
    address = "/api/v1/products/?in_stock=true"
    first = staff_client.get(address)
    assert staff_client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304

    StockLevel.objects.filter(pk=level.pk).update(on_hand=3)

    assert staff_client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_etag_made_while_somebody_writes_does_not_hide_what_he_commits(staff_client):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time, so nobody commits in another order than he writes")
    slow, quick = ProductFactory.create_batch(2)
    with slow_writer(slow):
        Product.objects.filter(pk=quick.pk).update(brand="quick")  # its entry is the newest, before and after
        first = staff_client.get("/api/v1/products/")

    again = staff_client.get("/api/v1/products/", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 200
    assert "slow" in again.content.decode()


def test_a_refused_address_stays_refused_whatever_etag_is_shown(get):
    get("products/?skuu=1", status=400, **{"If-None-Match": "*"})


@pytest.mark.django_db(transaction=True)
def test_every_filter_that_an_etag_trusts_sees_only_noted_rows(staff_client):
    """Of each list: writing what its trusted filters read is noted for the list's own kind."""
    price = PriceListItemFactory()
    level = StockLevelFactory(product=price.product)
    writes = {
        "price": lambda: PriceListItem.objects.update(rate=1, brackets=[]),
        "stock_level": lambda: StockLevel.objects.update(on_hand=-1),
        "product": lambda: StockLevel.objects.update(available_for_sale=9),
    }
    for kind, write in writes.items():
        before = changes.horizon(kind).newest
        write()
        assert changes.horizon(kind).newest > before, kind
    assert RowChange.objects.filter(kind="product", row_id=level.product_id).count() >= 2
