"""An older message never wins, whatever way and order the messages take; and nobody writes another's columns."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection  # noqa: F401  (the condition of a test reads it)
from django.utils import timezone

from inventory.models import Currency, Customer, PriceList, Product, StockCheck, StockLevel, Warehouse
from zoho_sync.models import SyncRun


@pytest.fixture
def loaded(sync_all):
    return sync_all("full")


def tracked(sandbox) -> str:
    return next(each["item_id"] for each in sandbox.records("items") if each["track_inventory"])


def test_a_record_with_an_older_time_of_change_is_stale(sandbox, loaded, run_sync):
    product = Product.objects.first()
    sandbox.change(
        "items", product.external_id, rate=9, last_modified_time="2020-01-01T00:00:00+0300", bump=False
    )

    run = run_sync("products")

    product_now = Product.objects.get(pk=product.pk)
    assert (run.stale_count, run.updated_count) == (1, 0)
    assert (product_now.unit_price, product_now.source_modified_at) == (
        product.unit_price,
        product.source_modified_at,
    )


def test_the_same_time_of_change_applies(sandbox, loaded, run_sync):
    """Some changes do not move it."""
    product = Product.objects.first()
    sandbox.change("items", product.external_id, rate=9, bump=False)

    run = run_sync("products")

    assert run.updated_count == 1
    assert Product.objects.get(pk=product.pk).unit_price == 9


def test_a_page_that_was_overtaken_by_a_newer_answer_is_stale(
    sandbox, loaded, start_run, run_sync, in_background, until, api_calls
):
    """Stock has no time of change: what counts is when it was asked for."""
    item_id, place = tracked(sandbox), sandbox.ids("locations")[0]
    sandbox.set_stock(item_id, place, on_hand=100)
    sandbox.forget_calls()
    sandbox.order_fault("drip", path="/itemdetails", delay=2.5)  # an answer of now, that arrives later
    slow = start_run("stock")
    worker = in_background(slow)
    until(lambda: api_calls("/itemdetails"))
    sandbox.set_stock(item_id, place, on_hand=200)

    quick = run_sync("stock", ids=(item_id,))
    worker.join(60)

    slow.refresh_from_db()
    assert quick.finished_at < slow.finished_at, "the other answer was no later: the test would prove nothing"
    assert StockLevel.objects.get(external_id=f"{item_id}:{place}").on_hand == 200
    assert slow.stale_count == 1
    run_sync("stock")
    assert StockLevel.objects.get(external_id=f"{item_id}:{place}").on_hand == 200


def test_a_figure_that_went_away_and_came_back_is_seen_by_a_run_of_one_warehouse(sandbox, loaded, run_sync):
    """The detail is again byte for byte what it was before, but the row is not."""
    level = StockLevel.objects.first()
    item_id, place = level.external_id.split(":")
    sandbox.set_stock(item_id, place, on_hand=4711)
    run_sync("stock", warehouses=(place,))
    assert StockLevel.objects.get(pk=level.pk).on_hand == 4711
    sandbox.set_stock(item_id, place, on_hand=level.on_hand)

    run_sync("stock")

    assert StockLevel.objects.get(pk=level.pk).on_hand == level.on_hand


def test_a_balance_that_a_detail_changed_and_the_list_changed_back_is_right(sandbox, loaded, run_sync):
    """No time of change moves; the list row is byte for byte what it was at first."""
    customer = Customer.objects.exclude(receivable=None).first()
    before = customer.receivable
    sandbox.change(
        "contacts", customer.external_id, outstanding_receivable_amount=Decimal("987.5"), bump=False
    )
    run_sync("customers", ids=(customer.external_id,))
    assert Customer.objects.get(pk=customer.pk).receivable == Decimal("987.5")
    sandbox.change("contacts", customer.external_id, outstanding_receivable_amount=before, bump=False)

    run_sync("customers")

    assert Customer.objects.get(pk=customer.pk).receivable == before


def test_a_sync_never_touches_what_staff_own(sandbox, loaded, sync_all):
    ours = {
        Warehouse: {"sells": True, "notes": "ours"},
        Product: {"reorder_point": Decimal(7), "is_hidden": True, "notes": "ours"},
        Customer: {"is_hidden": True, "notes": "ours"},
        PriceList: {"notes": "ours"},
    }
    for model, values in ours.items():
        assert set(values) == set(model.LOCAL_FIELDS), "a local column is not proven"
        model.objects.update(edited_at="2026-01-01T00:00:00Z", **values)
    for kind in ("items", "contacts", "pricebooks", "locations"):
        for number, key in enumerate(sandbox.ids(kind)):
            name = {"items": "name", "contacts": "contact_name", "locations": "location_name"}.get(
                kind, "name"
            )
            sandbox.change(kind, key, **{name: f"Renamed {number}"})

    runs = sync_all("full")

    assert all(runs[name].updated_count for name in ("warehouses", "products", "customers", "price_lists"))
    for model, values in ours.items():
        assert (
            model.objects.filter(edited_at="2026-01-01T00:00:00Z", **values).count() == model.objects.count()
        )


def test_a_list_row_does_not_erase_what_only_the_detail_tells(sandbox, loaded, run_sync):
    item_id = tracked(sandbox)
    sandbox.change("items", item_id, vendor_name="Supplier", vendor_id="51", minimum_order_quantity="12")
    run_sync("products", ids=(item_id,))
    sandbox.change("items", item_id, name="Renamed")

    run_sync("products", "incremental")

    product = Product.objects.get(external_id=item_id)
    assert (product.name, product.vendor_name, product.vendor_external_id) == ("Renamed", "Supplier", "51")
    assert product.minimum_order_quantity == 12


def test_a_key_that_is_not_told_changes_nothing(sandbox, loaded, run_sync):
    product = Product.objects.exclude(category_name="").first()
    sandbox.change("items", product.external_id, drop=["category_name", "rate"], brand="Other")

    run = run_sync("products", "incremental")

    now = Product.objects.get(pk=product.pk)
    assert run.updated_count == 1
    assert (now.brand, now.category_name, now.unit_price) == (
        "Other",
        product.category_name,
        product.unit_price,
    )


def test_a_customers_detail_is_read_again_after_a_change_and_not_otherwise(
    sandbox, loaded, sync_all, api_calls
):
    customer = Customer.objects.first()
    sandbox.change("contacts", customer.external_id, credit_limit=5000)
    sandbox.forget_calls()

    runs = sync_all("incremental")

    assert [call["path"] for call in api_calls() if call["path"].startswith("/contacts/")] == [
        f"/contacts/{customer.external_id}"
    ]
    assert runs["customer_details"].status == SyncRun.Status.SUCCEEDED
    assert Customer.objects.get(pk=customer.pk).credit_limit == 5000


@pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="with SQLite all processes are on one machine"
)
@pytest.mark.parametrize("seconds", [120, -120], ids=["ahead", "behind"])
def test_a_host_with_a_wrong_clock_neither_holds_up_others_nor_is_late_itself(
    sandbox, run_sync, monkeypatch, seconds
):
    """How old an answer is goes by the database's clock, whoever asked."""
    first, second = sandbox.ids("items")[:2]
    true_now = timezone.now
    run_sync("products")

    sandbox.change("items", first, name="Told to the host with the wrong clock")
    with monkeypatch.context() as there:
        there.setattr(timezone, "now", lambda: true_now() + timedelta(seconds=seconds))
        away = run_sync("products")
    sandbox.change("items", first, name="Told to another")
    sandbox.change("items", second, name="Told to another too")
    here = run_sync("products")

    assert (away.updated_count, away.stale_count, here.updated_count, here.stale_count) == (1, 0, 2, 0)
    assert Product.objects.get(external_id=first).name == "Told to another"


@pytest.mark.parametrize(
    ("entity", "model"),
    [("products", Product), ("stock", StockLevel), ("currencies", Currency), ("customers", Customer)],
)
def test_a_record_is_as_old_as_the_question_and_not_as_its_answer(sandbox, loaded, run_sync, entity, model):
    """What changes at Zoho while an answer is on its way is newer than the answer."""
    model.objects.update(payload_hash="")
    StockCheck.objects.update(detail_hash="")
    sandbox.settings(latency_ms=700)

    run = run_sync(entity)

    assert run.status == "succeeded"
    newest = model.objects.filter(cause=run.cause).latest("synced_at").synced_at
    assert (run.finished_at - newest).total_seconds() >= 0.7
