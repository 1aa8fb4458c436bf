"""PostgreSQL's planner hears of tables that are being filled, a few times, and of what it needs only."""

from __future__ import annotations

import pytest
from django.db import connection

from inventory.models import Product
from tests.factories import ProductFactory
from zoho_sync.statistics import Statistics

pytestmark = pytest.mark.django_db


def rows_it_knows_of(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return cursor.fetchone()[0]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's planner asks for nothing")
def test_a_table_that_grows_is_looked_at_where_rows_are_looked_up():
    ProductFactory.create_batch(25)
    before = rows_it_knows_of("inventory_customer")

    Statistics().note(1_000, [Product, Product])

    assert rows_it_knows_of("inventory_product") == 25
    assert rows_it_knows_of("inventory_customer") == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_stats WHERE tablename = 'inventory_product'")
        columns = {name for (name,) in cursor.fetchall()}
    assert {"organization_id", "external_id"} <= columns
    assert not {"payload", "description"} & columns


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's planner asks for nothing")
def test_it_is_looked_at_a_few_times_however_much_it_grows(django_assert_num_queries):
    statistics = Statistics()

    with django_assert_num_queries(4):  # after 1,000, 4,000, 16,000 and 64,000
        for _page in range(1_000):
            statistics.note(200, [Product])


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's planner asks")
def test_sqlite_is_left_alone(django_assert_num_queries):
    with django_assert_num_queries(0):
        Statistics().note(1_000_000, [Product])
