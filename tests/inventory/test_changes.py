"""The journal of changes: every write is noted, and whoever follows it misses none."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from inventory import changes, trigger_sets, triggers
from inventory.models import Organization, PriceList, Product, RowChange, StockLevel, Warehouse
from tests.factories import (
    NOON,
    CustomerFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

from .settled import settle
from .writers import slow_writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def noted():
    """noted(action) → {(kind, key)} that doing it has left in the journal."""

    def watch(action) -> set[tuple[str, int]]:
        last = RowChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        action()
        return set(RowChange.objects.filter(pk__gt=last).values_list("kind", "row_id"))

    return watch


def test_a_row_is_noted_when_it_comes_and_when_it_changes(noted):
    made = []

    came = noted(lambda: made.append(CustomerFactory()))
    changed = noted(lambda: type(made[0]).objects.filter(pk=made[0].pk).update(notes="ours"))

    assert came == changed == {("customer", made[0].pk)}


@pytest.mark.parametrize(
    ("factory", "kind"),
    [
        (ProductFactory, "product"),
        (CustomerFactory, "customer"),
        (PriceListFactory, "price_list"),
        (PriceListItemFactory, "price"),
        (StockLevelFactory, "stock_level"),
        (WarehouseFactory, "warehouse"),
    ],
)
def test_a_tombstone_is_noted_in_every_table(factory, kind, noted):
    row = factory()

    assert (kind, row.pk) in noted(lambda: type(row).objects.filter(pk=row.pk).update(removed_at=NOON))


def test_what_a_product_is_told_with_is_noted_with_it(noted):
    level = StockLevelFactory()
    product, place = level.product, level.warehouse
    StockLevelFactory(product=product, removed_at=NOON)
    CustomerFactory()
    levels, places = StockLevel.objects.filter(pk=level.pk), Warehouse.objects.filter(pk=place.pk)

    assert noted(lambda: levels.update(available_for_sale=5)) == {
        ("stock_level", level.pk),
        ("product", product.pk),
    }
    assert noted(lambda: levels.update(in_transit=5)) == {("stock_level", level.pk)}
    assert noted(lambda: places.update(sells=True)) == {
        ("warehouse", place.pk), ("stock_level", level.pk), ("product", product.pk),
    }  # fmt: skip
    assert noted(lambda: places.update(notes="x")) == {("warehouse", place.pk)}
    assert ("product", product.pk) in noted(lambda: Organization.objects.update(currency_code="USD"))
    assert noted(lambda: Organization.objects.update(name="another")) == set()


def test_names_are_noted_where_they_are_told(noted):
    price = PriceListItemFactory()
    buyer = CustomerFactory(price_list=price.price_list)
    level = StockLevelFactory(product=price.product)
    product = Product.objects.filter(pk=price.product_id)

    assert noted(lambda: PriceList.objects.update(name="Retail")) == {
        ("price_list", price.price_list_id), ("price", price.pk), ("customer", buyer.pk),
    }  # fmt: skip
    assert noted(lambda: product.update(sku="X")) == {
        ("product", product[0].pk), ("price", price.pk), ("stock_level", level.pk),
    }  # fmt: skip
    assert noted(lambda: product.update(brand="X")) == {("product", product[0].pk)}


def test_compacting_leaves_the_first_and_the_last_entry_of_each_row():
    first, second = ProductFactory.create_batch(2)
    for _turn in range(3):
        Product.objects.filter(pk=first.pk).update(brand="B")
    newest = changes.horizon("product").newest

    assert changes.compact() == 2
    assert changes.compact() == 0
    left = RowChange.objects.filter(kind="product").order_by("pk").values_list("row_id", flat=True)
    assert list(left) == [first.pk, second.pk, first.pk]
    assert changes.horizon("product").newest == newest


def test_a_checkpoint_of_another_database_is_not_believed():
    ProductFactory()
    horizon = changes.horizon("product")

    with pytest.raises(changes.ForeignCheckpoint):
        horizon.since(f"00000000-{horizon.version:x}")
    with pytest.raises(changes.ForeignCheckpoint):  # of later than now: this is a backup that was restored
        horizon.since(f"{horizon.lineage}-{horizon.version + 1:x}")
    with pytest.raises(ValueError, match="no checkpoint"):
        horizon.since("yesterday")
    assert horizon.since(horizon.checkpoint) == horizon.version


def test_a_database_that_begins_anew_gives_other_checkpoints():
    ProductFactory()
    before = changes.horizon("product").lineage

    Organization.objects.update(created_at=NOON - timedelta(days=900))

    assert changes.horizon("product").lineage != before


@pytest.mark.django_db(transaction=True)
def test_a_quiet_table_keeps_its_checkpoint():
    ProductFactory()
    settle()
    before = changes.horizon("product").checkpoint

    WarehouseFactory()

    assert changes.horizon("product").checkpoint == before


@pytest.mark.django_db(transaction=True)
def test_what_is_being_written_is_behind_the_checkpoint_until_it_commits():
    """A writer that began first and commits last: by time, or by number of the row, it would be lost."""
    slow, quick = ProductFactory.create_batch(2)
    settle()
    before = changes.horizon("product").version
    with slow_writer(slow):
        if connection.vendor == "postgresql":  # SQLite lets nobody else write meanwhile
            Product.objects.filter(pk=quick.pk).update(brand="quick")
        meanwhile = changes.horizon("product")
        seen = {entry.row_id for entry in changes.entries("product", before, None, 100)}
    later = {entry.row_id for entry in changes.entries("product", meanwhile.version, None, 100)}

    assert slow.pk not in seen
    assert slow.pk in later
    assert meanwhile.is_settled is (connection.vendor == "sqlite")
    settle()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_migration_finds_no_triggers_and_leaves_them_all():
    """Whatever was written while they were away passes for changed."""
    row = ProductFactory(unit_price=Decimal(1))
    before = changes.horizon("product").version
    call_command("migrate", "inventory", "0001", verbosity=0)
    assert trigger_sets.is_installed(connection, triggers.PREFIX, {})
    Product.objects.filter(pk=row.pk).update(unit_price=Decimal(2))

    call_command("migrate", verbosity=0)

    assert not triggers.install(connection)
    assert [entry.row_id for entry in changes.entries("product", 0, None, 10)] == [row.pk]
    assert before > 0
