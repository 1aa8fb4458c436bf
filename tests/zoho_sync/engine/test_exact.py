"""After every kind of run the tables equal Zoho's truth in every field, by an oracle that shares no code with us."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.models import Customer, PriceList, PriceListItem, Product, StockLevel, Warehouse
from inventory.searching import search_text
from zoho_sync import services
from zoho_sync.models import SyncRun
from zoho_sync.sandbox import Size

from .truth import assert_exact

ENTITIES = ("warehouses", "products", "stock", "customers", "price_lists")


def delete_some(sandbox, share: int) -> None:
    """Every `share`-th item and contact, at most 8 each, and one price list."""
    sandbox.delete("items", sandbox.ids("items")[::share][:8])
    sandbox.delete("contacts", sandbox.ids("contacts")[::share][:8])
    sandbox.delete("pricebooks", sandbox.ids("pricebooks")[0])


def all_succeed(runs: dict[str, SyncRun]) -> None:
    assert {entity: (run.status, str(run.message)) for entity, run in runs.items()} == dict.fromkeys(
        runs, ("succeeded", "")
    )


def test_a_full_sync_is_exact(sandbox, organization, sync_all):
    all_succeed(sync_all("full"))

    assert_exact(sandbox, organization)


def test_what_a_row_is_found_by_follows_what_it_says(sandbox, organization, sync_all):
    sync_all("full")
    sandbox.random_changes(200, seed=5)

    sync_all("incremental")

    for model in (Product, Customer, PriceList, Warehouse):
        rows = list(model.objects.values("search_text", *model.SEARCHED))
        assert [row["search_text"] for row in rows] == [search_text(model, row) for row in rows]
        assert all(row["search_text"] for row in rows)


def test_five_hundred_changes_and_an_incremental_sync_are_exact(sandbox, organization, sync_all):
    sync_all("full")
    sandbox.random_changes(500, seed=3)

    all_succeed(sync_all("incremental"))

    assert_exact(sandbox, organization)


def test_deletions_and_a_full_sync_are_exact(sandbox, organization, sync_all):
    sync_all("full")
    sandbox.random_changes(40, seed=4)
    delete_some(sandbox, 7)

    all_succeed(sync_all("full"))

    assert_exact(sandbox, organization)


def test_small_batches_are_as_exact_as_big_ones(sandbox, organization, sync_all):
    all_succeed(sync_all("full", batch_size=10))

    assert_exact(sandbox, organization)


def test_an_older_organisation_with_warehouses_is_exact(sandbox, organization, sync_all):
    sandbox.settings(locations_enabled=False)

    all_succeed(sync_all("full"))

    assert StockLevel.objects.count() == sum(
        len(item.get("warehouses", [])) for item in sandbox.records("items")
    )
    for item in sandbox.records("items"):
        for place in item.get("warehouses", []):
            level = StockLevel.objects.get(external_id=f"{item['item_id']}:{place['warehouse_id']}")
            assert level.on_hand == Decimal(str(place["warehouse_stock_on_hand"]))


def test_a_comparison_finds_an_exact_mirror_equal(sandbox, organization, sync_all):
    sync_all("full")

    for entity in ENTITIES:
        report = services.compare(organization, entity)

        assert report.is_equal, (report.differences[:3], report.unreadable[:3])
        assert report.compared == report.equal > 0


def falsify_price() -> None:
    Product.objects.filter(pk=Product.objects.first().pk).update(unit_price=Decimal("0.01"))


def falsify_stock() -> None:
    level = StockLevel.objects.first()
    StockLevel.objects.filter(pk=level.pk).update(on_hand=(level.on_hand or 0) + 1)


def falsify_list_price() -> None:
    PriceListItem.objects.filter(pk=PriceListItem.objects.exclude(rate=None).first().pk).update(rate=None)


@pytest.mark.parametrize(
    ("entity", "falsify", "field"),
    [
        ("products", falsify_price, "unit_price"),
        ("stock", falsify_stock, "on_hand"),
        ("price_lists", falsify_list_price, "rate"),
    ],
)
def test_a_comparison_reports_a_falsified_field(organization, sync_all, entity, falsify, field):
    sync_all("full")
    falsify()

    report = services.compare(organization, entity)

    assert not report.is_equal
    assert report.differing == 1
    assert [each.field for each in report.differences] == [field]


def test_a_comparison_reports_what_is_missing_on_either_side(sandbox, organization, sync_all):
    sync_all("full")
    gone, lost = sandbox.ids("items")[:2]
    sandbox.delete("items", gone)
    Product.objects.filter(external_id=lost).update(external_id="1")

    report = services.compare(organization, "products")

    assert (report.missing_here, report.missing_there) == (1, 2)
    assert {each.external_id for each in report.differences} == {gone, lost, "1"}


def test_a_comparison_of_a_sample_asks_for_no_more_than_the_sample(organization, sync_all):
    sync_all("full")

    report = services.compare(organization, "customers", sample=5)

    assert (report.compared, report.calls) == (5, 5)


@pytest.mark.slow
class TestAtTheSizeOfTheRequirement:
    """20,000 items x 5 warehouses, 2,000 customers, 5 price lists."""

    @pytest.fixture
    def size(self) -> Size:
        return Size(
            items=20_000, customers=2_000, vendors=80, locations=5, price_lists=5, price_list_items=1_300
        )

    def test_full_then_changes_then_deletions_are_exact(self, sandbox, organization, sync_all):
        all_succeed(sync_all("full"))
        assert_exact(sandbox, organization)

        sandbox.random_changes(500, seed=3)
        all_succeed(sync_all("incremental"))
        assert_exact(sandbox, organization)

        sandbox.delete("items", sandbox.ids("items")[::41])
        sandbox.delete("contacts", sandbox.ids("contacts")[::50])
        sandbox.delete("pricebooks", sandbox.ids("pricebooks")[-1])
        all_succeed(sync_all("full"))
        assert_exact(sandbox, organization)


def test_stock_that_moved_and_moved_back_between_two_readings_of_the_product_is_read_as_news(
    sandbox, sync_all, run_sync
):
    """The product's detail comes again byte for byte, but the stock lane has written something else meanwhile."""
    sync_all("full")
    level = StockLevel.objects.live().exclude(on_hand=None).first()
    (item, place), was = level.external_id.split(":"), level.on_hand
    run_sync("products", ids=(item,))
    sandbox.set_stock(item, place, on_hand=int(was) + 5)
    run_sync("stock", ids=(item,))
    sandbox.set_stock(item, place, on_hand=int(was))

    run_sync("products", ids=(item,))

    level.refresh_from_db()
    assert level.on_hand == was
